#if MySQL
internal import CMySQL
internal import CarillonSQL

/// Values of a statement as the client library takes them, one after the other in one buffer.
struct MySQLParameters {
    private struct Part {
        let type: enum_field_types
        let start: Int
        let length: Int
    }

    private var bytes: [UInt8] = []
    private var parts: [Part] = []

    /// The number of values.
    var count: Int { parts.count }

    /// Creates a list of single values.
    init(_ values: [SQLValue]) {
        parts.reserveCapacity(values.count)
        for value in values {
            let start = bytes.count
            let type: enum_field_types
            switch value {
            case .null: type = MYSQL_TYPE_NULL
            case .integer(let number):
                withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
                type = MYSQL_TYPE_LONGLONG
            // As bytes, so that nothing converts or pads them.
            case .text(let text):
                bytes += text.utf8
                type = MYSQL_TYPE_BLOB
            case .bytes(let some):
                bytes += some
                type = MYSQL_TYPE_BLOB
            case .texts(let texts):
                MySQLJSON.append(texts: texts, to: &bytes)
                type = MYSQL_TYPE_STRING
            case .integers(let numbers):
                MySQLJSON.append(integers: numbers, to: &bytes)
                type = MYSQL_TYPE_STRING
            }
            parts.append(Part(type: type, start: start, length: bytes.count - start))
        }
        // An empty value has an address, too.
        bytes.append(0)
    }

    /// Creates a list of one value, a text in JSON.
    init(json: [UInt8]) {
        bytes = json + [0]
        parts = [Part(type: MYSQL_TYPE_STRING, start: 0, length: json.count)]
    }

    /// Calls a closure with the values, or with `nil` if there are none.
    func withBinds<Result>(_ body: (UnsafeMutablePointer<MYSQL_BIND>?) -> Result) -> Result {
        guard !parts.isEmpty else { return body(nil) }
        return bytes.withUnsafeBytes { buffer in
            let base = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            var binds = parts.map { part in
                var bind = MYSQL_BIND()
                bind.buffer_type = part.type
                bind.buffer = base?.advanced(by: part.start)
                bind.buffer_length = UInt(part.length)
                return bind
            }
            return binds.withUnsafeMutableBufferPointer { body($0.baseAddress) }
        }
    }
}
#endif
