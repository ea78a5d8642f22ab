import Carillon
import CarillonTriggers
import Testing

/// Seconds after 2026-01-01T00:00:00Z as an instant; all planning tests count time like this.
func at(_ seconds: Double) -> Instant {
    Instant(microseconds: 1_767_225_600_000_000 + Int64((seconds * 1_000_000).rounded()))
}

/// An instant as seconds after 2026-01-01T00:00:00Z: `90`, `0.5`.
func seconds(_ time: Instant) -> String {
    let micros = time.microseconds - at(0).microseconds
    return micros % 1_000_000 == 0 ? String(micros / 1_000_000) : String(Double(micros) / 1_000_000)
}

/// One job in a store made of a dictionary. Every change that is committed to it is held against what a store may rely
/// on, and what breaks that is an issue of the test.
struct SimulatedJob {
    private(set) var job: Job
    private(set) var runs: [Run.ID: Run] = [:]
    private(set) var reasons: [ReasonRange] = []
    private(set) var events: [PlanEvent] = []
    private(set) var checks = 0
    var fenceFloor: Int64 = 0

    static let task = "work"

    init(
        _ trigger: Trigger,
        _ policies: JobPolicies = JobPolicies(),
        id: String = "job",
        added: Double = 0,
        isPaused: Bool = false
    ) throws {
        let definition = JobDefinition(task: try TaskName(Self.task), trigger: trigger, policies: policies)
        job = Job(id: try JobID(id), generation: 1, definition: definition, added: at(added), isPaused: isPaused)
    }

    /// The job with its open runs, in no order that means anything.
    var snapshot: JobSnapshot { JobSnapshot(job: job, open: runs.values.filter(\.isOpen), fenceFloor: fenceFloor) }

    /// Runs by scheduled time, kind, number and attempt.
    var ordered: [Run] {
        runs.values.sorted {
            let (left, right) = ($0.id.occurrence, $1.id.occurrence)
            let kinds = Occurrence.Kind.allCases
            let (leftKind, rightKind) = (kinds.firstIndex(of: left.kind) ?? 0, kinds.firstIndex(of: right.kind) ?? 0)
            return (left.scheduled, leftKind, left.number, $0.id.attempt)
                < (right.scheduled, rightKind, right.number, $1.id.attempt)
        }
    }

    /// Plans once, and commits.
    @discardableResult
    mutating func pass(
        at time: Double,
        _ completions: [Completion] = [],
        node: String = "node",
        slots: Int = .max,
        ahead: Int = 0,
        tasks: [String] = [task],
        dead: [String] = [],
        pause: SchedulerPause? = nil,
        fires: Bool = true,
        random: Double = 0
    ) throws -> Planner.Plan {
        pass(
            Planner.Input(
                now: at(time),
                node: try NodeID(node),
                tasks: Set(try tasks.map { try TaskName($0) }),
                slots: slots,
                ahead: ahead,
                dead: Set(try dead.map { try NodeID($0) }),
                pause: pause,
                fires: fires,
                random: { random }
            ),
            completions
        )
    }

    /// Plans twice, with the open runs in another order, and commits.
    mutating func pass(_ input: Planner.Input, _ completions: [Completion]) -> Planner.Plan {
        var snapshot = snapshot
        let plan = Planner.plan(snapshot, completions: completions, input)
        snapshot.open.reverse()
        let again = Planner.plan(snapshot, completions: completions, input)
        require(
            plan.change?.job == again.change?.job && plan.change?.reasons == again.change?.reasons
                && Set(plan.change?.runs ?? []) == Set(again.change?.runs ?? []) && plan.taken == again.taken
                && plan.refused == again.refused && plan.events == again.events,
            "a plan depends on nothing but what it is given"
        )
        if let change = plan.change { commit(change) }
        require(plan.taken.allSatisfy { runs[$0.id] == $0 }, "what is taken is what is written")
        events += plan.events
        return plan
    }

    /// Commits a change if there is one.
    mutating func commitIfAny(_ change: JobChange?) {
        if let change { commit(change) }
    }

