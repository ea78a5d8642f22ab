#if MySQL
/// An option file of MySQL's clients, such as `~/.my.cnf`.
struct MySQLOptionFile {
    /// The groups that are read; of several values for one option the last one counts.
    private static let groups: Set = ["client", "client-server", "client-mariadb", "carillon"]

    /// What it says. Options that Carillon has not are left out, because other programs have them.
    private(set) var options = MySQLOptions()

    /// Parses the text of a file.
    ///
    /// - Throws: `Refusal` for a value that means nothing; it does not show passwords.
    init(_ text: String) throws(MySQLOptions.Refusal) {
        var isRead = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = Self.trimmed(line)
            guard let first = line.first, first != "#", first != ";", first != "!" else { continue }
            if first == "[" {
                isRead = Self.groups.contains(line.dropFirst().prefix { $0 != "]" }.lowercased())
                continue
            }
            guard isRead else { continue }
            let name = line.prefix { $0 != "=" }
            let value = name.endIndex < line.endIndex ? Self.value(line[line.index(after: name.endIndex)...]) : ""
            try set(Self.trimmed(name).lowercased().replacing("_", with: "-"), value)
        }
    }

    private mutating func set(_ name: String, _ value: String) throws(MySQLOptions.Refusal) {
        switch name {
        case "user": options.user = value
        case "password": options.password = value
        case "host": options.host = value
        case "socket": options.socket = value
        case "port":
            guard let port = MySQLOptions.port(value) else {
                throw MySQLOptions.Refusal(reason: "has a port that is not a number from 1 to 65535")
            }
            options.port = port
        default: _ = try options.set(name, value)
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    /// Returns a value without its quotes, a comment behind it, and with its escapes replaced.
    private static func value(_ text: Substring) -> String {
        var rest = trimmed(text)
        if let quote = rest.first, quote == "\"" || quote == "'", rest.count > 1, rest.last == quote {
            rest = rest.dropFirst().dropLast()
        } else if let comment = rest.firstRange(of: " #") {
            rest = trimmed(rest[..<comment.lowerBound])
        }
        var value = ""
        var characters = rest.makeIterator()
        while let character = characters.next() {
            guard character == "\\" else {
                value.append(character)
                continue
            }
            switch characters.next() {
            case "n"?: value.append("\n")
            case "t"?: value.append("\t")
            case "r"?: value.append("\r")
            case "s"?: value.append(" ")
            case let other?: value.append(other)
            case nil: value.append("\\")
            }
        }
        return value
    }
}
#endif
