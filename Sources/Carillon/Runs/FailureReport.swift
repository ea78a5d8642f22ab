public import CarillonTriggers

/// The report of a failed run, given to the failure task. It is kept with the run of that task, as JSON.
public struct FailureReport: Hashable, Sendable {
    /// The job.
    public let job: JobID
    /// The id of the failed run, as text: `Run.ID.description`.
    public let run: String
    /// The run's scheduled time.
    public let scheduled: Instant
    /// The number of the attempt, which was the last one.
    public let attempt: Int
    /// The outcome: `failed`, `timedOut` or `lost`.
    public let outcome: Outcome
    /// The error, 64 KiB at most.
    public let error: String?

    init(_ run: Run, _ outcome: Outcome) {
        job = run.id.occurrence.job
        self.run = run.id.description
        scheduled = run.id.occurrence.scheduled
        attempt = run.id.attempt
        self.outcome = outcome
        error = run.error
    }

    /// The object that a failure task without its own arguments gets as its arguments: `job`, `run`, `scheduled` (RFC
    /// 3339, UTC), `attempt`, `outcome` and, if there is one, `error`.
    public var json: JSONValue {
        Self.json(
            job: job.description, run: run, scheduled: scheduled, attempt: attempt, outcome: outcome, error: error)
    }

    private static func json(
        job: String, run: String, scheduled: Instant, attempt: Int, outcome: Outcome, error: String?
    ) -> JSONValue {
        var members = [
            JSONValue.Member("job", .string(job)),
            JSONValue.Member("run", .string(run)),
            JSONValue.Member("scheduled", .string(scheduled.formatted(in: .utc))),
            JSONValue.Member("attempt", .integer(Int64(attempt))),
            JSONValue.Member("outcome", .string(outcome.rawValue)),
        ]
        if let error { members.append(JSONValue.Member("error", .string(error))) }
        return .object(members)
    }

    /// Reads the JSON form; `nil` if it is not a report.
    init?(json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        let values = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
        guard case .string(let job)? = values["job"], case .string(let run)? = values["run"],
            case .string(let time)? = values["scheduled"], case .integer(let attempt)? = values["attempt"],
            case .string(let word)? = values["outcome"], let job = try? JobID(job),
            let scheduled = Moment(time)?.instant(in: .utc), let outcome = Outcome(rawValue: word)
        else { return nil }
        self.job = job
        self.run = run
        self.scheduled = scheduled
        self.attempt = Int(attempt)
        self.outcome = outcome
        if case .string(let error)? = values["error"] { self.error = error } else { error = nil }
    }

    /// Sample arguments for checking that a task can take a report.
    static let sample =
        json(job: "a", run: "a/1", scheduled: .earliest, attempt: 1, outcome: .failed, error: "e").bytes
}

extension Run {
    /// The report that a run of a failure task keeps as its arguments; `nil` for any other run.
    package var failureReport: FailureReport? {
        guard id.occurrence.kind == .onFailure, let arguments, let json = try? JSONReader.value(of: arguments) else {
            return nil
        }
        return FailureReport(json: json)
    }

    /// Returns the arguments for this run's task: those of the job's failure task if the run is of that task and it has
    /// some, else the run's own, else the job's.
    package func arguments(of job: JobDefinition) -> [UInt8] {
        if id.occurrence.kind == .onFailure, let listener = job.policies.onFailure, listener.task == task,
            let own = listener.arguments
        {
            return own.bytes
        }
        return arguments ?? job.arguments
    }
}