    /// Commits a change that a test expects there to be.
    mutating func commit(_ change: JobChange?) {
        guard let change else {
            Issue.record("there is no change to commit")
            return
        }
        require(change.job.stateVersion == job.stateVersion, "the change has the version that was read")
        require(change.job.id == job.id && change.job.generation == job.generation, "identity stays")
        require(Set(change.runs.map(\.id)).count == change.runs.count, "no run stands twice in a change")
        for run in change.runs {
            guard let old = runs[run.id] else { continue }
            require(old.isOpen, "ended run \(run.id) is not written again")
            require(run.fence >= old.fence, "fence of \(run.id) does not sink")
            if case .running = run.state, run.started != old.started || run.state != old.state {
                require(run.fence > old.fence, "fence of \(run.id) rises when it is taken")
            }
        }
        for reason in change.reasons {
            let range = reason.range
            require(range.count >= 1 && range.first <= range.last, "range \(range) is one")
            require(reason.follows.map { $0 < range.first } ?? true, "range \(range) follows an earlier occurrence")
        }
        for run in change.runs { runs[run.id] = run }
        reasons += change.reasons.map(\.range)
        job = change.job
        job.stateVersion += 1
        require(job.state == .ended || job.next != nil, "a job that has not ended has a next occurrence")
    }

    mutating func require(_ isTrue: Bool, _ what: @autoclosure () -> String) {
        checks += 1
        if !isTrue { Issue.record("\(what()): \(summary)") }
    }

    /// The only run of an occurrence, or its latest attempt.
    func run(_ scheduled: Double, _ kind: Occurrence.Kind = .scheduled) -> Run? {
        ordered.last { $0.id.occurrence.scheduled == at(scheduled) && $0.id.occurrence.kind == kind }
    }

    /// The same, where a test cannot go on without it.
    func found(_ scheduled: Double, _ kind: Occurrence.Kind = .scheduled) throws -> Run {
        try #require(run(scheduled, kind))
    }

    func id(_ scheduled: Double) throws -> Run.ID { try found(scheduled).id }

    /// What the node that runs an occurrence says of it.
    func completion(
        _ scheduled: Double,
        _ outcome: Outcome = .succeeded,
        at time: Double,
        kind: Occurrence.Kind = .scheduled,
        error: String? = nil,
        mayRetry: Bool = true
    ) -> [Completion] {
        run(scheduled, kind).map { run in
            let result = Completion.Result.ended(outcome, error: error, mayRetry: mayRetry)
            return [Completion(run: run.id, fence: run.fence, finished: at(time), result: result)]
        } ?? []
    }

    /// Runs, reasons and what comes next: `0 running, 60 waiting; coalesced 10...50 (5); next 120`.
    var summary: String {
        let runs = ordered.map { run in
            let occurrence = run.id.occurrence
            let kind = occurrence.kind == .scheduled ? "" : "\(occurrence.kind.rawValue) "
            let attempt = run.id.attempt == 1 ? "" : "#\(run.id.attempt)"
            return "\(kind)\(seconds(occurrence.scheduled))\(attempt) \(Self.text(run))"
        }
        let reasons = reasons.map { range in
            let stretch = range.count == 1 ? "" : "...\(seconds(range.last)) (\(range.count))"
            return "\(range.reason.rawValue) \(seconds(range.first))\(stretch)"
        }
        return [runs.joined(separator: ", "), reasons.joined(separator: ", "), nextText].filter { !$0.isEmpty }
            .joined(separator: "; ")
    }

    private var nextText: String {
        guard let next = job.next else { return job.state == .ended ? "ended" : "no next" }
        let due = next.due == next.scheduled ? "" : " due \(seconds(next.due))"
        let paused = if case .paused = job.state { "paused, " } else { "" }
        return "\(paused)next \(seconds(next.scheduled))\(due)"
    }

    private static func text(_ run: Run) -> String {
        switch run.state {
        case .waiting: "waiting"
        case .ready: run.available > run.due ? "ready from \(seconds(run.available))" : "ready"
        case .running: run.isCancelRequested ? "being cancelled" : "running"
        case .finished(let outcome): outcome.rawValue
        }
    }
}

extension JobPolicies {
    /// Policies with some of them set, for tables.
    static func with(_ set: (inout JobPolicies) -> Void) -> JobPolicies {
        var policies = JobPolicies()
        set(&policies)
        return policies
    }
}
