import CarillonTriggers
import Foundation
import Logging
import Synchronization

/// One run that a node has taken and handed to an executor.
public final class RunWork: Sendable {
    /// The context of a run: its scheduler, and where it reports.
    final class Origin: Sendable {
        let clock: any SchedulerClock
        let logger: Logger
        let mailbox: RunMailbox
        let lease: LeaseHold
        let timeouts: TimeoutWatch
        /// Distinguishes the runs of one scheduler from those of another.
        let scheduler: ObjectIdentifier
        let hub: EventHub
        /// Whether metrics are collected.
        let isMeasured: Bool
        /// The variables that arguments may refer to.
        let environment: @Sendable () -> [String: String]
        /// Returns why a file of variables must not be read; `nil` if it may be.
        let refusalOfVariableFile: @Sendable (String) -> String?
        let middleware: [any RunMiddleware]

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
            refusalOfVariableFile: @escaping @Sendable (String) -> String?,
            middleware: [any RunMiddleware]
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
            self.middleware = middleware
        }
    }

    private enum Phase {
        case queued
        /// It has been sent to a worker process, and may begin there at any moment.
        case reserved
        case started
        /// It was given back before it began, or has ended.
        case closed
    }

    /// The origin of a request to end a run.
    package enum EndRequest {
        /// A user cancelled the run, or another node has taken it over.
        case cancellation
        case timeout
        /// The scheduler stops, or the run's store is being removed: the run itself is still wanted.
        case stop
    }

    /// What a run reports of itself, and what went into its arguments; most runs have none of it.
    private struct Sayings {
        var log: [UInt8] = []
        /// The end of the output, if it may be the beginning of a secret.
        var heldOutput: [UInt8] = []
        /// The variables and secrets that went into the arguments.
        var variables = RunVariables()
        /// How many bytes were logged in all.
        var written = 0
        var progress: RunProgress?
        var process: RunProcess?
        /// Whether there are notes that were not taken for the store yet.
        var hasNotes = false

        var notedLog: [UInt8]? { log.isEmpty ? nil : log }
    }

    private struct State {
        var phase = Phase.queued
        /// Whether the task has ended by itself, so that no request to end it counts any more.
        var isSettled = false
        var isCancelled = false
        /// Whether it was to be withdrawn while it was reserved.
        var isWithdrawn = false
        var isTimedOut = false
        /// Whether the only request to end it is that of a scheduler that stops.
        var isInterrupted = false
        /// When it began, on the wall clock.
        var began: Instant?
        var cancel: (@Sendable () -> Void)?
        /// How many of its tasks sleep on a clock that a test moves.
        var sleepers = 0
        /// Its number with the timeout watch; `nil` if it has no timeout.
        var watched: UInt32?
        var sayings: Sayings?
    }

    /// The state of a run when its task ended.
    private struct End {
        let began: Instant?
        let isCancelled: Bool
        let isTimedOut: Bool
        let isInterrupted: Bool
        let watched: UInt32?
        let sayings: Sayings?
    }

    /// The run as the node took it.
    public let run: Run
    /// When the store was asked for the run, and when the node had it, on the monotonic clock.
    let sent: Int64
    let taken: Int64
    /// When it is given back if it has not begun, on the monotonic clock.
    let startLimit: Int64
    /// Whether its executor had a free place for it.
    let hasPlace: Bool
    let origin: Origin
    let task: RegisteredTask
    private let job: JobDefinition
    /// The letter that reports the end, which is the last report.
    private let lastLetter = RunMailbox.Letter()
    private let state = Mutex(State())

    /// The priority of the run's job: of the runs that wait for room, the one with the highest begins first.
    public var priority: Int { job.policies.priority }
    /// The timeout in microseconds; `nil` for none.
    private var timeout: Int64? { job.policies.timeout?.wholeMicroseconds }
    /// The alias of the run's executor.
    var executor: String { job.executor }

    /// The run that the current thread or Swift task performs, by which a scheduler recognises calls from inside a run.
    package static var current: RunWork? { CurrentRun.value as? RunWork }

    init(
        _ run: Run, of job: JobDefinition, task: RegisteredTask, sent: Int64, taken: Int64, startLimit: Int64,
        hasPlace: Bool, origin: Origin
    ) {
        self.run = run
        self.job = job
        self.sent = sent
        self.taken = taken
        self.startLimit = startLimit
        self.hasPlace = hasPlace
        self.task = task
        self.origin = origin
    }

    /// The stored arguments, and what completes them; `nil` if they are complete.
    private var stored: (arguments: [UInt8], resolution: ArgumentResolution?) {
        let arguments = run.arguments(of: job)
        // The arguments of most jobs, with nothing to complete.
        if arguments.count <= JobDefinition.noArguments.count { return (arguments, nil) }
        // The report of a failed run is used unchanged.
        if run.id.occurrence.kind == .onFailure, run.arguments == arguments { return (arguments, nil) }
        let resolution = ArgumentResolution(of: job, secretKeys: task.secretKeys)
        return (arguments, resolution.isNeeded(for: arguments) ? resolution : nil)
    }

    /// Whether the arguments are nested so deep that decoding them may overflow a small stack.
    var hasDeepArguments: Bool { JSONDepth.exceeds(64, arguments) }

    /// The arguments as JSON, as they are stored.
    package var arguments: [UInt8] { run.arguments(of: job) }

    /// Whether the task holds a thread until it returns. It is then performed by `performBlocking`, off the threads of
    /// Swift concurrency.
    public var isBlocking: Bool { task.isBlocking }

    /// Performs a run whose task blocks. Use it only if `isBlocking`: for another task it does nothing.
    public func performBlocking() {
        guard case .blocking(let body) = task.body, begin() else { return }
        let result: Result<[UInt8]?, any Error> = CurrentRun.$value.withValue(self) {
            Result {
                let context = TaskContext(self)
                guard !origin.middleware.isEmpty else { return try body(try completeArguments(), context) }
                return try origin.middleware[...].perform(
                    context, blocking: { try body(try completeArguments(), context) })
            }
        }
        end(result)
    }

    /// Performs a run of any task on the caller's executor.
    nonisolated(nonsending) public func perform() async { await perform(cancellingBy: nil) }

    /// Performs a run, and calls `cancel` when it is asked to end; at once if it already has been.
    ///
    /// - Returns: Whether the run was asked to end.
    @discardableResult
    nonisolated(nonsending) func perform(cancellingBy cancel: (@Sendable () -> Void)?) async -> Bool {
        guard case .async(let body) = task.body else {
            performBlocking()
            return isCancelled
        }
        guard begin(cancellingBy: cancel) else { return isCancelled }
        do {
            let result = try await CurrentRun.$value.withValue(self) {
                let context = TaskContext(self)
                guard !origin.middleware.isEmpty else { return try await call(body, context) }
                return try await origin.middleware[...].perform(context, task: { try await call(body, context) })
            }
            return end(.success(result))
        } catch {
            return end(.failure(error))
        }
    }

    private nonisolated(nonsending) func call(
        _ body: @Sendable ([UInt8], TaskContext) async throws -> [UInt8]?, _ context: TaskContext
    ) async throws -> [UInt8]? {
        let (arguments, resolution) = stored
        guard let resolution else { return try await body(arguments, context) }
        return try await body(try await completeArguments(by: resolution), context)
    }

    /// Whether `completeArguments` reads files, which may block.
    var readsFiles: Bool { stored.resolution?.readsFiles(for: run.arguments(of: job)) ?? false }

    /// Returns the arguments with their variables and secrets; it may block.
    func completeArguments() throws(CarillonError) -> [UInt8] {
        let (arguments, resolution) = stored
        guard let resolution else { return arguments }
        let (complete, variables) = try resolution.resolved(
            arguments, origin.environment(), origin.refusalOfVariableFile)
        state.withLock { $0.sayings = Sayings(variables: variables) }
        return complete
    }

    /// Returns the same without blocking: files are read on a thread of their own, since a disk may be slow.
    nonisolated(nonsending) private func completeArguments(by resolution: ArgumentResolution) async throws -> [UInt8] {
        guard resolution.readsFiles(for: run.arguments(of: job)) else { return try completeArguments() }
        return try await withCheckedThrowingContinuation { waiter in
            let thread = Thread { waiter.resume(with: Result { try self.completeArguments() }) }
            thread.name = "carillon-secrets"
            thread.stackSize = 1 << 19
            thread.start()
        }
    }

    /// The variables and secrets that went into the arguments.
    var variables: RunVariables { state.withLock { $0.sayings?.variables } ?? RunVariables() }

    /// Calls `cancel` when the run is asked to end; at once if it already has been.
    public func onCancel(_ cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            if state.phase != .closed { state.cancel = cancel }
            return state.isCancelled
        }
        if isCancelled { cancel() }
    }

    /// Whether the run was asked to end.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Whether the only request to end the run is that of a scheduler that stops.
    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// The progress that the task last reported.
    var progress: RunProgress? { state.withLock { $0.sayings?.progress } }

    /// What the task has logged so far.
    var logged: [UInt8] { state.withLock { $0.sayings?.log } ?? [] }

    /// Whether the run has been started and has not ended.
    var isAtWork: Bool { state.withLock { $0.phase == .started } }

    /// What a run does, for a test that moves the clock.
    enum Activity {
        case waiting, atWork, sleeping
    }

    /// What the run does, for a test that moves the clock. A run that has ended counts as at work until its end is
    /// processed.
    var activity: Activity {
        state.withLock { state in
            switch state.phase {
            case .queued: .waiting
            case .reserved: .atWork
            case .started where state.sleepers > 0: .sleeping
            case .started, .closed: .atWork
            }
        }
    }

    /// Records that one of the run's tasks sleeps on a clock that a test moves, and wakes the scheduler, since the test
    /// may wait for that.
    package func beginSleep() {
        state.withLock { $0.sleepers += 1 }
        origin.mailbox.wake()
    }

    /// Records that one of the run's tasks has stopped sleeping. Called before the task goes on.
    package func endSleep() { state.withLock { $0.sleepers -= 1 } }

    /// Whether the run has been started, or was given back.
    var hasBegun: Bool { state.withLock { $0.phase == .started || $0.phase == .closed } }

    /// Whether the run has ended, or was given back.
    var hasEnded: Bool { state.withLock { $0.phase == .closed } }

    /// For how many more microseconds the run is certainly this node's; 0 or less if another node may have it.
    var leaseLeft: Int64 { origin.lease.left(from: sent, at: origin.clock.monotonic) }

    /// Records that the task ended by itself before a request to end it took effect: that is its outcome.
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

    /// Keeps the run from being started. One that is reserved is given back as soon as it is known not to begin.
    ///
    /// - Returns: `false` if it has been started already, or is reserved.
    func withdraw() -> Bool {
        state.withLock { state in
            if state.phase == .reserved { state.isWithdrawn = true }
            guard state.phase == .queued else { return false }
            state.phase = .closed
            return true
        }
    }

    /// Keeps the run from being withdrawn while it is on its way to a worker process.
    ///
    /// - Returns: `false` if it has been withdrawn.
    func reserve() -> Bool {
        state.withLock { state in
            guard state.phase == .queued else { return false }
            state.phase = .reserved
            return true
        }
    }

    /// Ends the reservation of a run that has not begun.
    ///
    /// - Returns: `false` if it was to be withdrawn meanwhile, and is given back.
    func release() -> Bool {
        let isWithdrawn = state.withLock { state in
            guard state.phase == .reserved else { return false }
            state.phase = state.isWithdrawn ? .closed : .queued
            return state.isWithdrawn
        }
        if isWithdrawn { post(givenBack(at: origin.clock.now)) }
        return !isWithdrawn
    }

    /// Gives back a reserved run that has not begun, since it may be another node's by now.
    func giveBack() {
        let isReserved = state.withLock { state in
            guard state.phase == .reserved else { return false }
            state.phase = .closed
            return true
        }
        if isReserved { post(givenBack(at: origin.clock.now)) }
    }

    /// Begins a run whose task is called in a worker process, and calls `cancel` when it is asked to end.
    func beginElsewhere(cancellingBy cancel: @escaping @Sendable () -> Void) {
        _ = begin(cancellingBy: cancel, checksLease: false)
    }

    /// Ends a run whose task was called in a worker process.
    func endElsewhere(_ end: TaskEnd) { self.end(end) }

    /// Ends a run whose task was called in a worker process that did not report its end.
    func endElsewhere(failing error: any Error) { end(.failure(error)) }

    /// Begins and ends a run whose task cannot be called.
    func fail(_ error: CarillonError) {
        guard begin() else { return }
        end(TaskEnd(.failure(error), job.policies.retry))
    }

    /// What a worker process is told of the run.
    func order(_ number: UInt32, _ arguments: [UInt8], hiding hidden: Set<String>, ownUntil: Int64) -> RunOrder {
        var variables = variables
        variables.mask = SecretMask()
        variables.names.formUnion(hidden)
        return RunOrder(
            number: number, task: task.name, run: run.id, arguments: arguments, failure: run.failureReport,
            retry: job.policies.retry, variables: variables, ownUntil: ownUntil, trace: job.trace,
            logLevel: origin.logger.logLevel)
    }

    func note(_ progress: RunProgress) {
        let mask = variables.mask
        let progress = mask.isEmpty ? progress : RunProgress(progress.fraction, mask.masked(progress.note))
        say { $0.progress = progress }
        origin.mailbox.post(.progressed(self, progress))
    }

    func note(_ process: RunProcess) { say { $0.process = process } }

    func output(_ bytes: [UInt8]) {
        say { said in
            let bytes = said.variables.mask.masked(bytes, isEnd: false, &said.heldOutput)
            if bytes.count >= Run.payloadLimit { said.log.removeAll(keepingCapacity: true) }
            said.log.append(contentsOf: bytes.suffix(Run.payloadLimit))
            said.written &+= bytes.count
            // Cut at twice the length that is kept, so that each byte is moved once on average.
            if said.log.count > 2 * Run.payloadLimit { said.log.removeFirst(said.log.count - Run.payloadLimit) }
        }
    }

    /// Stores what the task reports, and adds the run to the unwritten ones with the first note since notes were last
    /// taken.
    private func say(_ keep: (inout Sayings) -> Void) {
        let isFirst = state.withLock { state in
            var said = state.sayings.take() ?? Sayings()
            keep(&said)
            let isFirst = state.phase == .started && !said.hasNotes
            if isFirst { said.hasNotes = true }
            state.sayings = said
            return isFirst
        }
        if isFirst { origin.mailbox.unwritten.add(self, at: origin.clock.monotonic) }
    }

    /// Returns what the task has reported so far; `nil` if there is nothing new or the run has ended.
    func takeNotes() -> RunNotes? {
        state.withLock { state in
            guard state.phase == .started, let said = state.sayings, said.hasNotes else { return nil }
            state.sayings?.hasNotes = false
            return RunNotes(
                run: run.id, fence: run.fence, progress: said.progress, log: said.notedLog, written: said.written,
                process: said.process)
        }
    }

    /// Returns notes that could not be written, to be taken again.
    ///
    /// - Returns: `false` if the run has ended.
    func returnNotes() -> Bool {
        state.withLock { state in
            guard state.phase == .started else { return false }
            state.sayings?.hasNotes = true
            return true
        }
    }

    /// Begins the run, unless it has begun or was withdrawn. A run that may be another node's by now is given back, unless
    /// its lease was checked where its task is called.
    private func begin(cancellingBy cancel: (@Sendable () -> Void)? = nil, checksLease: Bool = true) -> Bool {
        let now = origin.clock.now
        let isOwn = !checksLease || !origin.lease.canRunOut || leaseLeft > 0
        let (begins, isCancelled) = state.withLock { state in
            guard state.phase == .queued || state.phase == .reserved else { return (false, false) }
            state.phase = isOwn ? .started : .closed
            state.began = now
            if isOwn, let cancel { state.cancel = cancel }
            return (true, state.isCancelled)
        }
        guard begins else { return false }
        if isOwn, isCancelled { cancel?() }
        guard isOwn else {
            post(givenBack(at: now))
            return false
        }
        if let timeout {
            let number = origin.timeouts.watch(self, until: origin.clock.monotonic + timeout)
            state.withLock { $0.watched = number }
        }
        if origin.isMeasured || origin.hub.isWanted { origin.mailbox.post(.started(self, at: now)) }
        return true
    }

    /// Ends the run.
    ///
    /// - Returns: Whether it had been asked to end.
    @discardableResult
    private func end(_ result: Result<[UInt8]?, any Error>) -> Bool { end(TaskEnd(result, job.policies.retry)) }

    @discardableResult
    private func end(_ taskEnd: TaskEnd) -> Bool {
        let end = state.withLock { state in
            state.phase = .closed
            state.cancel = nil
            if var said = state.sayings.take() {
                said.log += said.variables.mask.masked([], isEnd: true, &said.heldOutput)
                state.sayings = said
            }
            defer { state.sayings?.log = [] }
            return End(
                began: state.began, isCancelled: state.isCancelled, isTimedOut: state.isTimedOut,
                isInterrupted: state.isInterrupted, watched: state.watched, sayings: state.sayings)
        }
        if let watched = end.watched { origin.timeouts.unwatch(watched) }
        if end.sayings?.hasNotes == true { origin.mailbox.unwritten.remove(self) }
        post(completion(taskEnd, end))
        return end.isCancelled
    }

    /// Posts the last report.
    private func post(_ completion: Completion) { origin.mailbox.post(.ended(self, completion), in: lastLetter) }

    private func givenBack(at time: Instant) -> Completion {
        Completion(run: run.id, fence: run.fence, finished: time, result: .givenBack)
    }

    /// Returns a timeout in words, such as `1 hour and 30 minutes` or `0.5 seconds`.
    private static func words(_ timeout: Int64) -> String {
        timeout % 1_000_000 == 0
            ? EnglishText.duration(Int(timeout / 1_000_000)) : "\(Duration.microseconds(timeout))"
    }

    private func completion(_ taskEnd: TaskEnd, _ end: End) -> Completion {
        let log = end.sayings?.notedLog
        let mask = end.sayings?.variables.mask
        let ended: Completion.Result
        switch taskEnd {
        case .expired: return givenBack(at: origin.clock.now)
        case _ where end.isTimedOut:
            let limit = timeout.map(Self.words) ?? "its timeout"
            ended = .ended(.timedOut, error: "it took longer than \(limit)", log: log)
        case .succeeded(let value):
            ended = .ended(.succeeded, result: value.map { mask?.masked(json: $0) ?? $0 }, log: log)
        case .failed(let failure) where failure.isCancellation && end.isCancelled:
            ended = end.isInterrupted ? .interrupted(log: log) : .ended(.cancelled, log: log)
        case .failed(let failure):
            if let reason = failure.undecodable {
                origin.mailbox.post(.undecodable(self, mask?.masked(reason) ?? reason))
            }
            ended = .ended(
                .failed, error: mask?.masked(failure.text) ?? failure.text, log: log, mayRetry: failure.mayRetry)
        }
        return Completion(
            run: run.id, fence: run.fence, started: end.began, finished: origin.clock.now, result: ended)
    }
}

extension RunWork: TaskRun {
    var runID: Run.ID { run.id }
    var taskName: TaskName { task.name }
    var trace: [String: String] { job.trace }
    var failure: FailureReport? { run.failureReport }
    var logger: Logger { origin.logger }

    /// A task in this process cannot be ended against its will.
    func needs(toEnd time: Duration) {}

    func sleep(for duration: Duration) async throws { try await origin.clock.sleep(for: duration) }
}

/// Thrown by a task that has done nothing yet because another node may have its run by now. The run is given back.
package struct TakeExpired: Error {
    package init() {}
}
