#if Redis
internal import Carillon
internal import CarillonTriggers

/// The fields of the hash of counts: the day, the outcome, the lateness and the task.
enum StoredCount {
    static func field(_ key: OutcomeKey) -> String {
        "\(key.day):\(key.outcome.rawValue):\(key.lateness.rawValue):\(key.task?.description ?? "")"
    }

    static func key(_ field: String) -> OutcomeKey? {
        let parts = field.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let day = Int64(parts[0]), let outcome = Outcome(rawValue: String(parts[1])),
            let lateness = Int(parts[2]).flatMap(Lateness.init(rawValue:))
        else { return nil }
        var task: TaskName?
        if !parts[3].isEmpty {
            guard let name = try? TaskName(exactly: String(parts[3])) else { return nil }
            task = name
        }
        return OutcomeKey(day: day, task: task, outcome: outcome, lateness: lateness)
    }
}

/// How groups of failures are written.
enum StoredFailure {
    /// What the key of a group ends with.
    static func name(_ error: ErrorFingerprint, _ task: TaskName?) -> String { "\(error):\(task?.description ?? "")" }

    /// What all failures of a group have in common.
    static func properties(_ group: FailureGroup) -> [UInt8] {
        var fields = PackedFields()
        fields.append(group.outcome.rawValue)
        fields.append(group.pattern)
        return fields.bytes
    }

    /// Reads a group from its name and the fields `properties`, `example`, `first`, `last` and `runs`.
    static func group(_ name: String, _ values: [RedisReply]) -> FailureGroup? {
        guard values.count == 5, let properties = values[0].bytes, let member = values[1].bytes,
            let example = RunKey.id(member: member), let first = values[2].integer, let last = values[3].integer,
            let runs = values[4].integer, let colon = name.firstIndex(of: ":"),
            let error = ErrorFingerprint(String(name[..<colon]))
        else { return nil }
        let taskName = String(name[name.index(after: colon)...])
        let task = taskName.isEmpty ? nil : try? TaskName(exactly: taskName)
        guard taskName.isEmpty || task != nil else { return nil }
        var reader = PackedReader(properties)
        guard let word = try? reader.text("outcome"), let outcome = Outcome(rawValue: word),
            let pattern = try? reader.text("pattern")
        else { return nil }
        return FailureGroup(
            error: error, task: task, outcome: outcome, pattern: pattern, runs: Int(runs),
            first: Instant(microseconds: first), last: Instant(microseconds: last), example: example)
    }
}
#endif
