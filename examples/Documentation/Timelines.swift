import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization

/// What policies do to a job, tried with a clock that stands until it is advanced.
///
/// `scripts/draw-policies` makes the pictures of `docs/policies.md` of it. Times are seconds after the job was added.
struct Timeline: Encodable {
    struct Row: Encodable {
        var label: String
        var due: [Double] = []
        var runs: [Work] = []
        var notRun: [Reason] = []
        /// Scheduled times of runs that have not begun.
        var waiting: [Double] = []
    }

    struct Work: Encodable {
        var scheduled: Double
        var attempt: Int
        var begin: Double
        var end: Double
        var outcome: String
    }

    struct Reason: Encodable {
        var scheduled: Double
        var reason: String
    }

    /// A stretch of time in which something is different, such as a scheduler that is not there.
    struct Stretch: Encodable {
        var begin: Double
        var end: Double
        var label: String
    }

    var name: String
    var title: String
    var stretch: Stretch?
    var rows: [Row] = []
    var length = 70.0
}

/// One job under some policies, due every ten seconds.
final class Trial: Sendable {
    let store: MemoryJobStore
    let scheduler: ManualScheduler
    private let begin: Instant
    private let attempts = Mutex(0)

    /// - Parameters:
    ///   - takes: How long each run takes.
    ///   - failures: How many attempts fail before one succeeds.
    init(_ policies: JobPolicies, takes: Duration = .seconds(2), failures: Int = 0) async throws {
        let clock = ManualClock()
        store = MemoryJobStore(clock: { clock.now })
        begin = clock.now
        let options = SchedulerOptions(stores: ["default": store], executors: ["default": AsyncExecutor()])
        scheduler = ManualScheduler(clock, options)
        try scheduler.register("work") { [self] (context: TaskContext) async throws in
            try await context.sleep(for: takes)
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt <= failures { throw Failure() }
        }
        try await scheduler.addJob(
            id: "job", task: "work", trigger: .interval(seconds: 10), JobOptions(policies: policies))
        try await scheduler.start()
    }

    struct Failure: Error {}

    func advance(_ seconds: Int) async { await scheduler.advance(by: .seconds(seconds)) }

    /// Stops the scheduler, lets time pass, and starts it again.
    func isAway(for seconds: Int, hurrying: Bool = false) async throws {
        if hurrying {
            await scheduler.shutdown(.cancel, deadline: .seconds(1))
        } else {
            await scheduler.shutdown()
        }
        scheduler.clock.advance(by: .seconds(seconds))
        try await scheduler.start()
    }

    private func seconds(_ instant: Instant) -> Double {
        Double(instant.microseconds - begin.microseconds) / 1_000_000
    }

    /// What became of the job's occurrences.
    func row(_ label: String) async throws -> Timeline.Row {
        var row = Timeline.Row(label: label)
        let now = scheduler.clock.now
        for run in try await scheduler.runs(of: "job").reversed() {
            guard let started = run.started else {
                row.waiting.append(seconds(run.id.occurrence.scheduled))
                continue
            }
            row.runs.append(
                Timeline.Work(
                    scheduled: seconds(run.id.occurrence.scheduled), attempt: run.id.attempt, begin: seconds(started),
                    end: seconds(run.finished ?? now), outcome: run.outcome?.rawValue ?? "running"))
        }
        for range in try await store.reasons("job", from: begin, through: now, limit: 100) {
            var time = range.first
            while time <= range.last {
                row.notRun.append(Timeline.Reason(scheduled: seconds(time), reason: range.reason.rawValue))
                time = time.advanced(by: .seconds(10))
            }
        }
        row.notRun.sort { $0.scheduled < $1.scheduled }
        row.due = Array(stride(from: 0, through: seconds(now), by: 10))
        return row
    }
}

/// All pictures of the page.
func timelines() async throws -> [Timeline] {
    [
        try await misfires(), try await coalescing(), try await limits(), try await retries(), try await recoveries(),
        try await pauses(),
    ]
}

