import CarillonTriggers
import Foundation
import Logging
import Synchronization

/// One run on its way through an executor.
public final class RunWork: Sendable {
    /// Where a run comes from, and whom it tells.
    final class Origin: Sendable {
        let clock: any SchedulerClock
        let logger: Logger
        let mailbox: RunMailbox
        let lease: LeaseHold
        let timeouts: TimeoutWatch
        /// Tells runs of one scheduler from those of another.
        let scheduler: ObjectIdentifier
        let hub: EventHub
        /// Whether somebody collects metrics.
        let isMeasured: Bool
        /// The variables that arguments may refer to.
        let environment: @Sendable () -> [String: String]
        /// Why a file of variables is not to be read.
        let refusalOfVariableFile: @Sendable (String) -> String?

        init(
            clock: any SchedulerClock,
            logger: Logger,
            mailbox: RunMailbox,
            lease: LeaseHold,
            timeouts: TimeoutWatch,
            scheduler: ObjectIdentifier,
            hub: EventHub,
            isMeasured: Bool,
            environment: @escaping @Sendable () -> [String: String],
            refusalOfVariableFile: @escaping @Sendable (String) -> String?
        ) {
            self.clock = clock
            self.logger = logger
            self.mailbox = mailbox
            self.lease = lease
            self.timeouts = timeouts
            self.scheduler = scheduler
            self.hub = hub
            self.isMeasured = isMeasured
            self.environment = environment
            self.refusalOfVariableFile = refusalOfVariableFile
        }
    }

    private enum Phase {
        case queued
        case started
        /// It was given back before it began, or has ended.
        case closed
    }

    /// Who wants a run to end.
    package enum EndRequest {
        /// Somebody who is not interested in it any more, or another node that has it by now.
        case cancellation
        case timeout
        /// The scheduler, or the removal of the run's store: whoever wanted the run wants it still.
        case stop
    }

    private struct State {
        var phase = Phase.queued
        /// When it was begun, by the wall clock.
        var began: Instant?
        /// Whether what it does has ended by itself, and nobody can end it any more.
        var isSettled = false
        var isCancelled = false
        var isTimedOut = false
        /// Whether nobody wants it to end but a scheduler that stops.
        var isInterrupted = false
        var log: [UInt8] = []
        /// The end of the output, where it may be the beginning of a secret.
        var heldOutput: [UInt8] = []
        /// What went into the arguments.
        var variables = RunVariables()
        /// How many bytes were logged in all.
        var written = 0
        var progress: RunProgress?
        var process: RunProcess?
        /// Whether it has said something that was not taken for the store yet.
        var hasNotes = false
        var cancel: (@Sendable () -> Void)?
        /// How many of its tasks sleep by a clock that somebody moves.
        var sleepers = 0
        /// What it is known by where its time is watched.
        var watched: UInt32?
    }

    /// The run as the node took it.
    public let run: Run
    /// When the store was asked for it, and when the node had it, on the clock that only goes on.
    let sent: Int64
    let taken: Int64
    /// The highest is begun first.
    let priority: Int
    /// The most microseconds it may take.
    let timeout: Int64?
    let executor: String
    let origin: Origin
    let task: RegisteredTask
    /// As they are stored.
    private let arguments: [UInt8]
    /// What completes the arguments; nothing where they are complete.
    private let resolution: ArgumentResolution?
    private let retry: RetryPolicy
    private let state = Mutex(State())

    /// The run that a thread or a Swift task is performing, so that a scheduler knows when it is asked from inside.
    @TaskLocal package static var current: RunWork?

    init(_ run: Run, of job: JobDefinition, task: RegisteredTask, sent: Int64, taken: Int64, origin: Origin) {
        self.run = run
        self.sent = sent
        self.taken = taken
        priority = job.policies.priority
        self.task = task
        self.origin = origin
        arguments = run.arguments(of: job)
        let resolution = ArgumentResolution(of: job, secretKeys: task.secretKeys)
        // The report of a failed run is taken as it is.
        let isReport = run.id.occurrence.kind == .onFailure && run.arguments == arguments
        self.resolution = !isReport && resolution.isNeeded(for: arguments) ? resolution : nil
        executor = job.executor
        retry = job.policies.retry
        timeout = job.policies.timeout?.wholeMicroseconds
    }

    /// Whether the task keeps a thread until it returns; it is performed by `performBlocking` then, off the threads of
    /// Swift concurrency.
    public var isBlocking: Bool { task.isBlocking }

    /// Performs a run whose task blocks, or whose task does not by giving up: use it only where `isBlocking`.
    public func performBlocking() {
        guard case .blocking(let body) = task.body, begin() else { return }
        let result: Result<[UInt8]?, any Error> = Self.$current.withValue(self) {
            Result { try body(try completeArguments(), TaskContext(self)) }
        }
        end(result)
    }

