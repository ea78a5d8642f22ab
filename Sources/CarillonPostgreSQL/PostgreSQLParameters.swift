#if PostgreSQL
internal import CPostgreSQL
internal import CarillonSQL

/// Values of a statement in the server's binary form, one after the other in one buffer.
struct PostgreSQLParameters {
    /// It begins with a byte of its own, so that an empty value has an address that is not null.
    private var bytes: [UInt8] = [0]
    /// Where each value begins in `bytes`; `nil` for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []

    /// Creates an empty list.
    init() {}

    /// Creates a list of single values. The server knows their types from where they are used.
    init(_ values: [SQLValue]) {
        starts.reserveCapacity(values.count)
        lengths.reserveCapacity(values.count)
        for value in values {
            switch value {
            case .null: addNull()
            case .integer(let number): add { Self.append(number, to: &$0) }
            case .text(let text): add { $0 += PostgreSQLText.write(text) }
            case .bytes(let some): add { $0 += some }
            case .texts(let texts): addList(texts.lazy.map { SQLValue.text($0) }, count: texts.count, of: .text)
            case .integers(let numbers):
                addList(numbers.lazy.map { SQLValue.integer($0) }, count: numbers.count, of: .int8)
            }
        }
    }

    /// Creates a list for each column of rows.
    ///
    /// - Parameter types: The types of the columns.
    init(columnsOf values: ArraySlice<SQLValue>, types: [PostgreSQLType]) {
        let width = types.count
        for (column, type) in types.enumerated() {
            let places = stride(from: values.startIndex + column, to: values.endIndex, by: width)
            addList(places.lazy.map { values[$0] }, count: values.count / width, of: type)
        }
    }

    /// Calls a closure with the values as libpq takes them.
    func withPointers<Result>(
        _ body: (
            _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        guard !starts.isEmpty else { return body(0, nil, nil, nil) }
        let formats = [Int32](repeating: 1, count: starts.count)
        return bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = starts.map { start in start.flatMap { base?.advanced(by: $0) } }
            return values.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(Int32(starts.count), values.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }

    private mutating func addNull() {
        starts.append(nil)
        lengths.append(0)
    }

    private mutating func add(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        starts.append(start)
        lengths.append(Int32(clamping: bytes.count - start))
    }

    /// Adds an array with one dimension.
    private mutating func addList(_ values: some Sequence<SQLValue>, count: Int, of type: PostgreSQLType) {
        add { bytes in
            Self.append(Int32(count > 0 ? 1 : 0), to: &bytes)
            // Whether there is a NULL, which the server finds out by itself.
            Self.append(Int32(0), to: &bytes)
            Self.append(type.rawValue, to: &bytes)
            guard count > 0 else { return }
            Self.append(Int32(clamping: count), to: &bytes)
            Self.append(Int32(1), to: &bytes)
            for value in values { Self.append(element: value, to: &bytes) }
        }
    }

    private static func append(element value: SQLValue, to bytes: inout [UInt8]) {
        switch value {
        case .integer(let number):
            append(Int32(8), to: &bytes)
            append(number, to: &bytes)
        case .text(let text):
            let stored = PostgreSQLText.write(text)
            append(Int32(clamping: stored.count), to: &bytes)
            bytes += stored
        case .bytes(let some):
            append(Int32(clamping: some.count), to: &bytes)
            bytes += some
        // Lists are bound alone and never in a row.
        case .null, .texts, .integers: append(Int32(-1), to: &bytes)
        }
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
#endif
