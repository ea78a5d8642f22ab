/// Runs an actor on the thread that gives itself to it, and while there is none on the threads of Swift concurrency.
///
/// The thread is the calling one of a `BlockingScheduler`, or one that a `BackgroundScheduler` starts. Before and after,
/// the actor can be asked things all the same.
final class LoopExecutor: SerialExecutor {
    private struct State {
        var jobs: FirstInFirstOut<UnownedJob> = FirstInFirstOut()
        /// Whether a thread has given itself.
        var hasThread = false
        /// Whether a task does what there is to do meanwhile.
        var isDraining = false
        /// Threads that have been announced and have not left.
        var announced = 0
        /// How many of them are to leave.
        var leaving = 0
    }

    private enum Turn {
        case run(UnownedJob)
        case leave
    }

    private let state = Monitor(State())

    /// Announces a thread that will call `run`, so that a `stop` from now on is meant for it.
    func announce() { state.withLock { $0.announced += 1 } }

    /// Runs what is enqueued on the calling thread, which has been announced, until `stop` is called.
    func run() {
        var isMine = false
        state.wait { (state: inout State) -> Void? in
            // One that was stopped may not have left yet; and a task leaves when it sees that there is a thread.
            if !isMine, state.hasThread { return nil }
            isMine = true
            state.hasThread = true
            return state.isDraining ? nil : ()
        }
        while case .run(let job) = state.wait(for: Self.nextTurn) {
            job.runSynchronously(on: asUnownedSerialExecutor())
        }
        state.broadcast()
        state.withLock { drainInTask(&$0) }
    }

    /// Has `run` return when what is enqueued so far is done. The next `run` begins anew.
    func stop() {
        state.withLock { $0.leaving = $0.announced }
        state.broadcast()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Whoever enqueues need not keep the executor. As soon as the lock is let go, the job may run and end what does
        // keep it, so nothing of the executor is touched after that.
        state.withLock { state in
            state.jobs.append(job)
            if state.hasThread { self.state.broadcast() } else { drainInTask(&state) }
        }
    }

    private static func nextTurn(_ state: inout State) -> Turn? {
        if let job = state.jobs.popFirst() { return .run(job) }
        guard state.leaving > 0 else { return nil }
        state.leaving -= 1
        state.announced -= 1
        state.hasThread = false
        return .leave
    }

    private func drainInTask(_ state: inout State) {
        guard !state.hasThread, !state.isDraining, !state.jobs.isEmpty else { return }
        state.isDraining = true
        Task { self.drain() }
    }

    private func drain() {
        while let job = state.withLock(Self.nextToDrain) { job.runSynchronously(on: asUnownedSerialExecutor()) }
        state.broadcast()
    }

    private static func nextToDrain(_ state: inout State) -> UnownedJob? {
        if !state.hasThread, let job = state.jobs.popFirst() { return job }
        state.isDraining = false
        return nil
    }
}
