/// Puts the values of environment variables into a text: `${NAME}`, and `${NAME:-default}` where it is not set or empty.
/// `$${` stands for `${`.
struct Substitution: Sendable {
    /// What is wrong, and how many scalars before it there are.
    struct Failure: Error {
        let offset: Int
        let message: String
    }

    let environment: [String: String]

    /// Whether a text may have something to replace.
    static func isNeeded(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "$")) && text.contains("${") }

    func apply(to text: String) throws(Failure) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            guard scalars[index] == "$" else {
                result.append(scalars[index])
                index += 1
                continue
            }
            if scalars[index...].starts(with: "$${".unicodeScalars) {
                result.append(contentsOf: "${".unicodeScalars)
                index += 3
            } else if scalars[index...].starts(with: "${".unicodeScalars) {
                guard let end = scalars[index...].firstIndex(of: "}") else {
                    throw Failure(
                        offset: index, message: "'${' has no '}' behind it; write '$${' where '${' itself is meant")
                }
                let inside = String(String.UnicodeScalarView(scalars[(index + 2)..<end]))
                result.append(contentsOf: try value(of: inside, at: index).unicodeScalars)
                index = end + 1
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }

    private func value(of inside: String, at offset: Int) throws(Failure) -> String {
        let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let rest = inside[name.endIndex...]
        guard let first = name.first, !first.isNumber, rest.isEmpty || rest.hasPrefix(":-"), !rest.contains("${") else {
            throw Failure(
                offset: offset,
                message: "what stands in '${…}' is NAME or NAME:-default; write '$${' where '${' itself is meant"
            )
        }
        if let value = environment[String(name)], !value.isEmpty || rest.isEmpty { return value }
        guard !rest.isEmpty else {
            throw Failure(
                offset: offset,
                message: "the environment variable '\(name)' is not set; set it, or write '${\(name):-default}'"
            )
        }
        return String(rest.dropFirst(2))
    }
}
