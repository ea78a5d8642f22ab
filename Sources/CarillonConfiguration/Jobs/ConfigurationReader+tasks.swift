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
            report(
                parts.place, parts.path,
                "nothing says what to run: give 'func' with the name of a task, 'command' for a command, or 'url'")
            return (nil, [])
        }
        for other in ways.dropFirst() {
            report(other, "does not go with '\(first.key)'; a job runs one thing")
        }
        guard ways.count == 1 else { return (nil, []) }
        if parts.shell.isEmpty, parts.http.isEmpty { return (taskName(first), namedArguments(parts, first)) }
        for entry in [parts.arguments, parts.positionalArguments].compactMap(\.self) {
            report(entry, "does not go with '\(first.key)', whose keys are the arguments")
        }
        let members = parts.shell.isEmpty ? http(parts) : shell(parts)
        guard let members else { return (nil, []) }
        return (parts.shell.isEmpty ? Self.httpTask : Self.shellTask, JSONValue.object(members).bytes)
    }

    /// Whether the name of a built-in task stands beside keys of that very task.
    private mutating func namesTaskOfKeys(_ parts: JobParts) -> Bool {
        guard let entry = parts.task, case .scalar(let scalar) = entry.value else { return false }
        return scalar.string == "shell" && !parts.shell.isEmpty || scalar.string == "http" && !parts.http.isEmpty
    }

    private static let shellTask = try? TaskName("shell")
    private static let httpTask = try? TaskName("http")

    private mutating func taskName(_ entry: Entry) -> TaskName? {
        guard let name = text(entry) else { return nil }
        do throws(CarillonError) {
            return try TaskName(name)
        } catch {
            report(entry, error.reason)
            return nil
        }
    }

    private mutating func namedArguments(_ parts: JobParts, _ task: Entry) -> [UInt8] {
        var members: [JSONValue.Member] = []
        if let entry = parts.arguments, !entry.value.isNull {
            guard case .mapping = entry.value else {
                report(entry, "must be keys and values, not \(entry.value.kindDescription)")
                return []
            }
            guard case .object(let named)? = json(entry) else { return [] }
            members = named
        }
        if let entry = parts.positionalArguments, !entry.value.isNull {
            guard case .sequence(let held) = entry.value else {
                report(entry, "must be a list, not \(entry.value.kindDescription); or give 'kwargs' with names")
                return []
            }
            guard held.content.isEmpty || !addPositional(entry, task, &members) else {
                return JSONValue.object(members).bytes
            }
        }
        return members.isEmpty ? JobDefinition.noArguments : JSONValue.object(members).bytes
    }

    /// Gives arguments by position the names that their task has for them.
    ///
    /// - Returns: Whether that is possible.
    private mutating func addPositional(
        _ entry: Entry, _ task: Entry, _ members: inout [JSONValue.Member]
    ) -> Bool {
        let name = text(task) ?? ""
        guard let names = argumentOrders[name] else {
            report(
                entry,
                "the order of the arguments of '\(name)' is not known: give them by name, as in kwargs: {name: value}")
            return false
        }
        guard case .array(let values)? = json(entry) else { return false }
        guard values.count <= names.count else {
            report(
                entry,
                "has \(values.count) arguments, where '\(name)' takes \(names.count): "
                    + names.joined(separator: ", "))
            return false
        }
        for (name, value) in zip(names, values) {
            if members.contains(where: { $0.key == name }) {
                report(entry, "gives '\(name)', which 'kwargs' gives already")
                return false
            }
            members.append(JSONValue.Member(name, value))
        }
        return true
    }

    /// The keys of a built-in task: those that stand flat, or those of its one group.
    ///
    /// - Returns: The keys; nothing where something is wrong with them.
    mutating func keys(of entries: [Entry], group: String, _ names: [String]) -> [Entry]? {
        guard let first = entries.first(where: { $0.key == group }) else { return entries }
        for other in entries where other.key != group { report(other, "belongs into '\(group)', which this job has") }
        guard entries.count == 1, let inner = self.entries(of: first, "'\(group)'") else { return nil }
        var isRight = true
        for entry in inner where !names.contains(entry.key) {
            report(unknown: entry, among: names)
            isRight = false
        }
        return isRight ? inner : nil
    }
}
