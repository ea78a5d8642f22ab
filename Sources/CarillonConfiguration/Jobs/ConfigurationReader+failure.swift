#if Configuration
import Carillon
import CarillonTriggers

/// Reads what is run when a run has failed for good.
extension ConfigurationReader {
    private static let failureTaskParts = [
        ["task", "func", "command", "url", "arguments", "kwargs", "args", "shell", "http"], JobKey.shellNames,
        JobKey.httpNames + ["timeout"],
    ]
    private static let failureTaskNames = Set(failureTaskParts.joined())

    /// The JSON form of a task for failed runs: a name, or a task with arguments, written as in a job.
    mutating func failureTask(_ entry: Entry) -> JSONValue? {
        guard case .mapping = entry.value else { return json(entry, atMost: 160_000) }
        guard let entries = entries(of: entry) else { return nil }
        let before = problemCount
        let known = entries.filter { Self.failureTaskNames.contains($0.key) }
        for inner in entries where !Self.failureTaskNames.contains(inner.key) {
            report(unknown: inner, amongParts: Self.failureTaskParts, mainCount: 1, others: "a command or a request")
        }
        // What is to run may be what is misspelt.
        guard problemCount == before || known.contains(where: { JobKey.taskNames.contains($0.key) }) else { return nil }
        // There are no policies here: the timeout can only be that of the request.
        var parts = parts(
            known.filter { $0.key != "timeout" }, entry.path, entry.source.place(entry.place), entry.source)
        parts.http += known.filter { $0.key == "timeout" }
        let (task, arguments) = task(parts)
        guard problemCount == before, let task else { return nil }
        let name = JSONValue.Member("task", .string(task.description))
        let ways = [parts.shell.first, parts.http.first, parts.arguments, parts.positionalArguments]
        guard ways.contains(where: { $0.map { !$0.value.isNull } ?? false }),
            let value = try? JSONReader.value(of: arguments)
        else { return name.value }
        return .object([name, JSONValue.Member("arguments", value)])
    }
}
#endif
