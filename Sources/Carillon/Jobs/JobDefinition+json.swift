public import CarillonTriggers

extension JobDefinition {
    /// Returns the JSON form of the definition, without the values that are the default:
    ///
    ///     {"task": "report", "arguments": {"to": "all"}, "trigger": {"type": "cron", "hour": "9", "timezone": "UTC"},
    ///      "policies": {"max_instances": 2}, "tags": ["night"], "executor": "processes", "origin": "jobs.yaml",
    ///      "name": "Nightly report"}
    ///
    /// The arguments are the same JSON value, but not always the same bytes (whitespace is lost): a store that uses
    /// this form keeps their bytes beside it, with `jsonWithoutArguments`.
    ///
    /// - Throws: `TriggerError` with `malformedJSON`, naming the field, if the arguments are not JSON.
    public func json() throws(TriggerError) -> JSONValue {
        try TriggerError.reading(inside: "arguments") { () throws(TriggerError) in
            json(arguments: arguments == Self.noArguments ? nil : try JSONReader.value(of: arguments))
        }
    }

    /// The JSON form without the arguments.
    public var jsonWithoutArguments: JSONValue { json(arguments: nil) }

    /// The keys of the JSON form.
    static let jsonKeys = ["task", "arguments", "trigger", "policies", "tags", "executor", "origin", "name", "trace"]

    /// The arguments of a task that takes none.
    package static let noArguments = Array("{}".utf8)

    private func json(arguments: JSONValue?) -> JSONValue {
        var members = [JSONValue.Member("task", .string(task.description))]
        if let arguments { members.append(JSONValue.Member("arguments", arguments)) }
        members.append(JSONValue.Member("trigger", trigger.json))
        if policies != JobPolicies() { members.append(JSONValue.Member("policies", policies.json)) }
        if !tags.isEmpty { members.append(JSONValue.Member("tags", .array(tags.map { .string($0) }))) }
        if executor != "default" { members.append(JSONValue.Member("executor", .string(executor))) }
        if let origin { members.append(JSONValue.Member("origin", .string(origin))) }
        if let name { members.append(JSONValue.Member("name", .string(name))) }
        if !trace.isEmpty { members.append(JSONValue.Member("trace", Self.json(trace: trace))) }
        return .object(members)
    }

    /// Returns the fields of a trace as JSON, sorted by name.
    package static func json(trace: [String: String]) -> JSONValue {
        .object(trace.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) })
    }

    /// Reads the fields of a trace.
    ///
    /// - Throws: `TriggerError`, naming the field.
    package static func trace(json: JSONValue) throws(TriggerError) -> [String: String] {
        guard case .object(let members) = json else {
            throw TriggerError(.invalidValue, field: "trace", "is an object of strings, not \(json.kindDescription)")
        }
        var trace: [String: String] = [:]
        for member in members {
            guard case .string(let value) = member.value else {
                throw TriggerError(
                    .invalidValue, field: "trace.\(member.key)", "is a string, not \(member.value.kindDescription)")
            }
            trace[member.key] = value
        }
        return trace
    }

    /// Reads the JSON form.
    ///
    /// - Parameter arguments: The bytes of the arguments, if they were kept beside the form.
    /// - Throws: `TriggerError`, naming the key, its value and what is allowed; an unknown key is refused with the
    ///   nearest known one.
    public init(json: JSONValue, arguments: [UInt8]? = nil) throws(TriggerError) {
        var reader = try JSONObjectReader(json, of: "a job's definition")
        let taskName = try reader.string("task")
        let written = reader.value("arguments")?.bytes
        let triggerForm = reader.value("trigger")
        let policiesForm = reader.value("policies")
        let tagsForm = reader.value("tags")
        let executor = try reader.string("executor")
        let origin = try reader.string("origin")
        let name = try reader.string("name")
        let traceForm = reader.value("trace")
        // A missing key is often misspelt.
        try reader.finish()
        guard let taskName else { throw TriggerError(.missingField, field: "task", "is missing") }
        guard let triggerForm else { throw TriggerError(.missingField, field: "trigger", "is missing") }
        self.init(
            task: try TriggerError.reading("task", taskName, TaskName.init(_:)),
            arguments: arguments ?? written ?? Self.noArguments,
            trigger: try TriggerError.reading(inside: "trigger") { () throws(TriggerError) in
                try Trigger(json: triggerForm)
            },
            policies: try TriggerError.reading(inside: "policies") { () throws(TriggerError) in
                try policiesForm.map { (form) throws(TriggerError) in try JobPolicies(json: form) } ?? JobPolicies()
            },
            tags: try Self.tags(tagsForm),
            executor: executor ?? "default",
            origin: origin,
            name: name,
            trace: try traceForm.map { (form) throws(TriggerError) in try Self.trace(json: form) } ?? [:]
        )
    }

    private static func tags(_ form: JSONValue?) throws(TriggerError) -> [String] {
        guard let form else { return [] }
        guard case .array(let elements) = form else {
            throw TriggerError(.invalidValue, field: "tags", "is an array of strings, not \(form.kindDescription)")
        }
        var tags: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let tag) = element else {
                throw TriggerError(
                    .invalidValue, field: "tags[\(index)]", "is a string, not \(element.kindDescription)")
            }
            tags.append(tag)
        }
        return tags
    }
}

extension JobDefinition: Codable {
    /// Reads the JSON form from any decoder.
    ///
    /// - Throws: `DecodingError` with the `TriggerError` as its underlying error.
    public init(from decoder: any Decoder) throws {
        self = try JSONValue.read(from: decoder) { (json) throws(TriggerError) in try Self(json: json) }
    }

    /// Writes the JSON form.
    ///
    /// - Throws: `EncodingError` with the `TriggerError` as its underlying error if the arguments are not JSON.
    public func encode(to encoder: any Encoder) throws {
        let json: JSONValue
        do {
            json = try self.json()
        } catch {
            throw EncodingError.invalidValue(
                arguments,
                EncodingError.Context(
                    codingPath: encoder.codingPath,
                    debugDescription: error.description,
                    underlyingError: error
                )
            )
        }
        try json.encode(to: encoder)
    }
}
