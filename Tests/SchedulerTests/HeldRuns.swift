import Carillon
import CarillonTesting
import CarillonTriggers
import Logging
import Synchronization
import Testing

/// A scheduler with a job whose runs work until a test lets them end, or somebody asks them to. Runs are told apart by the
/// minute of their scheduled time, the first being 0.
struct HeldRuns: Sendable {
    private struct State {
        var gates: [Int: AsyncGate] = [:]
        var begun: [Int] = []
        var asked: [Int] = []
    }

    private final class Stage: Sendable {
        let state = Mutex(State())

        func gate(_ minute: Int) -> AsyncGate {
            state.withLock { state in
                let gate = state.gates[minute] ?? AsyncGate()
                state.gates[minute] = gate
                return gate
            }
        }
    }

    let bench: SchedulerBench
    private let stage = Stage()
    private let endsWhenAsked: Bool

    /// One whose job `held` fires every minute.
    ///
    /// - Parameter endsWhenAsked: Whether its runs end when somebody asks them to.
    init(
        _ storage: SchedulerBench.Storage, endsWhenAsked: Bool = true, logger: Logger? = nil,
        _ adjust: (inout JobPolicies) -> Void = { _ in }
    ) async throws {
        bench = try await SchedulerBench(.async, storage) { if let logger { $0.logger = logger } }
        self.endsWhenAsked = endsWhenAsked
        let stage = stage
        try bench.scheduler.register("held") { (context: TaskContext) in
            let minute = Self.minute(context.scheduled)
            let gate = stage.gate(minute)
            stage.state.withLock { $0.begun.append(minute) }
            await withTaskCancellationHandler {
                await gate.wait()
            } onCancel: {
                stage.state.withLock { $0.asked.append(minute) }
                if endsWhenAsked { gate.open() }
            }
            if endsWhenAsked, Task.isCancelled { throw CancellationError() }
        }
        var policies = JobPolicies()
        adjust(&policies)
        try await bench.scheduler.addJob(
            id: "held", task: "held", trigger: .interval(minutes: 1), JobOptions(policies: policies))
    }

    static func minute(_ time: Instant) -> Int {
        Int((time.microseconds - SchedulerBench.start.microseconds) / 60_000_000)
    }

    /// The runs that have begun, in order.
    var begun: [Int] { stage.state.withLock { $0.begun } }

    /// The runs that were asked to end, in order.
    var asked: [Int] { stage.state.withLock { $0.asked } }

    /// Starts the scheduler, and does not wait until its runs have ended.
    func start() async throws { try await (bench.scheduler as? AsyncScheduler)?.start() }

    /// Lets a run end.
    func release(_ minute: Int) { stage.gate(minute).open() }

    /// Lets so many minutes go by at once.
    func pass(minutes: Int = 1) { bench.clock.advance(by: .seconds(60 * minutes)) }

    /// Lets time go by, from one thing that somebody waits for to the next, until something is so, but no further than so far
    /// from now.
    ///
    /// - Returns: Whether it has become so; false where it has not for longer than only a hang takes.
    func pass(_ most: Duration, until isSo: () -> Bool) async -> Bool {
        let clock = bench.clock
        let end = clock.monotonic + most.wholeMicroseconds
        let limit = ContinuousClock.now + .seconds(90)
        while !isSo() {
            if ContinuousClock.now > limit { return false }
            if let next = clock.nextWakeUp, next <= end { clock.advance(by: .microseconds(next - clock.monotonic)) }
            await Task.yield()
        }
        return true
    }

    /// Every run of the job, by its time and attempt.
    func runs() async throws -> [Run] {
        try await bench.scheduler.runs(of: "held", limit: 1000).sorted {
            ($0.id.occurrence.scheduled, $0.id.attempt) < ($1.id.occurrence.scheduled, $1.id.attempt)
        }
    }

    /// What the job has not run, in order.
    func reasons() async throws -> [String] {
        try await bench.store.reasons(JobID("held"), from: .earliest, through: .latest, limit: 100)
            .sorted { $0.first < $1.first }
            .map { "\(Self.minute($0.first))-\(Self.minute($0.last)) \($0.reason.rawValue)" }
    }

    // MARK: What happens

    func expectStart(_ minute: Int, attempt: Int = 1, at place: SourceLocation = #_sourceLocation) async {
        await bench.log.expect("run \(minute) begins", at: place) {
            if case .runStarted(let run) = $0 { run.isOf(minute, attempt) } else { false }
        }
    }

    func expectEnd(
        _ minute: Int, _ outcome: Outcome, attempt: Int = 1, at place: SourceLocation = #_sourceLocation
    ) async {
        await bench.log.expect("run \(minute) ends as \(outcome)", at: place) {
            if case .runEnded(let run, outcome, _) = $0 { run.isOf(minute, attempt) } else { false }
        }
    }

    func expectQueued(_ minute: Int, at place: SourceLocation = #_sourceLocation) async {
        await bench.log.expect("run \(minute) is made", at: place) {
            if case .runQueued(let run) = $0 { run.isOf(minute, 1) } else { false }
        }
    }

    func expectNotRun(
        through minute: Int, _ reason: ReasonRange.Reason, at place: SourceLocation = #_sourceLocation
    ) async {
        await bench.log.expect("\(minute) is not run: \(reason.rawValue)", at: place) {
            if case .notRun(let range) = $0 {
                range.reason == reason && Self.minute(range.last) == minute
            } else {
                false
            }
        }
    }

    /// Lets all runs end, and the scheduler.
    func end() async {
        for minute in 0...100 { release(minute) }
        await bench.scheduler.shutdown(.cancel)
    }
}

extension Run.ID {
    fileprivate func isOf(_ minute: Int, _ attempt: Int) -> Bool {
        HeldRuns.minute(occurrence.scheduled) == minute && self.attempt == attempt
    }
}
