#if Configuration
import Carillon
import CarillonTriggers

/// The tasks that every server has, whose arguments are known here.
enum BuiltInTask: String, Sendable {
    case shell
    case http

    /// The name of the type of every error that their runs fail with.
    static let errorType = "TaskFailure"

    /// The argument without which there is nothing to run; by position it is the only one.
    var mainKey: String { self == .shell ? "command" : "url" }

    /// Whether a key says what to run.
    func isMain(_ key: String) -> Bool { key == mainKey || self == .http && key == "url_file" }

    /// Those of all of them.
    static let mainKeys = ["command", "url"]

    /// The keys of all arguments.
    var keys: [String] { self == .shell ? JobKey.shellNames : JobKey.httpNames + ["timeout"] }

    /// The name of the task.
    var name: TaskName? { try? TaskName(rawValue) }
}

/// Reads the arguments of tasks that every server has.
extension ConfigurationReader {
    /// The built-in task of a name; nothing where the program says that it is one of its own.
    func builtInTask(_ name: TaskName) -> BuiltInTask? {
        ownTasks.contains(name.description) ? nil : BuiltInTask(rawValue: name.description)
    }

    /// The arguments of a job whose keys are those of a built-in task, or a group of them.
    mutating func arguments(of task: BuiltInTask, _ keys: [Entry], _ parts: JobParts) -> [JSONValue.Member]? {
        let before = problemCount
        var entries: [Entry]? = keys
        let group = keys.first { $0.key == task.rawValue }
        if let group {
            for other in keys where other.key != task.rawValue {
                report(other, "belongs into '\(task.rawValue)', which this job has")
            }
            entries = self.entries(of: group)
        }
        guard let entries else { return nil }
        let known = known(entries, of: task)
        if problemCount == before, !known.contains(where: { task.isMain($0.key) }) {
            if let group {
                report(group, "the key '\(task.mainKey)' is missing")
            } else if let first = keys.first, !parts.haveMisspelt([task.mainKey]) {
                let message = "the key '\(task.mainKey)' is missing, to which '\(first.key)' belongs"
                report(parts.place, parts.path, message)
            }
        }
        let members = members(known, of: task)
        return problemCount == before ? members : nil
    }

    /// The arguments of a built-in task that is named like any other.
    mutating func arguments(of task: BuiltInTask, named entry: Entry, _ parts: JobParts) -> [JSONValue.Member]? {
        let before = problemCount
        var given: [Entry] = []
        if let list = parts.arguments, !list.value.isNull {
            if case .mapping = list.value {
                // Null is the same as absent here.
                given = entries(of: list)?.filter { !$0.value.isNull } ?? []
            } else {
                report(list, "must be keys and values, not \(list.value.kindDescription)")
            }
        }
        var entries = known(given, of: task)
        if let list = parts.positionalArguments, !list.value.isNull, let values = positional(list, of: task.rawValue) {
            for (name, value) in zip([task.mainKey], values) {
                if entries.contains(where: { $0.key == name }) {
                    report(list, "gives '\(name)', which '\(parts.arguments?.key ?? "kwargs")' gives already")
                } else {
                    entries.insert(
                        Entry(key: name, place: value.place, value: value, parent: list.path, source: list.source),
                        at: 0)
                }
            }
        }
        if problemCount == before, !entries.contains(where: { task.isMain($0.key) }) {
            let place = parts.arguments ?? entry
            report(place, "the key '\(task.mainKey)' is missing among the arguments of '\(task.rawValue)'")
        }
        let members = members(entries, of: task)
        return problemCount == before ? members : nil
    }

    /// Those keys that the task has; tells of the others.
    private mutating func known(_ entries: [Entry], of task: BuiltInTask) -> [Entry] {
        for entry in entries where !task.keys.contains(entry.key) { report(unknown: entry, among: task.keys) }
        return entries.filter { task.keys.contains($0.key) }
    }

    private mutating func members(_ entries: [Entry], of task: BuiltInTask) -> [JSONValue.Member] {
        if task == .http { checkBody(entries) }
        var members: [JSONValue.Member] = []
        for entry in entries {
            let isAnyValue = ["kill_after", "inherit_environment", "json", "expect", "timeout"].contains(entry.key)
            let value = argument(entry, of: entries, isText: !isAnyValue) { reader in
                task == .shell ? reader.shellValue(entry) : reader.httpValue(entry)
            }
            if let value { members.append(JSONValue.Member(entry.key, value)) }
        }
        return members
    }
}
#endif
