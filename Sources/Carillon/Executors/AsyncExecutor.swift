import Synchronization

/// An executor that runs tasks on Swift concurrency.
///
/// Tasks that block go to a thread pool, so that they hold no thread of the cooperative pool. They count towards the
/// `capacity` as well.
public final class AsyncExecutor: JobExecutor {
    private struct State {
        /// Runs that wait and suspend, and runs that wait and block.
        var works = WaitingWorks<RunWork>()
        var blockers = WaitingWorks<RunWork>()
        var workers = 0
        /// Whether a worker has been started that has not begun a run yet.
        var isStarting = false
        /// Runs that block and have been handed to the pool of threads.
        var blocking = 0
        /// Whether the threads are to end once they are no longer needed.
        var isShutDown = false
    }

    /// What there is to do when a place has become free, or runs have come.
    private struct Steps {
        var startsWorker = false
        var blockers: [RunWork] = []
        /// Whether the threads are no longer needed.
        var endsThreads = false
    }

    /// The most runs at work at the same time.
    public let capacity: Int
    private let state = Mutex(State())
    private let blocking: ThreadPoolExecutor

    /// Creates an executor that starts Swift tasks when there is work for them.
    ///
    /// - Parameters:
    ///   - maxWorkers: The most runs at work at the same time, at least 1.
    ///   - blockingWorkers: The most threads for tasks that block.
    public init(maxWorkers: Int = 1000, blockingWorkers: Int = 10) {
        capacity = max(maxWorkers, 1)
        blocking = ThreadPoolExecutor(maxWorkers: blockingWorkers, name: "carillon-blocking")
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async {
        perform(
            state.withLock { state in
                for work in works {
                    if work.isBlocking {
                        state.blockers.append(work, priority: work.priority)
                        state.isShutDown = false
                    } else {
                        state.works.append(work, priority: work.priority)
                    }
                }
                return nextSteps(&state)
            }
        )
    }

    /// Decides what to begin. Each worker starts the next one once it has a run: if runs are short, a few workers
    /// perform them all.
    ///
    /// If runs of both kinds wait for one place, the higher priority gets it; otherwise the kind that did not have it
    /// before, so that neither waits for ever.
    private func nextSteps(_ state: inout State, afterBlocker: Bool = false) -> Steps {
        var steps = Steps()
        let blockersFirst = isBlockersTurn(state, afterBlocker: afterBlocker)
        if !blockersFirst { steps.startsWorker = addWorker(&state) }
        while state.blocking < blocking.capacity, state.workers + state.blocking < capacity,
            let work = state.blockers.popFirst()
        {
            state.blocking += 1
            steps.blockers.append(work)
        }
        if blockersFirst { steps.startsWorker = addWorker(&state) }
        steps.endsThreads = state.isShutDown && state.blocking == 0 && state.blockers.isEmpty
        if steps.endsThreads { state.isShutDown = false }
        return steps
    }

    private func isBlockersTurn(_ state: State, afterBlocker: Bool) -> Bool {
        guard state.blocking < blocking.capacity, let blocker = state.blockers.priority else { return false }
        guard let other = state.works.priority else { return true }
        return blocker == other ? !afterBlocker : blocker > other
    }

    /// Decides whether to start a worker, and counts it as started.
    private func addWorker(_ state: inout State) -> Bool {
        guard !state.isStarting, !state.works.isEmpty, state.workers + state.blocking < capacity else { return false }
        state.isStarting = true
        state.workers += 1
        return true
    }

    private func perform(_ steps: Steps) {
        if !steps.blockers.isEmpty { blocking.add(steps.blockers, of: self) }
        if steps.startsWorker { startWorker() }
        if steps.endsThreads { blocking.shutdown() }
    }

    /// Starts a Swift task that performs one run after the other while there are any. A run that is cancelled cancels
    /// the task, which is then replaced.
    private func startWorker() {
        let worker = Worker()
        // Not the priority of the task that started the scheduler or another run.
        let task = Task(priority: .medium) {
            let cancel: @Sendable () -> Void = { worker.cancel() }
            var isNew = true
            while let work = self.next(isNew: isNew) {
                isNew = false
                // The cancellation of the run may not have reached this task yet, and must not hit another run.
                if await work.perform(cancellingBy: cancel) { return self.replaceWorker() }
            }
        }
        worker.set(task)
    }

    private func next(isNew: Bool) -> RunWork? {
        let (work, steps) = state.withLock { state -> (RunWork?, Steps) in
            if isNew { state.isStarting = false }
            // A run that blocks may have waited for the place.
            let isFull = state.workers + state.blocking >= capacity
            let givesWay = !isNew && isFull && isBlockersTurn(state, afterBlocker: false)
            let work = givesWay ? nil : state.works.popFirst()
            if work == nil { state.workers -= 1 }
            return (work, nextSteps(&state))
        }
        perform(steps)
        return work
    }

    private func replaceWorker() {
        perform(
            state.withLock { state in
                state.workers -= 1
                return nextSteps(&state)
            }
        )
    }

    /// See `JobExecutor`.
    public func shutdown() {
        perform(
            state.withLock { state in
                state.isShutDown = true
                return nextSteps(&state)
            }
        )
    }
}

extension AsyncExecutor: BlockingRunOwner {
    func blockingRunEnded() {
        perform(
            state.withLock { state in
                state.blocking -= 1
                return nextSteps(&state, afterBlocker: true)
            }
        )
    }
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
