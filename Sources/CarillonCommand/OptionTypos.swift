#if Command
import ArgumentParser
import CarillonTriggers
import Foundation

/// Options on the command line that the command does not have. What the parser says of a line with one may be about
/// what only follows from it, such as that its value is one argument too many.
enum OptionTypos {
    /// The parts of what the parser tells of commands that are needed here.
    private struct Tool: Decodable { let command: Command }

    private struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    private struct Argument: Decodable { let names: [Name]? }

    private struct Name: Decodable {
        let kind: String
        let name: String
    }

    /// What is wrong with the first option that the command of a line does not have; nothing where it has all.
    ///
    /// - Parameter words: The command line without the name of the program.
    static func refusal(_ words: [String]) -> String? {
        guard let tool = try? JSONDecoder().decode(Tool.self, from: Data(Carillon._dumpHelp().utf8)) else { return nil }
        var command = tool.command
        var path = [command.commandName]
        var rest = words[...]
        if rest.first == "help" { return nil }
        while let word = rest.first, let next = command.subcommands?.first(where: { $0.commandName == word }) {
            command = next
            path.append(word)
            rest = rest.dropFirst()
        }
        let known = (command.arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map(\.name)
        for word in rest.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let name = String(word.dropFirst(2).prefix { $0 != "=" })
            guard !known.contains(name), !["help", "version"].contains(name) else { continue }
            let hint = nearest(to: name, among: known).map { "did you mean '--\($0)'?" }
            return "there is no option '--\(name)' here; "
                + (hint ?? "'\(([path[0], "help"] + path.dropFirst()).joined(separator: " "))' lists those there are")
        }
        return nil
    }
}
#endif
