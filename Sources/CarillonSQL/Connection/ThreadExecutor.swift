internal import Carillon

/// Runs an actor on a thread of its own, so that calls that block never hold a thread of the cooperative pool.
///
/// It is one thread for as long as the executor lives: what a database connection keeps in memory would otherwise be
/// spread over the memory of many threads, and never given back.
package final class ThreadExecutor: SerialExecutor {
    private struct State {
        var jobs: FirstInFirstOut<UnownedJob> = FirstInFirstOut()
        var isEnding = false
    }

    private enum Turn {
        case run(UnownedJob)
        case leave
    }

    private let state = Monitor(State())

    /// Starts the thread; `name` shows in debuggers, of which Linux keeps 15 bytes.
    package init(name: String) {
        let executor = asUnownedSerialExecutor()
        NamedThread.start(name) { [state] in
            while case .run(let job) = state.wait(for: Self.nextTurn) { job.runSynchronously(on: executor) }
        }
    }

    deinit {
        state.withLock { $0.isEnding = true }
        state.signal()
    }

    /// See `SerialExecutor`.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The job may end whoever keeps this executor before the lock is let go.
        let state = state
        state.withLock { $0.jobs.append(job) }
        state.signal()
    }

    private static func nextTurn(_ state: inout State) -> Turn? {
        if let job = state.jobs.popFirst() { return .run(job) }
        return state.isEnding ? .leave : nil
    }
}