private func misfires() async throws -> Timeline {
    var timeline = Timeline(
        name: "misfire", title: "A scheduler is away from 15 s to 45 s",
        stretch: Timeline.Stretch(begin: 15, end: 45, label: "away"))
    for (label, grace) in [
        ("misfireGrace: nil", nil), ("misfireGrace: .seconds(10)", Duration.seconds(10)),
        ("misfireGrace: .zero", .zero),
    ] {
        let trial = try await Trial(JobPolicies(misfireGrace: grace))
        await trial.advance(15)
        try await trial.isAway(for: 30)
        await trial.advance(24)
        timeline.rows.append(try await trial.row(label))
        await trial.scheduler.shutdown()
    }
    return timeline
}

private func coalescing() async throws -> Timeline {
    var timeline = Timeline(
        name: "coalesce", title: "The same, with each way to coalesce",
        stretch: Timeline.Stretch(begin: 15, end: 45, label: "away"))
    for coalesce in Coalesce.allCases {
        let trial = try await Trial(JobPolicies(coalesce: coalesce))
        await trial.advance(15)
        try await trial.isAway(for: 30)
        await trial.advance(24)
        timeline.rows.append(try await trial.row("coalesce: .\(coalesce.rawValue)"))
        await trial.scheduler.shutdown()
    }
    return timeline
}

private func limits() async throws -> Timeline {
    var timeline = Timeline(name: "limit", title: "Each run takes 25 s, longer than the time between them")
    for (label, policies) in [
        ("atLimit: .skip", JobPolicies()), ("atLimit: .queue", JobPolicies(atLimit: .queue)),
        ("atLimit: .replace", JobPolicies(atLimit: .replace)), ("maxInstances: 2", JobPolicies(maxInstances: 2)),
    ] {
        let trial = try await Trial(policies, takes: .seconds(25))
        await trial.advance(69)
        timeline.rows.append(try await trial.row(label))
        await trial.scheduler.shutdown(.cancel, deadline: .seconds(1))
    }
    return timeline
}

private func retries() async throws -> Timeline {
    var timeline = Timeline(name: "retry", title: "The first two attempts fail")
    let constant = RetryPolicy(count: 3, backoff: .constant(.seconds(2)))
    let growing = RetryPolicy(count: 3, backoff: .exponential(first: .seconds(2), atMost: .seconds(60)))
    for (label, policies, takes) in [
        ("retry: .none", JobPolicies(), Duration.seconds(2)),
        ("count: 3, .constant(2 s)", JobPolicies(retry: constant), .seconds(1)),
        ("count: 3, .exponential(2 s…)", JobPolicies(retry: growing), .seconds(1)),
        ("timeout: 5 s, run takes 8 s", JobPolicies(timeout: .seconds(5)), .seconds(8)),
    ] {
        let trial = try await Trial(policies, takes: takes, failures: 2)
        await trial.advance(39)
        timeline.rows.append(try await trial.row(label))
        await trial.scheduler.shutdown()
    }
    timeline.length = 40
    return timeline
}

private func recoveries() async throws -> Timeline {
    var timeline = Timeline(
        name: "recovery", title: "A scheduler goes at 25 s, in the middle of a run, and is back at 35 s",
        stretch: Timeline.Stretch(begin: 25, end: 35, label: "away"))
    for recovery in Recovery.allCases {
        let trial = try await Trial(JobPolicies(recovery: recovery), takes: .seconds(7))
        await trial.advance(25)
        try await trial.isAway(for: 10, hurrying: true)
        await trial.advance(34)
        timeline.rows.append(try await trial.row("recovery: .\(recovery.rawValue)"))
        await trial.scheduler.shutdown()
    }
    return timeline
}

private func pauses() async throws -> Timeline {
    var timeline = Timeline(
        name: "pause", title: "Paused from 15 s to 45 s",
        stretch: Timeline.Stretch(begin: 15, end: 45, label: "paused"))
    let job = try await Trial(JobPolicies())
    await job.advance(15)
    try await job.scheduler.pauseJob("job")
    await job.advance(30)
    try await job.scheduler.resumeJob("job")
    await job.advance(24)
    timeline.rows.append(try await job.row("pauseJob, resumeJob"))
    await job.scheduler.shutdown()
    let scheduler = try await Trial(JobPolicies())
    await scheduler.advance(15)
    await scheduler.scheduler.pause()
    await scheduler.advance(30)
    await scheduler.scheduler.resume()
    await scheduler.advance(24)
    timeline.rows.append(try await scheduler.row("pause(), resume()"))
    await scheduler.scheduler.shutdown()
    return timeline
}
