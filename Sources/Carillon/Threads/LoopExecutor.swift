/// An executor that runs an actor on a dedicated thread, and on the threads of Swift concurrency while there is none.
///
/// The thread is the calling one of a `BlockingScheduler`, or one that a `BackgroundScheduler` starts. The actor can
/// also be called before and after.
final class LoopExecutor: SerialExecutor {
    private struct Errand {
        let job: UnownedJob
        /// The executor that the job's task prefers, if that has brought it here; otherwise `nil`.
        let taskExecutor: UnownedTaskExecutor?
    }

    private struct State {
        var errands: FirstInFirstOut<Errand> = FirstInFirstOut()
        /// Whether a thread is in `run`.
        var hasThread = false
        /// Whether a task performs the jobs meanwhile.
        var isDraining = false
        /// How many threads have been announced and have not left.
        var announced = 0
        /// How many of them are to leave.
        var leaving = 0
    }

    private enum Turn {
        case run(Errand)
        case leave
    }

    private let state = Monitor(State())

    /// Announces a thread that will call `run`, so that a `stop` from now on applies to it.
    func announce() { state.withLock { $0.announced += 1 } }

    /// Runs enqueued jobs on the calling thread, which has been announced, until `stop` is called.
    func run() {
        var isMine = false
        state.wait { (state: inout State) -> Void? in
            // A thread that was stopped may not have left yet, and a draining task leaves when it sees that there is a
            // thread.
            if !isMine, state.hasThread { return nil }
            isMine = true
            state.hasThread = true
            return state.isDraining ? nil : ()
        }
        while case .run(let errand) = state.wait(for: Self.nextTurn) { perform(errand) }
        state.broadcast()
        state.withLock { drainInTask(&$0) }
    }

    /// Makes `run` return when the jobs enqueued so far are done. The next `run` begins anew.
    func stop() {
        state.withLock { $0.leaving = $0.announced }
        state.broadcast()
    }

    func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job), of: nil) }

    fileprivate func enqueue(_ job: UnownedJob, of taskExecutor: UnownedTaskExecutor?) {
        // The caller need not keep the executor alive. Once the lock is released, the job may run and end what does, so
        // nothing of the executor is touched after that.
        state.withLock { state in
            state.errands.append(Errand(job: job, taskExecutor: taskExecutor))
            if state.hasThread { self.state.broadcast() } else { drainInTask(&state) }
        }
    }

    private static func nextTurn(_ state: inout State) -> Turn? {
        if let errand = state.errands.popFirst() { return .run(errand) }
        guard state.leaving > 0 else { return nil }
        state.leaving -= 1
        state.announced -= 1
        state.hasThread = false
        return .leave
    }

    private func drainInTask(_ state: inout State) {
        guard !state.hasThread, !state.isDraining, !state.errands.isEmpty else { return }
        state.isDraining = true
        Task { self.drain() }
    }

    private func perform(_ errand: Errand) {
        if let taskExecutor = errand.taskExecutor {
            errand.job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: taskExecutor)
        } else {
            errand.job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    private func drain() {
        while let errand = state.withLock(Self.nextToDrain) { perform(errand) }
        state.broadcast()
    }

    private static func nextToDrain(_ state: inout State) -> Errand? {
        if !state.hasThread, let errand = state.errands.popFirst() { return errand }
        state.isDraining = false
        return nil
    }
}

/// The executor preference for tasks of the actor that wait often: they are resumed on the actor's executor directly.
/// The runtime resumes any other task on the threads of Swift concurrency first, only to move it to the actor's
/// executor from there.
final class LoopTaskExecutor: TaskExecutor {
    private let loop: LoopExecutor

    init(_ loop: LoopExecutor) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job), of: asUnownedTaskExecutor()) }
}
