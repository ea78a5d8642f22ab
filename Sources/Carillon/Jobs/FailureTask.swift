public import CarillonTriggers

/// The task that runs when a run of a job has failed for good.
public struct FailureTask: Hashable, Sendable {
    /// The task's name.
    public var task: TaskName
    /// The task's own arguments, a JSON object, as for `shell` or `http`. If `nil`, its arguments are the
    /// `FailureReport`, which `TaskContext.failure` returns in either case.
    public var arguments: JSONValue?

    /// Creates a failure task, with its own arguments if it needs any.
    public init(_ task: TaskName, arguments: JSONValue? = nil) {
        self.task = task
        self.arguments = arguments
    }

    /// Creates a failure task with its own arguments.
    ///
    /// - Throws: `CarillonError` with `invalidName`; or the encoder's error.
    public init(_ task: String, arguments: some Encodable) throws {
        self.init(try TaskName(task), arguments: try JSONReader.value(of: RegisteredTask.json(arguments)))
    }

    /// Sample arguments that the task must be able to decode.
    var sampleArguments: [UInt8] { arguments?.bytes ?? FailureReport.sample }
}

extension FailureTask {
    /// The JSON form: the name alone, or `{"task": "shell", "arguments": {"command": "…"}}`.
    var json: JSONValue {
        guard let arguments else { return .string(task.description) }
        return .object([
            JSONValue.Member("task", .string(task.description)), JSONValue.Member("arguments", arguments),
        ])
    }

    /// Reads the JSON form.
    ///
    /// - Throws: `TriggerError`, naming the key under `on_failure`.
    init(json: JSONValue) throws(TriggerError) {
        if case .string(let name) = json {
            self.init(try TriggerError.reading("on_failure", name, TaskName.init(_:)))
            return
        }
        guard case .object = json else {
            throw JobPolicies.refused("on_failure", json, "the name of a task, or an object of 'task' and 'arguments'")
        }
        var reader = try JSONObjectReader(json, of: "a task for failed runs")
        guard case .string(let name)? = reader.value("task") else {
            throw TriggerError(.invalidValue, field: "on_failure", "names no 'task'")
        }
        var arguments = reader.value("arguments")
        switch arguments {
        case nil, .object: break
        case .null?: arguments = nil
        case let other?:
            throw TriggerError(
                .invalidValue, field: "on_failure", "has 'arguments' that are no object but \(other.kindDescription)")
        }
        try reader.finish()
        self.init(try TriggerError.reading("on_failure", name, TaskName.init(_:)), arguments: arguments)
    }
}
