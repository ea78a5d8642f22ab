#if Command
import ArgumentParser
import Carillon
import CarillonTriggers
import Foundation

/// The command line of Carillon.
@main
struct Carillon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carillon",
        abstract: "Runs jobs on time.",
        discussion: """
            Carillon is a job scheduler. 'serve' runs the jobs of a file; 'next' and 'explain' tell when a trigger \
            fires without running anything; 'jobs' and 'runs' look into a job store and change it.
            """,
        version: BuiltIn.description,
        subcommands: [
            ServeCommand.self, JobsCommand.self, RunsCommand.self, TasksCommand.self, NodesCommand.self,
            DoctorCommand.self, BackupCommand.self, MigrateCommand.self, ImportCommand.self, NextCommand.self,
            ExplainCommand.self, CompletionsCommand.self,
        ]
    )

    /// Whether this is the server, which nobody reads line by line as a list: that its reader has gone is worth a word.
    static let isServer = CommandLine.arguments.dropFirst().first == "serve"

    /// The number of the first argument that is not UTF-8: `CommandLine.arguments` has it mended, as another one.
    private static var firstArgumentThatIsNoText: Int? {
        let arguments = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
        return arguments.firstIndex { $0.map { String(validatingCString: $0) == nil } ?? false }
    }

    /// Runs the command; a first word that is no subcommand is answered with the likeliest one.
    static func main() async {
        #if os(Linux)
        ProcessPoolExecutor.runWorkerIfAsked({ try ServedTasks.register(with: $0) })
        #endif
        StandardStreams.openMissing(isServer: isServer)
        if isServer { SignalStream.keepEarly(SIGHUP) }
        if let number = firstArgumentThatIsNoText {
            end(with: ValidationError("argument \(number) is not UTF-8 text, and would be taken for another one"))
        }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        let words = CommandLine.arguments.dropFirst()
        let word = words.first == "help" ? words.dropFirst().first : words.first
        if let word, !word.hasPrefix("-"), !names.contains(word) {
            let hint = nearest(to: word, among: names).map { "did you mean '\($0)'?" }
            let all = "the subcommands are \(names.joined(separator: ", "))"
            end(with: ValidationError("'\(word)' is not a subcommand; \(hint ?? all)"))
        }
        if let refusal = refusalOfSecondWord(Array(words)) { end(with: ValidationError(refusal)) }
        if let text = words.prefix(while: { $0 != "--" }).first(where: isTakenForOption) {
            end(with: ValidationError("'\(text)' is taken for an option; put -- before a trigger like this"))
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            if exitCode(for: error) == .validationFailure, let refusal = OptionTypos.refusal(Array(words)) {
                end(with: ValidationError(refusal))
            }
            end(with: error)
        }
        do {
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            end(with: error)
        }
    }

    /// Ends as the argument parser does, and with an error where the help that was asked for cannot be written.
    private static func end(with error: any Error) -> Never {
        let text = fullMessage(for: error)
        let status = exitCode(for: error)
        guard status == .success else {
            var output = OutputBuffer(descriptor: 2)
            // Arguments stand in it, which may be anybody's.
            let width = Terminal.errors.width
            let lines = text.printableLines.flatMap { line in
                line.wrapped(to: width, indent: line.prefix { $0 == " " }.count + 4)
            }
            if !text.isEmpty { output.append(lines.joined(separator: "\n") + "\n") }
            // Where even this cannot be written, the status tells.
            try? output.flush()
            exit(withError: status)
        }
        do throws(POSIXFailure) {
            if !text.isEmpty { try OutputBuffer.print(withWrappedUsage(text)) }
        } catch {
            exit(withError: CommandFailure(error).reported())
        }
        exit(withError: nil)
    }

    /// The text of help, of which the parser breaks all into lines but how the command is called.
    private static func withWrappedUsage(_ text: String) -> String {
        guard let width = Terminal.output.width else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            line.hasPrefix("USAGE: ") ? String(line).wrapped(to: width, indent: 7) : [String(line)]
        }.joined(separator: "\n")
    }

    /// What is wrong with the second word, where the first one is a subcommand that has subcommands.
    private static func refusalOfSecondWord(_ words: [String]) -> String? {
        guard words.count > 1, !words[1].hasPrefix("-"),
            let group = configuration.subcommands.first(where: { $0.configuration.commandName == words[0] }),
            !group.configuration.subcommands.isEmpty
        else { return nil }
        let names = group.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !names.contains(words[1]) else { return nil }
        let hint = nearest(to: words[1], among: names).map { "did you mean '\(words[0]) \($0)'?" }
        return "'\(words[0])' has no subcommand '\(words[1])'; "
            + (hint ?? "its subcommands are \(names.joined(separator: ", "))")
    }

    /// Whether a word begins as an option does, and is a trigger such as `-5 * * * *`.
    private static func isTakenForOption(_ word: String) -> Bool {
        word.hasPrefix("-") && word.dropFirst().first?.isNumber == true && word.contains(" ")
    }
}
#endif
