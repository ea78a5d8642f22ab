import Synchronization

/// Performs runs as far as there is room, by workers: each performs one run after the other while there are any, and
/// starts the next worker once it has a run. If runs are short, a few workers perform them all.
///
/// Runs that suspend are performed by Swift tasks, those that block on threads.
package final class RunWorkers: Sendable {
    private struct State {
        /// Runs that wait and suspend, and runs that wait and block.
        var suspending = WaitingWorks<RunWork>()
        var blocking = WaitingWorks<RunWork>()
        /// Swift tasks and threads; each has a run, or takes one next.
        var tasks = 0
        var threads = 0
        /// Whether one has been started that has not taken its first run yet.
        var isTaskComing = false
        var isThreadComing = false
        /// Whether the threads are to end once they are no longer needed.
        var isShutDown = false
    }

    /// What there is to do when a place has become free, or runs have come.
    private struct Steps {
        var startsTask = false
        var startsThread = false
        /// Whether the threads are no longer needed.
        var endsThreads = false
    }

    /// The most runs at work at the same time.
    package let capacity: Int
    /// The most of them that block.
    private let blockingCapacity: Int
    private let threads: any BlockingThreads
    private let nextPlace: @Sendable () -> (any TaskExecutor)?
    // Not a `Mutex`: on Linux that is handed to the thread that waits for it, so if more threads than processors perform
    // short runs, each of these costs a change of threads.
    private let state = Monitor(State())

    /// Creates an object without runs.
    ///
    /// - Parameters:
    ///   - capacity: The most runs at work at the same time, at least 1.
    ///   - blocking: The most of them that block.
    ///   - threads: Where runs that block are performed; ended when all runs have ended after `shutdown`.
    ///   - nextPlace: Returns where the next Swift task is; `nil` for the pool of Swift concurrency.
    package init(
        _ capacity: Int, blocking: Int, on threads: any BlockingThreads,
        nextPlace: @escaping @Sendable () -> (any TaskExecutor)? = { nil }
    ) {
        self.capacity = max(capacity, 1)
        blockingCapacity = max(blocking, 1)
        self.threads = threads
        self.nextPlace = nextPlace
    }

    package func perform(_ works: [RunWork]) {
        take(
            state.withLock { state in
                state.isShutDown = false
                for work in works {
                    if work.isBlocking {
                        state.blocking.append(work, priority: work.priority)
                    } else {
                        state.suspending.append(work, priority: work.priority)
                    }
                }
                return nextSteps(&state, isBlockersTurn(state, afterBlocker: false))
            }
        )
    }

    /// Ends the threads once all runs have ended.
    package func shutdown() {
        take(
            state.withLock { state in
                state.isShutDown = true
                return nextSteps(&state, false)
            }
        )
    }

    /// Decides what to begin.
    private func nextSteps(_ state: inout State, _ blockersFirst: Bool) -> Steps {
        var steps = Steps()
        if blockersFirst { steps.startsThread = addThread(&state) }
        steps.startsTask = addTask(&state)
        if !blockersFirst { steps.startsThread = addThread(&state) }
        let isIdle = state.tasks == 0 && state.threads == 0 && state.suspending.isEmpty && state.blocking.isEmpty
        steps.endsThreads = state.isShutDown && isIdle
        if steps.endsThreads { state.isShutDown = false }
        return steps
    }

    /// Whether a run that blocks gets the next place. If runs of both kinds wait for one, the higher priority gets it;
    /// otherwise the kind that did not have it before, so that neither waits for ever.
    private func isBlockersTurn(_ state: State, afterBlocker: Bool) -> Bool {
        guard state.threads - (afterBlocker ? 1 : 0) < blockingCapacity, let blocker = state.blocking.priority else {
            return false
        }
        guard let other = state.suspending.priority else { return true }
        return blocker == other ? !afterBlocker : blocker > other
    }

    private func isFull(_ state: State) -> Bool { state.tasks + state.threads >= capacity }

    /// Decides whether to start a task, and counts it as started.
    private func addTask(_ state: inout State) -> Bool {
        guard !state.isTaskComing, !state.suspending.isEmpty, !isFull(state) else { return false }
        state.isTaskComing = true
        state.tasks += 1
        return true
    }

    /// Decides whether to start a thread, and counts it as started.
    private func addThread(_ state: inout State) -> Bool {
        guard !state.isThreadComing, !state.blocking.isEmpty, state.threads < blockingCapacity, !isFull(state) else {
            return false
        }
        state.isThreadComing = true
        state.threads += 1
        return true
    }

    private func take(_ steps: Steps) {
        if steps.startsThread { threads.perform { self.performBlockingRuns(isNew: true) } }
        if steps.startsTask { startTask() }
        if steps.endsThreads { threads.end() }
    }

    // MARK: Runs that suspend

    /// Starts a Swift task that performs runs. A run that is cancelled cancels the task, which is then replaced.
    private func startTask() {
        let worker = Worker()
        let place = nextPlace()
        // Not the priority of the task that started the scheduler or another run.
        let task = Task(executorPreference: place, priority: .medium) {
            let cancel: @Sendable () -> Void = { worker.cancel() }
            var isNew = true
            var turn = WorkerTurn(isEndless: place == nil)
            while let work = self.nextSuspending(isNew: isNew) {
                isNew = false
                // The cancellation of the run may not have reached this task yet, and must not hit another run.
                if await work.perform(cancellingBy: cancel) { return self.replaceTask() }
                if turn.isOver {
                    await Task.yield()
                    turn = WorkerTurn()
                }
            }
        }
        worker.set(task)
    }

    private func nextSuspending(isNew: Bool) -> RunWork? {
        let (work, steps) = state.withLock { state -> (RunWork?, Steps) in
            if isNew { state.isTaskComing = false }
            // A run that blocks may have waited for the place.
            let givesWay = !isNew && isFull(state) && isBlockersTurn(state, afterBlocker: false)
            let work = givesWay ? nil : state.suspending.popFirst()
            if work == nil { state.tasks -= 1 }
            return (work, nextSteps(&state, isBlockersTurn(state, afterBlocker: false)))
        }
        take(steps)
        return work
    }

    private func replaceTask() {
        take(
            state.withLock { state in
                state.tasks -= 1
                return nextSteps(&state, isBlockersTurn(state, afterBlocker: false))
            }
        )
    }

    // MARK: Runs that block

    /// Performs runs on the calling thread.
    private func performBlockingRuns(isNew: Bool) {
        var isNew = isNew
        let turn = WorkerTurn()
        while let work = nextBlocking(isNew: isNew) {
            isNew = false
            work.performBlocking()
            if turn.isOver { return threads.perform { self.performBlockingRuns(isNew: false) } }
        }
    }

    private func nextBlocking(isNew: Bool) -> RunWork? {
        let (work, steps) = state.withLock { state -> (RunWork?, Steps) in
            if isNew { state.isThreadComing = false }
            // A run that suspends may have waited for the place.
            let givesWay =
                !isNew && isFull(state) && !state.suspending.isEmpty && !isBlockersTurn(state, afterBlocker: true)
            let work = givesWay ? nil : state.blocking.popFirst()
            if work == nil { state.threads -= 1 }
            return (work, nextSteps(&state, work != nil && isBlockersTurn(state, afterBlocker: true)))
        }
        take(steps)
        return work
    }
}

/// Threads that may be blocked.
package protocol BlockingThreads: Sendable {
    /// Performs work on one of the threads, which are started if there are none.
    func perform(_ body: @escaping @Sendable () -> Void)
    /// Ends the threads once they have done what they have.
    func end()
}

/// How long a worker goes on before it lets others have its thread or loop, where it shares that.
private struct WorkerTurn {
    private let end: ContinuousClock.Instant?

    init(isEndless: Bool = false) { end = isEndless ? nil : .now + .milliseconds(1) }

    var isOver: Bool { end.map { .now >= $0 } ?? false }
}

/// A Swift task that can be cancelled before the code that starts it has its handle.
private final class Worker: Sendable {
    private enum State {
        case starting
        case running(Task<Void, Never>)
        case cancelled
    }

    private let state = Mutex(State.starting)

    func set(_ task: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            if case .cancelled = state { return true }
            state = .running(task)
            return false
        }
        if isCancelled { task.cancel() }
    }

    func cancel() {
        let task: Task<Void, Never>? = state.withLock { state in
            defer { state = .cancelled }
            if case .running(let task) = state { return task }
            return nil
        }
        task?.cancel()
    }
}
