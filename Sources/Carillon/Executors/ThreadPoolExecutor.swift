/// Runs tasks on a bounded number of threads: those that block directly, those that suspend as Swift tasks whose parts
/// run on the same threads. A run that suspends keeps its place among the `capacity`, but no thread.
public final class ThreadPoolExecutor: JobExecutor {
    private struct State {
        var works: FirstInFirstOut<RunWork> = FirstInFirstOut()
        /// Parts of suspending tasks that can go on.
        var parts: FirstInFirstOut<UnownedJob> = FirstInFirstOut()
        var atWork = 0
        var threads = 0
        /// Threads that are at an errand.
        var busy = 0
        var isShutDown = false
    }

    private enum Errand {
        case work(RunWork)
        case part(UnownedJob)
        case leave
    }

    /// The most runs at work at the same time.
    public let capacity: Int
    private let name: String
    private let state = Monitor(State())

    /// A pool that starts its threads when there is work for them.
    ///
    /// - Parameters:
    ///   - maxWorkers: The most threads, and the most runs at work at the same time; 1 at the least.
    ///   - name: What the threads are called in debuggers.
    public init(maxWorkers: Int = 10, name: String = "carillon-pool") {
        capacity = max(maxWorkers, 1)
        self.name = name
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async {
        let wanted = state.withLock { state in
            state.works.append(contentsOf: works)
            state.isShutDown = false
            return wantedThreads(&state)
        }
        bring(wanted)
    }

    /// How many threads to wake, and how many to start, which count as started.
    private func wantedThreads(_ state: inout State) -> (waking: Int, starting: Int) {
        let useful = state.parts.count + min(state.works.count, capacity - state.atWork)
        let idle = state.threads - state.busy
        let starting = max(0, min(useful - idle, capacity - state.threads))
        state.threads += starting
        return (min(useful, idle), starting)
    }

    private func bring(_ wanted: (waking: Int, starting: Int)) {
        for _ in 0..<wanted.waking { state.signal() }
        for _ in 0..<wanted.starting { NamedThread.start(name) { self.runErrands() } }
    }

    private func runErrands() {
        var isBusy = false
        var hasPlace = false
        while true {
            let errand = state.wait { state in
                if isBusy { state.busy -= 1 }
                if hasPlace { state.atWork -= 1 }
                (isBusy, hasPlace) = (false, false)
                return nextErrand(&state)
            }
            isBusy = true
            switch errand {
            case .work(let work) where work.isBlocking:
                work.performBlocking()
                hasPlace = true
            case .work(let work): start(work)
            case .part(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .leave:
                // The others leave as well.
                return state.broadcast()
            }
        }
    }

    private func nextErrand(_ state: inout State) -> Errand? {
        if let part = state.parts.popFirst() {
            state.busy += 1
            return .part(part)
        }
        if state.atWork < capacity, let work = state.works.popFirst() {
            state.atWork += 1
            state.busy += 1
            return .work(work)
        }
        guard state.isShutDown, state.works.isEmpty, state.atWork == 0 else { return nil }
        state.threads -= 1
        return .leave
    }

    private func start(_ work: RunWork) {
        let task = Task(executorPreference: self) {
            await work.perform()
            self.leavePlace()
        }
        work.onCancel { task.cancel() }
    }

    /// A run that suspended has ended. The thread that says so looks for the next one itself.
    private func leavePlace() {
        let isEnd = state.withLock { state in
            state.atWork -= 1
            return state.isShutDown && state.atWork == 0 && state.works.isEmpty
        }
        if isEnd { state.broadcast() }
    }

    /// See `JobExecutor`.
    public func shutdown() {
        state.withLock { $0.isShutDown = true }
        state.broadcast()
    }
}

extension ThreadPoolExecutor: TaskExecutor {
    /// Runs a part of a task that suspends; see `TaskExecutor`.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Whoever enqueues need not keep the pool. As soon as the lock is let go, the part may run and end what does keep
        // it, so nothing of the pool is touched after that.
        state.withLock { state in
            state.parts.append(job)
            bring(wantedThreads(&state))
        }
    }
}
