/// Reads one JSON text strictly: RFC 8259 without additions, no key twice in an object (section 4 leaves that open, and
/// readers differ on which one counts), valid UTF-8, and no deeper than 64 levels.
package struct JSONReader {
    /// How deep arrays and objects may stand in one another.
    package static let maximumDepth = 64

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: `TriggerError` with `malformedJSON`, naming the column (in bytes, from 1).
    package static func value(of bytes: [UInt8]) throws(TriggerError) -> JSONValue {
        var reader = JSONReader(bytes)
        reader.skipBlanks()
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.position == bytes.count else { throw reader.malformed("something follows the value") }
        return value
    }

    private mutating func value(depth: Int) throws(TriggerError) -> JSONValue {
        guard let byte = peek() else { throw malformed("the text ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try elements(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default:
            if take(word: "true") { return .bool(true) }
            if take(word: "false") { return .bool(false) }
            if take(word: "null") { return .null }
            throw malformed("no JSON value begins like this")
        }
    }

    private mutating func members(depth: Int) throws(TriggerError) -> [JSONValue.Member] {
        try enter(depth)
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        if take("}") { return members }
        repeat {
            skipBlanks()
            guard peek() == UInt8(ascii: "\"") else { throw malformed("a key in quotes is expected") }
            let key = try string()
            // Strings compare equal in Swift where their characters do; keys are the same only if their bytes are, but
            // a key that merely looks the same is refused as well.
            guard keys.insert(key).inserted else { throw malformed("the key '\(key)' stands there twice") }
            skipBlanks()
            guard take(":") else { throw malformed("a colon is expected") }
            skipBlanks()
            members.append(JSONValue.Member(key, try value(depth: depth)))
            skipBlanks()
        } while take(",")
        guard take("}") else { throw malformed("a comma or } is expected") }
        return members
    }

    private mutating func elements(depth: Int) throws(TriggerError) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        if take("]") { return elements }
        repeat {
            skipBlanks()
            elements.append(try value(depth: depth))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw malformed("a comma or ] is expected") }
        return elements
    }

    private mutating func enter(_ depth: Int) throws(TriggerError) {
        guard depth <= Self.maximumDepth else {
            throw malformed("it is nested deeper than \(Self.maximumDepth) levels")
        }
        position += 1
        skipBlanks()
    }

    private mutating func number() throws(TriggerError) -> JSONValue {
        let start = position
        _ = take("-")
        let whole = digits()
        guard whole > 0 else { throw malformed("a digit is expected") }
        if whole > 1, bytes[position - whole] == UInt8(ascii: "0") { throw malformed("a number begins with 0") }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard digits() > 0 else { throw malformed("a digit is expected") }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { throw malformed("a digit is expected") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .integer(number) }
        return .decimal(text)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    private mutating func string() throws(TriggerError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw malformed("the string is not valid UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            case 0x00..<0x20:
                throw malformed(
                    "a control character stands in a string; write \\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
                )
            default: text.append(byte)
            }
        }
        throw malformed("a string does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(TriggerError) {
        guard let byte = peek() else { throw malformed("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if code & 0xFC00 == 0xD800 {
                guard take("\\"), take("u"), case let low = try hexadecimal(), low & 0xFC00 == 0xDC00 else {
                    throw malformed("half a surrogate pair stands alone")
                }
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { throw malformed("half a surrogate pair stands alone") }
            text += Array(String(Character(scalar)).utf8)
        default: throw malformed("no escape begins like this")
        }
    }

    private mutating func hexadecimal() throws(TriggerError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw malformed("four hexadecimal digits are expected")
            }
            value = value * 16 + UInt32(digit)
            position += 1
        }
        return value
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        if matches { position += word.utf8CodeUnitCount }
        return matches
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private func malformed(_ what: String) -> TriggerError {
        TriggerError(.malformedJSON, "not JSON at column \(position + 1): \(what)")
    }
}
