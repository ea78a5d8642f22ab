#if Command
import Carillon
import CarillonTriggers

extension TaskName {
    /// What a person is told of arguments of the task, by name: a command as one types it, and the others line by line.
    func words(of arguments: [UInt8]) -> [(name: String, text: String)] {
        guard description == "shell", case .object(let members)? = try? JSONReader.value(of: arguments),
            let command = members.first(where: { $0.key == "command" })
        else { return arguments.words(named: "arguments") }
        let others = members.filter { $0.key != command.key }
        return [("command", command.value.commandLine)] + others.words(named: "arguments")
    }
}

extension [UInt8] {
    /// What a person is told of JSON: the members of an object line by line, the first behind a name, and anything else
    /// as one text.
    func words(named name: String) -> [(name: String, text: String)] {
        switch try? JSONReader.value(of: self) {
        case .object(let members): members.words(named: name)
        case let value?: [(name, value.plainWords)]
        case nil: [(name, String(decoding: self, as: UTF8.self))]
        }
    }
}

extension [JSONValue.Member] {
    fileprivate func words(named name: String) -> [(name: String, text: String)] {
        enumerated().map { index, member in
            (index == 0 ? name : "", "\(member.key): \(member.value.plainWords)")
        }
    }
}

extension JSONValue {
    /// A text without the quotes of JSON, and anything else as JSON.
    fileprivate var plainWords: String { if case .string(let text) = self { text } else { description } }

    /// A program and its arguments as a shell reads them, or a line for a shell as it is.
    fileprivate var commandLine: String {
        guard case .array(let words) = self else { return plainWords }
        return words.map { StoreFile.quoted($0.plainWords) }.joined(separator: " ")
    }
}
#endif
