#if PostgreSQL
internal import CPostgreSQL

/// The types of columns and values that the statements have, by their numbers in the server's table `pg_type`.
enum PostgreSQLType: Oid {
    case bytea = 17
    case name = 19
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case varchar = 1043
    case numeric = 1700

    /// Whether its values are texts.
    var isText: Bool { self == .text || self == .varchar || self == .name }

    /// The name of the type of a list.
    var listName: String {
        switch self {
        case .bytea: "bytea[]"
        case .int8: "bigint[]"
        case .int2: "smallint[]"
        case .int4: "integer[]"
        case .numeric: "numeric[]"
        case .text, .varchar, .name: "text[]"
        }
    }
}

/// The server's binary form of `numeric`, the type of a sum of 64-bit integers: digits to the base 10,000.
enum PostgreSQLNumeric {
    /// Returns a whole number; `nil` if it is none, or is too large.
    static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        func word(_ index: Int) -> Int64 {
            Int64(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)))
        }
        guard bytes.count >= 8 else { return nil }
        let (count, weight, sign) = (word(0), word(1), word(2))
        guard bytes.count == 8 + 2 * Int(count), sign == 0 || sign == 0x4000, count <= weight + 1 else { return nil }
        var number: Int64 = 0
        for place in 0..<max(0, weight + 1) {
            let (product, overflows) = number.multipliedReportingOverflow(by: 10_000)
            let digit = place < count ? word(4 + Int(place)) : 0
            let (sum, overflowsToo) = product.subtractingReportingOverflow(digit)
            if overflows || overflowsToo { return nil }
            number = sum
        }
        // Negative throughout, because the least number has no positive counterpart.
        if sign == 0x4000 { return number }
        return number == .min ? nil : -number
    }
}

/// Texts as they are stored. PostgreSQL's type `text` cannot have the character U+0000, so this is stored as U+0010 with
/// `0`, and U+0010 as itself twice; all other texts are stored as they are.
enum PostgreSQLText {
    private static let escape: UInt8 = 0x10
    private static let zero = UInt8(ascii: "0")

    /// Returns the bytes of a text as they are stored.
    static func write(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 == 0 || $0 == escape }) else { return bytes }
        var stored: [UInt8] = []
        stored.reserveCapacity(bytes.count + 8)
        for byte in bytes {
            switch byte {
            case 0: stored += [escape, zero]
            case escape: stored += [escape, escape]
            default: stored.append(byte)
            }
        }
        return stored
    }

    /// Returns a stored text; `nil` if it is not valid.
    static func read(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.contains(escape) else { return String(validating: bytes, as: UTF8.self) }
        var read: [UInt8] = []
        read.reserveCapacity(bytes.count)
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            guard byte == escape else {
                read.append(byte)
                continue
            }
            switch rest.next() {
            case zero?: read.append(0)
            case escape?: read.append(escape)
            default: return nil
            }
        }
        return String(validating: read, as: UTF8.self)
    }
}
#endif
