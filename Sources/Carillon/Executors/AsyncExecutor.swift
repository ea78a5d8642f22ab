import Synchronization

/// An executor that runs tasks on Swift concurrency.
///
/// Tasks that block go to a thread pool, so that they hold no thread of the cooperative pool.
public final class AsyncExecutor: JobExecutor {
    private struct State {
        var works = WaitingWorks()
        var workers = 0
        /// Whether a worker has been started that has not begun a run yet.
        var isStarting = false
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
        let blockers = works.contains(where: \.isBlocking) ? works.filter(\.isBlocking) : []
        if !blockers.isEmpty { await blocking.execute(blockers) }
        let mustStart = state.withLock { state in
            for work in works where !work.isBlocking { state.works.append(work) }
            return addWorker(&state)
        }
        if mustStart { startWorker() }
    }

    /// Decides whether to start a worker, and counts it as started. Each worker starts the next one once it has a run:
    /// if runs are short, a few workers perform them all.
    private func addWorker(_ state: inout State) -> Bool {
        guard !state.isStarting, !state.works.isEmpty, state.workers < capacity else { return false }
        state.isStarting = true
        state.workers += 1
        return true
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
        let (work, mustStart) = state.withLock { state in
            if isNew { state.isStarting = false }
            let work = state.works.popFirst()
            if work == nil { state.workers -= 1 }
            return (work, addWorker(&state))
        }
        if mustStart { startWorker() }
        return work
    }

    private func replaceWorker() {
        let mustStart = state.withLock { state in
            state.workers -= 1
            return addWorker(&state)
        }
        if mustStart { startWorker() }
    }

    /// See `JobExecutor`.
    public func shutdown() { blocking.shutdown() }
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
