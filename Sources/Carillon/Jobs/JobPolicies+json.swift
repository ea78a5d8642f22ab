public import CarillonTriggers

extension JobPolicies {
    /// The JSON form of the policies, without those that are the default.
    public var json: JSONValue {
        let defaults = JobPolicies()
        var members: [JSONValue.Member] = []
        func add(_ key: String, _ value: JSONValue, unless isDefault: Bool) {
            if !isDefault { members.append(JSONValue.Member(key, value)) }
        }
        if let misfireGrace { add("misfire_grace_time", misfireGrace.json, unless: false) }
        add("coalesce", .string(coalesce.rawValue), unless: coalesce == defaults.coalesce)
        add("max_instances", .integer(Int64(maxInstances)), unless: maxInstances == defaults.maxInstances)
        add("at_limit", .string(atLimit.rawValue), unless: atLimit == defaults.atLimit)
        add("retry", retry.json, unless: retry == defaults.retry)
        if let timeout { add("timeout", timeout.json, unless: false) }
        add("recovery", .string(recovery.rawValue), unless: recovery == defaults.recovery)
        if let whenEnded { add("when_ended", .string(whenEnded.rawValue), unless: false) }
        add("priority", .integer(Int64(priority)), unless: priority == defaults.priority)
        add(
            "history",
            .object([
                JSONValue.Member("runs", .integer(Int64(history.runs))),
                JSONValue.Member("days", .integer(Int64(history.days))),
            ]),
            unless: history == defaults.history
        )
        if let onFailure { add("on_failure", onFailure.json, unless: false) }
        add("resolve_variables", .bool(resolvesVariables), unless: !resolvesVariables)
        return .object(members)
    }

    /// Reads the JSON form. APScheduler's names and values are accepted: `misfire_grace_time` null is unlimited, and
    /// `coalesce` true is `latest`, false `all`.
    ///
    /// - Throws: `TriggerError`, naming the key, its value and what is allowed.
    public init(json: JSONValue) throws(TriggerError) {
        self.init()
        var reader = try JSONObjectReader(json, of: "a job's policies")
        switch reader.value("misfire_grace_time") {
        case nil, .null: misfireGrace = nil
        case let value?: misfireGrace = try Duration(json: value, field: "misfire_grace_time", orElse: ", or null")
        }
        switch reader.value("coalesce") {
        case nil: break
        case .bool(let isOn): coalesce = isOn ? .latest : .all
        case .string(let word):
            guard let choice = Coalesce(rawValue: word) else {
                let words = Coalesce.allCases.map(\.rawValue) + ["true", "false"]
                throw TriggerError(
                    .invalidValue, field: "coalesce", value: word, refusal(ofWord: word, among: words))
            }
            coalesce = choice
        case let value?: throw Self.refused("coalesce", value, "'latest', 'earliest', 'all', true or false")
        }
        maxInstances = try reader.integer("max_instances", in: Self.instanceLimits) ?? maxInstances
        atLimit = try reader.choice("at_limit", AtLimit.self) ?? atLimit
        if let value = reader.value("retry") {
            retry = try TriggerError.reading(inside: "retry") { () throws(TriggerError) in try RetryPolicy(json: value)
            }
        }
        if let value = reader.value("timeout") { timeout = try Duration(json: value, field: "timeout", above: .zero) }
        recovery = try reader.choice("recovery", Recovery.self) ?? recovery
        whenEnded = try reader.choice("when_ended", WhenEnded.self)
        priority = try reader.integer("priority", in: Self.priorityLimits) ?? priority
        if let value = reader.value("history") {
            history = try TriggerError.reading(inside: "history") { () throws(TriggerError) in try History(json: value)
            }
        }
        if let value = reader.value("on_failure") { onFailure = try FailureTask(json: value) }
        switch reader.value("resolve_variables") {
        case nil: break
        case .bool(let isOn): resolvesVariables = isOn
        case let value?: throw Self.refused("resolve_variables", value, "true or false")
        }
        try reader.finish()
    }

    static func refused(_ key: String, _ value: JSONValue, _ allowed: String) -> TriggerError {
        TriggerError(.invalidValue, field: key, value: value.description, "is not \(allowed)")
    }
}

