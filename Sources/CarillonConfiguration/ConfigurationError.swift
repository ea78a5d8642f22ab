#if Configuration
/// Where something stands in a configuration.
public struct ConfigurationPlace: Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named, `$NAME` for an environment variable, or a flag such as `--timezone`.
    public let source: String
    /// The line, from 1; 0 in values that a program writes.
    public let line: Int
    /// The column, from 1, in Unicode scalars; 0 in values that a program writes.
    public let column: Int

    /// Source, line and column, with colons between them; the source alone if there are no lines.
    public var description: String { line == 0 ? source : "\(source):\(line):\(column)" }
}

/// One thing that is wrong with a configuration, or has no effect in it. No password is ever part of it.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
    /// Where it stands; nothing for a value that stands nowhere, such as a store address on its own.
    public let place: ConfigurationPlace?
    /// The key that it is about, such as `jobs[3].trigger.minute`; empty for the source as a whole.
    public let key: String
    /// What is wrong and what is allowed.
    public let message: String

    /// One line for a person: `file:line:column: key: message`; `--flag: message` for what a flag says.
    public var description: String {
        if let flag = place?.source, flag.hasPrefix("--"), place?.line == 1, place?.column == 1 {
            return "\(flag): \(message)"
        }
        return [place?.description, key.isEmpty ? nil : key, message].compactMap(\.self).joined(separator: ": ")
    }
}

/// Why a configuration cannot be used.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing is wrong. New codes may be added: always have a default in a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// A file of the configuration cannot be read.
        public static let unreadableFile = Code(description: "unreadableFile")
        /// Something in the configuration is wrong.
        public static let invalid = Code(description: "invalid")
    }

    /// The most problems that an error tells.
    public static let maximumProblems = 20

    /// What kind of thing is wrong.
    public let code: Code
    /// What is wrong, by its place; one or more, `maximumProblems` at most.
    public let problems: [ConfigurationProblem]
    /// How many problems there are besides.
    public let furtherCount: Int

    init(_ code: Code, _ problems: [ConfigurationProblem], furtherCount: Int = 0) {
        self.code = code
        self.problems = problems
        self.furtherCount = furtherCount
    }

    /// A line for each problem.
    public var description: String {
        var lines = problems.map(\.description)
        if furtherCount > 0 { lines.append("and \(furtherCount) problem\(furtherCount == 1 ? "" : "s") more") }
        return lines.joined(separator: "\n")
    }
}
#endif
