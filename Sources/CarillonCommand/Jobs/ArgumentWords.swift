import Carillon
import CarillonTriggers

extension TaskName {
    /// What a person is told of arguments of the task, by name: a command as one types it, and the others line by line.
    func words(of arguments: [UInt8]) -> [(name: String, text: String)] {
        guard case .object(let members)? = try? JSONReader.value(of: arguments) else {
            return [("arguments", String(decoding: arguments, as: UTF8.self))]
        }
        let command = members.filter { description == "shell" && $0.key == "command" }
        let others = members.filter { !command.contains($0) }
        return command.map { ("command", $0.value.commandLine) }
            + others.enumerated().map { index, member in
                (index == 0 ? "arguments" : "", "\(member.key): \(member.value.plainWords)")
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