extension History {
    /// Reads `{"runs": 1000, "days": 30}`; both keys are optional.
    init(json: JSONValue) throws(TriggerError) {
        self.init()
        var reader = try JSONObjectReader(json, of: "a history")
        runs = try reader.integer("runs", in: JobPolicies.historyRunLimits) ?? runs
        days = try reader.integer("days", in: JobPolicies.historyDayLimits) ?? days
        try reader.finish()
    }
}

extension RetryPolicy {
    /// The JSON form of the policy.
    var json: JSONValue {
        var members = [JSONValue.Member("count", .integer(Int64(count)))]
        switch backoff {
        case .constant(let delay): members.append(JSONValue.Member("delay", delay.json))
        case .exponential(let first, let atMost):
            members.append(JSONValue.Member("delay", first.json))
            members.append(JSONValue.Member("delay_at_most", atMost.json))
        }
        if jitter != 0 { members.append(JSONValue.Member("jitter", .decimal(String(jitter)))) }
        if !errors.isEmpty { members.append(JSONValue.Member("errors", .array(errors.map(JSONValue.string)))) }
        return .object(members)
    }

    /// Reads `{"count": 3, "delay": 10}`, a constant delay in seconds, or with `delay_at_most` a delay that doubles.
    init(json: JSONValue) throws(TriggerError) {
        var reader = try JSONObjectReader(json, of: "a retry policy")
        let count = try reader.integer("count", in: JobPolicies.retryLimits) ?? 0
        let delay = try reader.duration("delay") ?? .zero
        let atMost = try reader.duration("delay_at_most")
        var jitter = 0.0
        switch reader.value("jitter") {
        case nil: break
        case .integer(let number) where (0...1).contains(number): jitter = Double(number)
        case .decimal(let text) where (0...1).contains(Double(text) ?? -1): jitter = Double(text) ?? 0
        case let value?: throw JobPolicies.refused("jitter", value, "a number from 0 to 1")
        }
        var errors: [String] = []
        switch reader.value("errors") {
        case nil: break
        case .array(let names):
            for name in names {
                guard case .string(let name) = name else {
                    throw JobPolicies.refused("errors", name, "the name of an error's type")
                }
                errors.append(name)
            }
        case let value?: throw JobPolicies.refused("errors", value, "a list of the names of error types")
        }
        try reader.finish()
        self.init(
            count: count,
            backoff: atMost.map { .exponential(first: delay, atMost: $0) } ?? .constant(delay),
            jitter: jitter,
            errors: errors
        )
    }
}

extension Duration {
    /// The duration in whole microseconds, clamped to 64 bits.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000_000
    }

    /// The duration in seconds, an integer or a decimal number.
    var json: JSONValue {
        let micros = wholeMicroseconds
        return micros % 1_000_000 == 0 ? .integer(micros / 1_000_000) : .decimal(String(Double(micros) / 1_000_000))
    }

    /// Reads a number of seconds, an integer or a decimal number: 0 or more, or above 0 if `lowest` is given.
    ///
    /// - Parameter orElse: What else is allowed, for the error.
    init(
        json: JSONValue, field: String, above lowest: Duration? = nil, orElse others: String = ""
    ) throws(TriggerError) {
        let seconds: Double? =
            switch json {
            case .integer(let number): Double(number)
            case .decimal(let text): Double(text)
            default: nil
            }
        let limits = 0.000_001...Double(JobPolicies.longestSeconds)
        guard let seconds, limits.contains(seconds) || (seconds == 0 && lowest == nil) else {
            throw JobPolicies.refused(
                field,
                json,
                "a number of seconds from \(lowest == nil ? "0" : "0.000001") to \(JobPolicies.longestSeconds)\(others)"
            )
        }
        self = .microseconds(Int64((seconds * 1_000_000).rounded()))
    }
}

extension JSONObjectReader {
    /// Reads a duration in seconds; `nil` if the key is missing.
    mutating func duration(_ key: String) throws(TriggerError) -> Duration? {
        guard let value = value(key) else { return nil }
        return try Duration(json: value, field: key)
    }

    /// Reads an integer in a range; `nil` if the key is missing.
    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(TriggerError) -> Int? {
        guard let number = try integer(key) else { return nil }
        guard range.contains(number) else {
            throw TriggerError(
                .invalidValue,
                field: key,
                value: String(number),
                "is not in \(range.lowerBound)...\(range.upperBound)"
            )
        }
        return number
    }
}
