#if Configuration
import Carillon
import CarillonTriggers
import Yams

/// Reads the arguments of the task `shell`, which runs a command.
extension ConfigurationReader {
    /// A year: the most that the tasks themselves take.
    static let longestTaskSeconds = 31_536_000.0

    mutating func shellValue(_ entry: Entry) -> JSONValue? {
        switch entry.key {
        case "command": return command(entry)
        case "environment": return environment(entry)
        case "umask":
            guard let text = writtenText(entry) else { return nil }
            let isOctal = (1...4).contains(text.utf8.count) && text.utf8.allSatisfy { "01234567".utf8.contains($0) }
            if isOctal, let mask = Int(text, radix: 8), mask <= 0o777 { return .string(text) }
            report(entry, "must be one to four octal digits up to 0777, such as 022")
            return nil
        case "kill_after":
            guard seconds(entry, in: 0...Self.longestTaskSeconds) != nil else { return nil }
            return json(entry)
        case "inherit_environment": return boolean(entry).map(JSONValue.bool)
        case JobKey.environmentFileName: return files(entry)
        case "working_directory": return text(entry).map(JSONValue.string)
        case "user":
            guard let user = writtenText(entry) else { return nil }
            if !user.isEmpty { return .string(user) }
            report(entry, "is empty")
            return nil
        default: return writtenText(entry).map(JSONValue.string)
        }
    }

    /// The path of a file, or several.
    mutating func files(_ entry: Entry) -> JSONValue? {
        guard case .sequence = entry.value else { return text(entry).map(JSONValue.string) }
        return texts(entry).map { .array($0.map(JSONValue.string)) }
    }

    private static let commandForms = "a line for /bin/sh, or a list of a program and its arguments"

    /// A line for the shell, or a program and its arguments.
    private mutating func command(_ entry: Entry) -> JSONValue? {
        guard let words = commandWords(entry) else { return nil }
        guard let first = words.first, !first.allSatisfy(\.isWhitespace) else {
            report(entry, "names no program; give \(Self.commandForms)")
            return nil
        }
        guard !words.contains(where: { $0.utf8.contains(0) }) else {
            report(entry, "has a NUL in it, which the system takes for the end")
            return nil
        }
        if case .scalar = entry.value { return .string(first) }
        return .array(words.map(JSONValue.string))
    }

    /// The words of a command, or its line alone; none where nothing is there.
    private mutating func commandWords(_ entry: Entry) -> [String]? {
        switch entry.value {
        case .sequence(let list):
            var words: [String] = []
            for node in list.content {
                let value = Value(node)
                guard case .scalar = value, !value.isNull else {
                    report(entry, "must be \(Self.commandForms): texts, of which one is \(value.kindDescription)")
                    return nil
                }
                let element = Entry(
                    key: entry.key, place: value.place, value: value, parent: entry.parent, source: entry.source)
                guard let word = writtenText(element) else { return nil }
                words.append(word)
            }
            return words
        case .scalar(let scalar):
            switch scalar.json {
            case .null: return []
            case .integer, .decimal: break
            // 'true' is a command.
            default:
                if entry.source.substitutes, Substitution.isNeeded(scalar.string) {
                    guard let json = value(scalar, entry.path, entry.source) else { return nil }
                    if json == .null { return [] }
                }
                return writtenText(entry).map { [$0] }
            }
        case .mapping: break
        }
        report(entry, "must be \(Self.commandForms), not \(entry.value.kindDescription)")
        return nil
    }

    private mutating func environment(_ entry: Entry) -> JSONValue? {
        textMembers(entry) { name in
            let isRight = !name.isEmpty && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "=") }
            return isRight ? nil : "has a name that is empty or has an '=' in it"
        } refusingText: { text in
            text.utf8.contains(0) ? "has a NUL in it, which the system takes for the end" : nil
        }
    }

    /// Keys with texts, or with numbers as they were written.
    ///
    /// - Parameters:
    ///   - refusingName: What is wrong with a key.
    ///   - refusingText: What is wrong with a text.
    mutating func textMembers(
        _ entry: Entry, refusingName: (String) -> String?, refusingText: (String) -> String?
    ) -> JSONValue? {
        guard let entries = entries(of: entry) else { return nil }
        let before = problemCount
        var members: [JSONValue.Member] = []
        for inner in entries {
            if let refusal = refusingName(inner.key) {
                report(inner.source.place(inner.place), entry.path, refusal)
            }
            guard room > 0 else { return nil }
            guard let text = writtenText(inner) else { continue }
            if let refusal = refusingText(text) { report(inner, refusal) }
            members.append(JSONValue.Member(inner.key, .string(text)))
        }
        return problemCount == before ? .object(members) : nil
    }
}
#endif
