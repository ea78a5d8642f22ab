#if Configuration
import Carillon
import CarillonTriggers
import Yams

/// Reads the policies of jobs.
extension ConfigurationReader {
    /// Reads policies over those that are given, which are right and are told what they become.
    mutating func policies(_ entries: [Entry], _ members: inout [JSONValue.Member]) -> JobPolicies? {
        let before = problemCount
        var own: [JSONValue.Member] = []
        for entry in entries {
            guard let value = entry.key == "on_failure" ? failureTask(entry) : json(entry, atMost: 160_000) else {
                continue
            }
            members.removeAll { $0.key == entry.key }
            // Nothing undoes a default.
            if value == .null, ["timeout", "retry", "on_failure"].contains(entry.key) { continue }
            own.append(JSONValue.Member(entry.key, value))
        }
        members += own
        if problemCount == before, let policies = try? JobPolicies(json: .object(members)) { return policies }
        for error in JobPolicies.problems(of: .object(own)) { report(error, of: entries) }
        return nil
    }

    /// Tells what is wrong with one of several policies, at the innermost key.
    private mutating func report(_ error: TriggerError, of entries: [Entry]) {
        guard let entry = entries.first(where: { error.field == $0.key || error.field.hasPrefix($0.key + ".") }) else {
            return
        }
        let inner = String(error.field.dropFirst(entry.key.count).drop { $0 == "." })
        let path: SettingPath = inner.isEmpty ? entry.path : .key(entry.path, inner)
        let place = entry.value.place(of: error.code == .unknownField ? "\(inner).\(error.value)" : inner)
        var sentence = error.inWordsOfFiles.sentence
        let hasKeys = if case .mapping = entry.value { true } else { false }
        if !hasKeys, let example = JobKey.examples[entry.key] { sentence += "; write it as \(entry.key): \(example)" }
        report(entry.source.place(place ?? entry.place), path, sentence)
    }

    /// Looks whether the errors that runs are tried again after are such as there are. What errors a program's own tasks
    /// have, nobody knows here.
    ///
    /// - Parameter task: What the job runs; nothing for the defaults of all jobs.
    mutating func checkErrorTypes(_ policies: [Entry], _ task: TaskName?) {
        let type = BuiltInTask.errorType
        guard let entry = policies.first(where: { $0.key == "retry" }), case .mapping(let held) = entry.value,
            let (key, value) = held.content.first(where: { $0.key.scalar?.string == "errors" }),
            case .sequence(let names) = value
        else { return }
        let inner = Entry(
            key: "errors", place: TextPlace(key.mark), value: Value(value), parent: entry.path, source: entry.source)
        // Of what is no text it has been told.
        let texts = names.compactMap(\.scalar).filter { if case .string = $0.json { true } else { false } }
        let others = texts.map(\.string).filter { $0 != type && !Substitution.isNeeded($0) }
        if let task, let builtIn = builtInTask(task) {
            for name in others {
                let isMeant = nearest(to: name, among: [type]) != nil
                report(
                    inner,
                    "'\(name)' is no type of error of the task '\(builtIn.rawValue)'; "
                        + (isMeant ? "did you mean '\(type)'?" : "all of its errors are '\(type)'"))
            }
        } else if task == nil, !others.isEmpty, others.count == names.count {
            remark(inner, "does not have '\(type)': runs of the tasks 'shell' and 'http' are not tried again")
        }
    }
}
#endif
