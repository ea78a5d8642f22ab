/// The names of tables in statements, which all begin with `carillon_`, and in a database, where they may begin otherwise.
package enum SQLTableNames {
    /// How the names of tables begin in statements, and in a database if nothing else is said.
    package static let usualPrefix = "carillon_"

    /// The most bytes of a prefix: a server allows names of 63 or 64, and those of Carillon's indexes have up to 30 without
    /// their prefix.
    package static let longestPrefix = 33

    /// Whether a text can be written into statements without quotes: lower-case letters, digits and `_`, not a digit first.
    package static func isPlain(_ text: String, longest: Int = longestPrefix) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= first) else { return false }
        return text.utf8.count <= longest
            && text.utf8.allSatisfy { isPartOfWord($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0) }
    }

    /// Returns a statement with the names of tables as they are in a database. What stands between quotes is left as it is.
    ///
    /// - Parameter mark: Returns what stands for the placeholder with a number, counted from 1; `nil` leaves it a question
    ///   mark.
    package static func rewritten(_ sql: String, prefix: String, mark: ((Int) -> String)? = nil) -> String {
        let usual = Array(usualPrefix.utf8)
        let replacesPrefix = prefix != usualPrefix
        guard replacesPrefix || mark != nil else { return sql }
        let text = Array(sql.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 32)
        var number = 0
        var isQuoted = false
        var isInWord = false
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte == UInt8(ascii: "'") { isQuoted.toggle() }
            if !isQuoted, byte == UInt8(ascii: "?"), let mark {
                number += 1
                result += mark(number).utf8
                place += 1
                isInWord = false
                continue
            }
            if !isQuoted, !isInWord, replacesPrefix, text[place...].starts(with: usual) {
                result += prefix.utf8
                place += usual.count
                isInWord = true
                continue
            }
            isInWord = isPartOfWord(byte)
            result.append(byte)
            place += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
            || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
