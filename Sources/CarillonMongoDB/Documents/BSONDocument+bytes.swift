#if MongoDB
/// Documents as bytes, as <https://bsonspec.org> describes them. All integers are written with 64 bits, so that no `$inc`
/// turns one into a double.
extension BSONDocument {
    /// The document as bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        Self.append(fields.map { (Array($0.name.utf8), $0.value) }, to: &bytes)
        return bytes
    }

    private static func append(_ fields: [(name: [UInt8], value: BSONValue)], to bytes: inout [UInt8]) {
        let start = bytes.count
        append(Int32(0), to: &bytes)
        for (name, value) in fields {
            bytes.append(value.type)
            // A name ends at a zero byte; none of ours has one.
            bytes += name.filter { $0 != 0 }
            bytes.append(0)
            append(value, to: &bytes)
        }
        bytes.append(0)
        let length = UInt32(truncatingIfNeeded: bytes.count - start)
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
    }

    private static func append(_ value: BSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .double(let number): append(number.bitPattern, to: &bytes)
        case .text(let text):
            append(Int32(truncatingIfNeeded: text.utf8.count + 1), to: &bytes)
            bytes += text.utf8
            bytes.append(0)
        case .document(let document): append(document.fields.map { (Array($0.name.utf8), $0.value) }, to: &bytes)
        case .array(let values):
            append(values.enumerated().map { (Array(String($0).utf8), $1) }, to: &bytes)
        case .bytes(let data):
            append(Int32(truncatingIfNeeded: data.count), to: &bytes)
            bytes.append(0)
            bytes += data
        case .boolean(let isTrue): bytes.append(isTrue ? 1 : 0)
        case .date(let number), .integer(let number): append(number, to: &bytes)
        case .nothing: break
        case .other(_, let rest): bytes += rest
        }
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    /// Reads a document; `nil` if the bytes are none.
    package init?(bytes: [UInt8]) {
        var reader = BSONReader(bytes)
        guard let fields = reader.fields() else { return nil }
        self.init()
        for (name, value) in fields { append(name, value) }
    }
}

extension BSONValue {
    fileprivate var type: UInt8 {
        switch self {
        case .double: 0x01
        case .text: 0x02
        case .document: 0x03
        case .array: 0x04
        case .bytes: 0x05
        case .boolean: 0x08
        case .date: 0x09
        case .nothing: 0x0A
        case .integer: 0x12
        case .other(let type, _): type
        }
    }
}

/// Reads documents.
private struct BSONReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - place else { return nil }
        defer { place += count }
        return bytes[place..<(place + count)]
    }

    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type) -> Number? {
        take(Number.bitWidth / 8).map { $0.reversed().reduce(0) { $0 << 8 | Number($1) } }
    }

    private mutating func name() -> String? {
        guard let end = bytes[place...].firstIndex(of: 0) else { return nil }
        defer { place = end + 1 }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }

    mutating func fields() -> [(name: String, value: BSONValue)]? {
        guard number(UInt32.self) != nil else { return nil }
        var fields: [(name: String, value: BSONValue)] = []
        while let type = take(1)?.first {
            guard type != 0 else { return fields }
            guard let name = name(), let value = value(type) else { return nil }
            fields.append((name, value))
        }
        return nil
    }

    private mutating func value(_ type: UInt8) -> BSONValue? {
        switch type {
        case 0x01: number(UInt64.self).map { .double(Double(bitPattern: $0)) }
        case 0x02: string().map { .text($0) }
        case 0x03:
            fields().map { fields in
                var document = BSONDocument()
                for (name, value) in fields { document.append(name, value) }
                return .document(document)
            }
        case 0x04: fields().map { .array($0.map(\.value)) }
        case 0x05: data()
        case 0x07: take(12).map { .other(type, Array($0)) }
        case 0x08: take(1).map { .boolean($0.first == 1) }
        case 0x09: number(UInt64.self).map { .date(Int64(bitPattern: $0)) }
        case 0x0A: .nothing
        case 0x10: number(UInt32.self).map { .integer(Int64(Int32(bitPattern: $0))) }
        case 0x11: take(8).map { .other(type, Array($0)) }
        case 0x12: number(UInt64.self).map { .integer(Int64(bitPattern: $0)) }
        case 0x13: take(16).map { .other(type, Array($0)) }
        default: nil
        }
    }

    private mutating func string() -> String? {
        guard let length = number(UInt32.self), length > 0, let text = take(Int(length)) else { return nil }
        return String(decoding: text.dropLast(), as: UTF8.self)
    }

    private mutating func data() -> BSONValue? {
        guard let length = number(UInt32.self), take(1) != nil else { return nil }
        return take(Int(length)).map { .bytes(Array($0)) }
    }
}
#endif