    /// Performs a run, whatever its task is, on the caller's executor.
    nonisolated(nonsending) public func perform() async {
        guard case .async(let body) = task.body else { return performBlocking() }
        guard begin() else { return }
        do {
            let complete = try await readArguments()
            let result = try await Self.$current.withValue(self) { try await body(complete, TaskContext(self)) }
            end(.success(result))
        } catch {
            end(.failure(error))
        }
    }

    /// The arguments with their variables and secrets; it may block.
    private func completeArguments() throws(CarillonError) -> [UInt8] {
        guard let resolution else { return arguments }
        let (complete, variables) = try resolution.resolved(
            arguments, origin.environment(), origin.refusalOfVariableFile)
        state.withLock { $0.variables = variables }
        return complete
    }

    /// The arguments with their variables and secrets. Files are read on a thread of their own, since a disk may be slow.
    nonisolated(nonsending) private func readArguments() async throws -> [UInt8] {
        guard let resolution, resolution.readsFiles(for: arguments) else { return try completeArguments() }
        return try await withCheckedThrowingContinuation { waiter in
            let thread = Thread { waiter.resume(with: Result { try self.completeArguments() }) }
            thread.name = "carillon-secrets"
            thread.stackSize = 1 << 19
            thread.start()
        }
    }

    /// What went into the arguments.
    var variables: RunVariables { state.withLock { $0.variables } }

