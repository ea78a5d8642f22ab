/// A substitution of references to environment variables in texts: `${NAME}`, and `${NAME:-default}` for a variable
/// that is not set or empty. `$${` stands for `${`.
package struct Substitution: Sendable {
    /// An error in a text that cannot be completed.
    package struct Failure: Error {
        /// The number of Unicode scalars before the problem.
        package let offset: Int
        /// What is wrong, and what to do.
        package let message: String
        /// The variable that is not set, if nothing else is wrong with the text; otherwise `nil`.
        package let missing: String?

        init(offset: Int, message: String, missing: String? = nil) {
            self.offset = offset
            self.message = message
            self.missing = missing
        }
    }

    /// A variable whose value is in a text.
    package struct Use: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    /// The variables and their values.
    package let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    /// Whether a text may contain references.
    package static func isNeeded(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "$")) && text.contains("${")
    }

    /// Whether the bytes of a text may contain references.
    package static func isNeeded(_ bytes: [UInt8]) -> Bool { bytes.contains("${") }

    /// Returns the text that a substitution turns into the given one.
    package static func escaped(_ text: String) -> String { text.replacing("${", with: "$${") }

    /// Whether a text is a single reference and nothing else, so that its value may become a number.
    package static func isReference(_ text: String) -> Bool {
        text.hasPrefix("${") && text.firstIndex(of: "}") == text.index(before: text.endIndex)
    }

    /// Returns the text with its references replaced.
    ///
    /// - Throws: `Failure` if a reference is malformed or its variable is not set.
    package func apply(to text: String) throws(Failure) -> String {
        var uses: [Use] = []
        return try apply(to: text, uses: &uses)
    }

    /// Returns the text with its references replaced.
    ///
    /// - Parameters:
    ///   - uses: The variables whose values are in the result are appended.
    ///   - sample: The value of variables that are not set; `nil` makes them an error.
    /// - Throws: `Failure` if a reference is malformed or its variable is not set.
    package func apply(to text: String, uses: inout [Use], sample: String? = nil) throws(Failure) -> String {
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
                result.append(contentsOf: try value(of: inside, at: index, &uses, sample).unicodeScalars)
                index = end + 1
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }

    /// Returns the names of the variables that a text refers to, as far as it can be parsed.
    package static func names(in text: String) -> Set<String> {
        guard isNeeded(text) else { return [] }
        var names: Set<String> = []
        var rest = text.replacing("$${", with: "")[...]
        while let start = rest.firstRange(of: "${") {
            rest = rest[start.upperBound...]
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            if !name.isEmpty { names.insert(String(name)) }
        }
        return names
    }

    /// Returns the variables that are not set and without which texts cannot be completed. Other errors in the texts do
    /// not count.
    package func missing(in texts: [String]) -> [String] {
        var known = environment
        var missing: [String] = []
        for text in texts where Self.isNeeded(text) {
            while true {
                do throws(Failure) {
                    _ = try Substitution(environment: known).apply(to: text)
                } catch {
                    if let name = error.missing {
                        missing.append(name)
                        known[name] = "x"
                        continue
                    }
                }
                break
            }
        }
        return missing
    }

    private func value(
        of inside: String, at offset: Int, _ uses: inout [Use], _ sample: String?
    ) throws(Failure) -> String {
        let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let rest = inside[name.endIndex...]
        guard let first = name.first, !first.isNumber, rest.isEmpty || rest.hasPrefix(":-"), !rest.contains("${") else {
            throw Failure(
                offset: offset,
                message: "what stands in '${…}' is NAME or NAME:-default; write '$${' where '${' itself is meant"
            )
        }
        if let value = environment[String(name)], !value.isEmpty || rest.isEmpty {
            uses.append(Use(name: String(name), value: value))
            return value
        }
        guard rest.isEmpty else { return String(rest.dropFirst(2)) }
        if let sample { return sample }
        throw Failure(
            offset: offset,
            message: "the environment variable '\(name)' is not set; set it, or write '${\(name):-default}'",
            missing: String(name)
        )
    }
}
