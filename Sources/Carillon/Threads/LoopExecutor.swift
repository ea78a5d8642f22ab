/// Runs an actor on the thread that gives itself to it, and while there is none on the threads of Swift concurrency.
///
/// The thread is the calling one of a `BlockingScheduler`, or one that a `BackgroundScheduler` starts. Before and after,
/// the actor can be asked things all the same.
final class LoopExecutor: SerialExecutor {
    private struct Errand {
        let job: UnownedJob
        /// What the job's task prefers, where that has brought it here.
        let taskExecutor: UnownedTaskExecutor?
    }

    private struct State {
        var errands: FirstInFirstOut<Errand> = FirstInFirstOut()
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
        case run(Errand)
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
        while case .run(let errand) = state.wait(for: Self.nextTurn) { perform(errand) }
        state.broadcast()
        state.withLock { drainInTask(&$0) }
    }

    /// Has `run` return when what is enqueued so far is done. The next `run` begins anew.
    func stop() {
        state.withLock { $0.leaving = $0.announced }
        state.broadcast()
    }

    func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job), of: nil) }

    fileprivate func enqueue(_ job: UnownedJob, of taskExecutor: UnownedTaskExecutor?) {
        // Whoever enqueues need not keep the executor. As soon as the lock is let go, the job may run and end what does
        // keep it, so nothing of the executor is touched after that.
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

/// What a task of the actor prefers that waits often: it goes on as soon as what it waits for has come. Any other task
/// the runtime resumes on the threads of Swift concurrency first, only to bring it to the actor's executor from there.
final class LoopTaskExecutor: TaskExecutor {
    private let loop: LoopExecutor

    init(_ loop: LoopExecutor) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job), of: asUnownedTaskExecutor()) }
}
