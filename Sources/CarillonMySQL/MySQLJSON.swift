#if MySQL
internal import CarillonSQL

/// Lists and rows as JSON, which the server takes apart with `JSON_TABLE`. Texts and bytes are written in hexadecimal
/// digits: they then have no collation, and arrive as they are.
enum MySQLJSON {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Appends a list of texts.
    static func append(texts: [String], to bytes: inout [UInt8]) {
        list(texts, to: &bytes) { text, bytes in append(hexadecimal: text.utf8, to: &bytes) }
    }

    /// Appends a list of numbers.
    static func append(integers: [Int64], to bytes: inout [UInt8]) {
        list(integers, to: &bytes) { number, bytes in bytes += String(number).utf8 }
    }

    /// Appends a list of rows, each a list of its values.
    ///
    /// - Parameter width: The number of values in a row.
    static func append(rows values: [ArraySlice<SQLValue>], to bytes: inout [UInt8]) {
        list(values, to: &bytes) { row, bytes in list(row, to: &bytes) { append($0, to: &$1) } }
    }

    private static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
        switch value {
        case .integer(let number): bytes += String(number).utf8
        case .text(let text): append(hexadecimal: text.utf8, to: &bytes)
        case .bytes(let some): append(hexadecimal: some, to: &bytes)
        // Lists are bound alone and never in a row.
        case .null, .texts, .integers: bytes += "null".utf8
        }
    }

    private static func list<Element>(
        _ elements: some Sequence<Element>, to bytes: inout [UInt8], _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(element, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private static func append(hexadecimal some: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in some {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
#endif