    /// Has `cancel` called when somebody wants the run to end, at once where somebody does already.
    public func onCancel(_ cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            if state.phase != .closed { state.cancel = cancel }
            return state.isCancelled
        }
        if isCancelled { cancel() }
    }

    /// Whether somebody wants the run to end.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Whether nobody wants the run to end but a scheduler that stops.
    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// What the task said last of its progress.
    var progress: RunProgress? { state.withLock { $0.progress } }

    /// What the task has logged so far.
    var logged: [UInt8] { state.withLock { $0.log } }

    /// Whether it has been started and has not ended.
    var isAtWork: Bool { state.withLock { $0.phase == .started } }

    /// What it does, to somebody who moves the clock.
    enum Activity {
        case waiting, atWork, sleeping
    }

    /// What it does, to somebody who moves the clock. One that has ended is at work until that is known.
    var activity: Activity {
        state.withLock { state in
            switch state.phase {
            case .queued: .waiting
            case .started where state.sleepers > 0: .sleeping
            case .started, .closed: .atWork
            }
        }
    }

    /// One of its tasks sleeps by a clock that somebody moves, who may be waiting for just that.
    package func beginSleep() {
        state.withLock { $0.sleepers += 1 }
        origin.mailbox.wake()
    }

    /// One of its tasks does not sleep any more. It is said before the task goes on.
    package func endSleep() { state.withLock { $0.sleepers -= 1 } }

    /// Whether it does not wait to be started any more.
    var hasBegun: Bool { state.withLock { $0.phase != .queued } }

    /// Whether it has been started and has ended, or was given back.
    var hasEnded: Bool { state.withLock { $0.phase == .closed } }

    /// For how many more microseconds the run is surely this node's; 0 or less where another node may have it.
    var leaseLeft: Int64 { origin.lease.left(from: sent, at: origin.clock.monotonic) }

    /// What the task does has ended by itself, before anybody's wish to end it came to it: that is its outcome.
    func settle() {
        state.withLock { state in
            state.isSettled = true
            state.isTimedOut = false
        }
    }

    /// Asks the task to end.
    package func cancel(for request: EndRequest = .cancellation) {
        let cancel = state.withLock { state in
            switch request {
            case .cancellation: state.isInterrupted = false
            case .timeout: state.isTimedOut = state.phase == .started && !state.isSettled
            case .stop: state.isInterrupted = state.isInterrupted || !state.isCancelled
            }
            state.isCancelled = true
            defer { state.cancel = nil }
            return state.cancel
        }
        cancel?()
    }

    /// Keeps the run from being started; false where it has been.
    func withdraw() -> Bool {
        state.withLock { state in
            guard state.phase == .queued else { return false }
            state.phase = .closed
            return true
        }
    }

    func note(_ progress: RunProgress) {
        let mask = variables.mask
        let progress = mask.isEmpty ? progress : RunProgress(progress.fraction, mask.masked(progress.note))
        say { $0.progress = progress }
        origin.mailbox.post(.progressed(self, progress))
    }

    func note(_ process: RunProcess) { say { $0.process = process } }

    func log(_ line: String) { output(Array(line.utf8) + [UInt8(ascii: "\n")]) }

    func output(_ bytes: [UInt8]) {
        say { state in
            let bytes = state.variables.mask.masked(bytes, isEnd: false, &state.heldOutput)
            if bytes.count >= Run.payloadLimit { state.log.removeAll(keepingCapacity: true) }
            state.log.append(contentsOf: bytes.suffix(Run.payloadLimit))
            state.written &+= bytes.count
            // Cut when it is twice as long as what is kept, so that a byte is moved once on average.
            if state.log.count > 2 * Run.payloadLimit { state.log.removeFirst(state.log.count - Run.payloadLimit) }
        }
    }

    /// Keeps what the task says, and has the lane told of the first thing after what was taken last.
    private func say(_ keep: (inout State) -> Void) {
        let isFirst = state.withLock { state in
            keep(&state)
            guard state.phase == .started, !state.hasNotes else { return false }
            state.hasNotes = true
            return true
        }
        if isFirst { origin.mailbox.unwritten.add(self, at: origin.clock.monotonic) }
    }

    /// What the task has said so far, if some of it was not taken before and the run has not ended.
    func takeNotes() -> RunNotes? {
        state.withLock { state in
            guard state.phase == .started, state.hasNotes else { return nil }
            state.hasNotes = false
            return RunNotes(
                run: run.id, fence: run.fence, progress: state.progress, log: state.log.isEmpty ? nil : state.log,
                written: state.written, process: state.process)
        }
    }

    /// Has what was taken be taken again, since it was not written; false where the run has ended.
    func returnNotes() -> Bool {
        state.withLock { state in
            guard state.phase == .started else { return false }
            state.hasNotes = true
            return true
        }
    }

    /// Begins it, unless that has been done or it was withdrawn. One that may be another node's by now is given back.
    private func begin() -> Bool {
        let now = origin.clock.now
        let isOwn = leaseLeft > 0
        let begins = state.withLock { state in
            guard state.phase == .queued else { return false }
            state.phase = isOwn ? .started : .closed
            state.began = now
            return true
        }
        guard begins else { return false }
        guard isOwn else {
            origin.mailbox.post(.ended(self, givenBack(at: now)))
            return false
        }
        if origin.isMeasured || origin.hub.isWanted { origin.mailbox.post(.started(self, at: now)) }
        if let timeout {
            let number = origin.timeouts.watch(self, until: origin.clock.monotonic + timeout)
            state.withLock { $0.watched = number }
        }
        return true
    }

    private func end(_ result: Result<[UInt8]?, any Error>) {
        let ended = state.withLock { state in
            state.phase = .closed
            state.cancel = nil
            state.log += state.variables.mask.masked([], isEnd: true, &state.heldOutput)
            defer { state.log = [] }
            return state
        }
        if let watched = ended.watched { origin.timeouts.unwatch(watched) }
        if ended.hasNotes { origin.mailbox.unwritten.remove(self) }
        if case .failure(is TakeExpired) = result {
            origin.mailbox.post(.ended(self, givenBack(at: origin.clock.now)))
        } else {
            origin.mailbox.post(.ended(self, completion(result, ended)))
        }
    }

    private func givenBack(at time: Instant) -> Completion {
        Completion(run: run.id, fence: run.fence, finished: time, result: .givenBack)
    }

    /// `1 hour and 30 minutes`, `0.5 seconds`.
    private static func words(_ timeout: Int64) -> String {
        timeout % 1_000_000 == 0
            ? EnglishText.duration(Int(timeout / 1_000_000)) : "\(Duration.microseconds(timeout))"
    }

    private func completion(_ result: Result<[UInt8]?, any Error>, _ state: State) -> Completion {
        let log = state.log.isEmpty ? nil : state.log
        let ended: Completion.Result
        switch result {
        case _ where state.isTimedOut:
            let limit = timeout.map(Self.words) ?? "its timeout"
            ended = .ended(.timedOut, error: "it took longer than \(limit)", log: log)
        case .success(let value):
            ended = .ended(.succeeded, result: value.map { state.variables.mask.masked(json: $0) }, log: log)
        case .failure(let error) where error is CancellationError && state.isCancelled:
            ended = state.isInterrupted ? .interrupted(log: log) : .ended(.cancelled, log: log)
        case .failure(let error):
            if let error = error as? CarillonError, error.code == .invalidArguments {
                origin.mailbox.post(.undecodable(self, state.variables.mask.masked(error.reason)))
            }
            let text = state.variables.mask.masked("\(error)")
            ended = .ended(.failed, error: text, log: log, mayRetry: retry.mayRetry(error))
        }
        return Completion(
            run: run.id, fence: run.fence, started: state.began, finished: origin.clock.now, result: ended)
    }
}

/// Thrown by a task that has done nothing yet, since another node may have its run by now: the run is given back.
package struct TakeExpired: Error {
    /// There is nothing more to say.
    package init() {}
}
