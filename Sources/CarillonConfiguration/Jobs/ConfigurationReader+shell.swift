import CarillonTriggers
import Yams

/// Reads the arguments of the task `shell`, which runs a command.
extension ConfigurationReader {
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
            guard seconds(entry, in: 0...86_400) != nil else { return nil }
            return json(entry)
        case "working_directory": return text(entry).map(JSONValue.string)
        default: return writtenText(entry).map(JSONValue.string)
        }
    }

    /// A line for the shell, or a program and its arguments.
    private mutating func command(_ entry: Entry) -> JSONValue? {
        var words: [JSONValue]?
        switch entry.value {
        case .sequence(let list):
            var found: [JSONValue] = []
            for node in list.content {
                let value = Value(node)
                guard case .scalar = value, !value.isNull else { break }
                let element = Entry(
                    key: entry.key, place: value.place, value: value, parent: entry.parent, source: entry.source)
                guard let word = writtenText(element) else { return nil }
                found.append(.string(word))
            }
            if found.count == list.content.count, let first = found.first, first != .string("") { words = found }
        case .scalar(let scalar):
            switch scalar.json {
            case .null, .integer, .decimal: break
            // 'true' is a command.
            default:
                guard let line = writtenText(entry) else { return nil }
                if !line.allSatisfy(\.isWhitespace) { words = [.string(line)] }
            }
        default: break
        }
        let hasZeros =
            words?.contains { if case .string(let word) = $0 { word.utf8.contains(0) } else { false } } ?? false
        guard !hasZeros else {
            report(entry, "has a NUL in it, which the system takes for the end")
            return nil
        }
        guard let words else {
            report(entry, "must be a line for /bin/sh, or a list of a program and its arguments")
            return nil
        }
        if case .scalar = entry.value { return words.first }
        return .array(words)
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
