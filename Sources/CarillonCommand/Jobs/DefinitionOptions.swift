#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// What a user says of a job on the command line: the same for one that is added and one that is changed.
struct DefinitionOptions: ParsableArguments {
    @OptionGroup(title: "When")
    var trigger: TriggerOptions

    @Option(help: ArgumentHelp("The name it is shown with beside its id; '' takes the name away.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The task to run; 'carillon tasks' lists them.", valueName: "name"))
    var task: String?

    @Option(help: ArgumentHelp("Its arguments, a JSON object.", valueName: "json"))
    var arguments: String?

    @OptionGroup(title: "Policies")
    var policies: PolicyOptions

    @Option(name: .customLong("tag"), help: ArgumentHelp("A word to find it by; may be repeated.", valueName: "tag"))
    var tags: [String] = []

    @Option(help: ArgumentHelp("The alias of the executor it runs on.", valueName: "alias"))
    var executor: String?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp(
            """
            Behind --, a command: a program and its arguments, or one text with blanks in it, which is a line for \
            /bin/sh.
            """,
            valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if !command.isEmpty, task != nil || arguments != nil {
            throw ValidationError("a job runs a command or a task: leave out --task and --arguments, or the command")
        }
        if let program = command.first, program.allSatisfy(\.isWhitespace) {
            throw ValidationError("the command behind -- names no program")
        }
    }

    /// The arguments of the task `shell` that run the command.
    private var commandForm: JSONValue {
        if command.count == 1, let line = command.first, line.contains(where: \.isWhitespace) { return .string(line) }
        return .array(command.map { .string($0) })
    }

    /// Puts what is given into a definition.
    ///
    /// - Throws: `CommandFailure` with `badInput`, naming the option.
    func apply(to definition: inout JobDefinition, trigger: Trigger?) throws(CommandFailure) {
        if let trigger { definition.trigger = trigger }
        if let task {
            do throws(CarillonError) {
                definition.task = try TaskName(task)
            } catch {
                throw CommandFailure(error)
            }
        }
        let isGiven = arguments != nil || !command.isEmpty || policies.onFailureArguments != nil
        // What was stored as it is goes on to mean that beside what is given.
        if isGiven, !definition.policies.resolvesVariables { definition.escapeVariables() }
        if let arguments { definition.arguments = try TaskArguments.object(arguments, option: "--arguments") }
        if !command.isEmpty { applyCommand(to: &definition) }
        try policies.apply(to: &definition.policies)
        if isGiven { definition.policies.resolvesVariables = definition.mentionsVariables }
        if let name {
            definition.name = name.isEmpty ? nil : name
            do throws(CarillonError) { try definition.validate() } catch { throw CommandFailure(error) }
        }
        if !tags.isEmpty { definition.tags = tags.filter { !$0.isEmpty } }
        if let executor { definition.executor = executor }
        try TaskArguments.check(definition)
    }

    /// Another command leaves the rest of a command's arguments as it is, such as its working directory.
    private func applyCommand(to definition: inout JobDefinition) {
        var members = [JSONValue.Member("command", commandForm)]
        if definition.task.description == "shell",
            case .object(let old)? = try? JSONReader.value(of: definition.arguments)
        {
            members += old.filter { $0.key != "command" }
        }
        definition.task = "shell"
        definition.arguments = JSONValue.object(members).bytes
    }
}
#endif
