public import Carillon
import CarillonTriggers

/// As JSON: an object with the keys `command`, `working_directory`, `environment`, `inherit_environment`, `user`, `umask`,
/// `stdin` and `kill_after`.
extension ShellArguments: Codable {
    private enum Key: String, CodingKey, CaseIterable {
        case command
        case workingDirectory = "working_directory"
        case environment
        case inheritEnvironment = "inherit_environment"
        case user
        case umask
        case stdin
        case killAfter = "kill_after"
    }

    /// Reads the arguments.
    ///
    /// - Throws: `DecodingError` for a key that is not known, a value of the wrong type or form, an empty command, and
    ///   text with a NUL where the system can take none.
    public init(from decoder: any Decoder) throws {
        let object = try ArgumentObject(from: decoder, keys: Key.allCases.map(\.rawValue))
        command = try Self.command(object)
        workingDirectory = try Self.word(object, .workingDirectory)
        environment = [:]
        for (name, text) in try object.texts(Key.environment.rawValue) {
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")), !Self.hasNUL(name) else {
                throw object.invalid(
                    Key.environment.rawValue, "has a name that is empty or has an '=' or NUL in it: '\(name)'")
            }
            guard !Self.hasNUL(text) else { throw object.invalid("environment.\(name)", Self.nulProblem) }
            environment[name] = text
        }
        inheritsEnvironment = try object.flag(Key.inheritEnvironment.rawValue) ?? true
        user = try Self.user(object)
        umask = try Self.umask(object)
        stdin = try object.text(Key.stdin.rawValue)
        killAfter = try object.seconds(Key.killAfter.rawValue) ?? Self.defaultKillAfter
    }

    /// Writes the arguments; what has not been given is left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch command {
        case .line(let line): try container.encode(line, forKey: .command)
        case .program(let words): try container.encode(words, forKey: .command)
        }
        try container.encodeIfPresent(workingDirectory, forKey: .workingDirectory)
        if !environment.isEmpty { try container.encode(environment, forKey: .environment) }
        if !inheritsEnvironment { try container.encode(false, forKey: .inheritEnvironment) }
        try container.encodeIfPresent(user, forKey: .user)
        try container.encodeIfPresent(umask.map { "0" + String($0, radix: 8) }, forKey: .umask)
        try container.encodeIfPresent(stdin, forKey: .stdin)
        if killAfter != Self.defaultKillAfter { try container.encode(killAfter, forKey: .killAfter) }
    }

    private static func command(_ object: ArgumentObject) throws -> Command {
        let key = Key.command.rawValue
        switch object[key] {
        case nil:
            throw object.invalid(key, "is missing: a line for the shell, or a list of a program and its arguments")
        case .string(let line):
            guard !line.allSatisfy(\.isWhitespace) else { throw object.invalid(key, "is empty") }
            guard !hasNUL(line) else { throw object.invalid(key, nulProblem) }
            return .line(line)
        case .array(let values):
            let words = try values.map { try object.text($0, "an element of \(key)") }
            guard let program = words.first, !program.allSatisfy(\.isWhitespace) else {
                throw object.invalid(key, "names no program")
            }
            guard !words.contains(where: hasNUL) else { throw object.invalid(key, nulProblem) }
            return .program(words)
        case let other?:
            throw object.invalid(key, "must be a string or a list of strings, not \(other.kindDescription)")
        }
    }

    private static func user(_ object: ArgumentObject) throws -> String? {
        if case .integer(let number) = object[Key.user.rawValue], number >= 0 { return String(number) }
        return try word(object, .user)
    }

    private static func umask(_ object: ArgumentObject) throws -> UInt32? {
        let key = Key.umask.rawValue
        guard let value = object[key] else { return nil }
        guard case .string(let text) = value, (1...4).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }),
            let mask = UInt32(text, radix: 8), mask <= 0o777
        else { throw object.invalid(key, #"must be a string of octal digits from "000" to "777", such as "022""#) }
        return mask
    }

    /// A text that is neither empty nor has a NUL in it.
    private static func word(_ object: ArgumentObject, _ key: Key) throws -> String? {
        guard let text = try object.text(key.rawValue) else { return nil }
        guard !text.isEmpty else { throw object.invalid(key.rawValue, "is empty") }
        guard !hasNUL(text) else { throw object.invalid(key.rawValue, nulProblem) }
        return text
    }

    private static let nulProblem = "has a NUL in it, which the system takes for the end"

    private static func hasNUL(_ text: String) -> Bool { text.utf8.contains(0) }
}

extension ShellArguments: SecretArguments {
    /// What the command reads from its standard input.
    public static let secretKeys: Set<String> = ["stdin"]
}
