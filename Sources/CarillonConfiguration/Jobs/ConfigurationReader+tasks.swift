#if Configuration
import Carillon
import CarillonTriggers

/// Reads what jobs run.
extension ConfigurationReader {
    /// The order of the arguments of the tasks that every server has.
    static let ownArgumentOrders = ["shell": ["command"], "http": ["url"]]

    /// The task of a job and its arguments as JSON.
    mutating func task(_ parts: JobParts) -> (task: TaskName?, arguments: [UInt8]) {
        let ways = [namesTaskOfKeys(parts) ? nil : parts.task, parts.shell.first, parts.http.first].compactMap(\.self)
        guard let first = ways.first else {
            if !parts.haveMisspelt(JobKey.taskNames) {
                report(
                    parts.place, parts.path,
                    "nothing says what to run: give 'func' with the name of a task, 'command' for a command, or 'url'")
            }
            return (nil, [])
        }
        for other in ways.dropFirst() {
            report(other, "does not go with '\(first.key)'; a job runs one thing")
        }
        guard ways.count == 1 else { return (nil, []) }
        let keys: [(task: BuiltInTask, entries: [Entry])] = [(.shell, parts.shell), (.http, parts.http)]
        guard let (task, entries) = keys.first(where: { !$0.entries.isEmpty }) else { return named(first, parts) }
        for entry in [parts.arguments, parts.positionalArguments].compactMap(\.self) {
            report(entry, "does not go with '\(first.key)', whose keys are the arguments")
        }
        guard let members = arguments(of: task, entries, parts) else { return (nil, []) }
        return (task.name, JSONValue.object(members).bytes)
    }

    /// A task that is named, and its arguments.
    private mutating func named(_ entry: Entry, _ parts: JobParts) -> (task: TaskName?, arguments: [UInt8]) {
        let name = taskName(entry)
        guard let name, let task = builtInTask(name) else { return (name, namedArguments(parts, name)) }
        return (name, arguments(of: task, named: entry, parts).map { JSONValue.object($0).bytes } ?? [])
    }

    /// Whether the name of a built-in task stands beside keys of that very task.
    private mutating func namesTaskOfKeys(_ parts: JobParts) -> Bool {
        guard let entry = parts.task, case .scalar(let scalar) = entry.value else { return false }
        return scalar.string == "shell" && !parts.shell.isEmpty || scalar.string == "http" && !parts.http.isEmpty
    }

    private mutating func taskName(_ entry: Entry) -> TaskName? {
        guard let name = text(entry) else { return nil }
        do throws(CarillonError) {
            return try TaskName(name)
        } catch {
            report(entry, error.reason)
            return nil
        }
    }

    private mutating func namedArguments(_ parts: JobParts, _ task: TaskName?) -> [UInt8] {
        var members: [JSONValue.Member] = []
        if let entry = parts.arguments, !entry.value.isNull {
            if case .mapping = entry.value {
                let value = argument(entry, of: [], isText: false) { $0.json(entry) }
                if case .object(let named)? = value { members = named }
            } else {
                report(entry, "must be keys and values, not \(entry.value.kindDescription)")
            }
        }
        if let task, let entry = parts.positionalArguments, !entry.value.isNull {
            addPositional(entry, of: task.description, &members)
        }
        return members.isEmpty ? JobDefinition.noArguments : JSONValue.object(members).bytes
    }

    /// Gives arguments by position the names that their task has for them.
    private mutating func addPositional(_ entry: Entry, of task: String, _ members: inout [JSONValue.Member]) {
        guard let given = positional(entry, of: task), !given.isEmpty,
            case .array(let values)? = argument(entry, of: [], isText: false, { $0.json(entry) })
        else { return }
        for (name, value) in zip(argumentOrders[task] ?? [], values) {
            if members.contains(where: { $0.key == name }) {
                return report(entry, "gives '\(name)', which 'kwargs' gives already")
            }
            members.append(JSONValue.Member(name, value))
        }
    }

    /// The values of a list of arguments by position.
    ///
    /// - Returns: Nothing where it is no list, where it is not known what they are called, or where they are too many.
    mutating func positional(_ entry: Entry, of task: String) -> [Value]? {
        guard case .sequence(let held) = entry.value else {
            report(entry, "must be a list, not \(entry.value.kindDescription); or give 'kwargs' with names")
            return nil
        }
        let values = held.content.map { Value($0) }
        if values.isEmpty { return [] }
        guard let names = argumentOrders[task] else {
            report(
                entry,
                "the order of the arguments of '\(task)' is not known: give them by name, as in kwargs: {name: value}")
            return nil
        }
        guard values.count <= names.count else {
            report(
                entry,
                "has \(values.count) arguments, where '\(task)' takes \(names.count): "
                    + names.joined(separator: ", "))
            return nil
        }
        return values
    }
}
#endif
