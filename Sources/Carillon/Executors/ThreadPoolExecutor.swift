import Dispatch

/// An executor that runs tasks on a bounded number of threads.
///
/// Tasks that block run on them directly; tasks that suspend run as Swift tasks whose parts run on the same threads. A
/// run that suspends counts towards the `capacity` but holds no thread.
public final class ThreadPoolExecutor: JobExecutor {
    private struct State {
        var works = WaitingWorks<RunWork>()
        /// Parts of suspending tasks that can be resumed.
        var parts: FirstInFirstOut<UnownedJob> = FirstInFirstOut()
        /// What another executor has performed here.
        var bodies: FirstInFirstOut<@Sendable () -> Void> = FirstInFirstOut()
        var atWork = 0
        var threads = 0
        /// Threads that were started and are not running yet.
        var coming = 0
        /// Threads that wait, and how many of them were woken.
        var waiting = 0
        var woken = 0
        var isShutDown = false
    }

    private enum Help {
        case none
        case waking
        case starting
    }

    private enum Errand {
        case work(RunWork)
        case part(UnownedJob)
        case body(@Sendable () -> Void)
        /// There is no work for so many threads.
        case leave
        /// The pool is shut down, and everything has been performed.
        case leaveAll
    }

    /// The most runs at work at the same time.
    public let capacity: Int
    private let name: String
    /// The size of the threads' stacks; `nil` for the system's default.
    private let stackBytes: Int?
    /// The most threads that wait for work; those beyond it end.
    private let idleLimit: Int
    private let create: NamedThread.Creation
    private let state = Monitor(State())

    /// Creates a pool that starts its threads when there is work for them.
    ///
    /// - Parameters:
    ///   - maxWorkers: The most threads, and the most runs at work at the same time, at least 1.
    ///   - name: The name of the threads in debuggers.
    public convenience init(maxWorkers: Int = 10, name: String = "carillon-pool") {
        self.init(maxWorkers: maxWorkers, name: name, stackBytes: nil, idleLimit: .max)
    }

    /// Creates a pool whose threads have small stacks or do not all stay.
    init(
        maxWorkers: Int, name: String, stackBytes: Int?, idleLimit: Int,
        creating create: @escaping NamedThread.Creation = NamedThread.create
    ) {
        capacity = max(maxWorkers, 1)
        self.name = name
        self.stackBytes = stackBytes
        self.idleLimit = idleLimit
        self.create = create
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async {
        bring(
            state.withLock { state in
                for work in works { state.works.append(work, priority: work.priority) }
                state.isShutDown = false
                return wantedHelp(&state)
            }
        )
    }

    /// Decides whether another thread is of use.
    ///
    /// One thread is brought in at a time, and brings in the next one once it has work: if runs are short, a few
    /// threads perform them all, and handing runs over wakes at most one thread.
    private func wantedHelp(_ state: inout State) -> Help {
        let hasRoom = !state.works.isEmpty && state.atWork < capacity
        let isUseful = hasRoom || !state.parts.isEmpty || !state.bodies.isEmpty
        guard isUseful, state.woken == 0 else { return .none }
        if state.waiting > 0 {
            state.woken += 1
            return .waking
        }
        guard state.coming == 0, state.threads < capacity else { return .none }
        state.threads += 1
        state.coming += 1
        return .starting
    }

    private func bring(_ help: Help) {
        switch help {
        case .none: break
        case .waking: state.signal()
        case .starting: NamedThread.start(name, stackBytes: stackBytes, creating: create) { self.runErrands() }
        }
    }

    private func runErrands() {
        var isNew = true
        var isWaiting = false
        var hasPlace = false
        while true {
            let (errand, help) = state.wait { state -> (Errand, Help)? in
                if isNew { state.coming -= 1 }
                if isWaiting {
                    state.waiting -= 1
                    state.woken = max(state.woken - 1, 0)
                }
                if hasPlace { state.atWork -= 1 }
                (isNew, isWaiting, hasPlace) = (false, false, false)
                if let errand = nextErrand(&state) { return (errand, wantedHelp(&state)) }
                state.waiting += 1
                isWaiting = true
                return nil
            }
            bring(help)
            switch errand {
            case .work(let work) where work.isBlocking:
                perform(work)
                hasPlace = true
            case .work(let work): start(work)
            case .part(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .body(let body): body()
            case .leave: return
            case .leaveAll: return state.broadcast()
            }
        }
    }

    private func nextErrand(_ state: inout State) -> Errand? {
        if let part = state.parts.popFirst() { return .part(part) }
        if let body = state.bodies.popFirst() { return .body(body) }
        if state.atWork < capacity, let work = state.works.popFirst() {
            state.atWork += 1
            return .work(work)
        }
        let isEnd = state.isShutDown && state.works.isEmpty && state.atWork == 0
        guard isEnd || state.waiting >= idleLimit else { return nil }
        state.threads -= 1
        return isEnd ? .leaveAll : .leave
    }

    /// Whether a run could overflow the stacks of the pool.
    private func needsMoreStack(_ work: RunWork) -> Bool { stackBytes != nil && work.hasDeepArguments }

    private func perform(_ work: RunWork) {
        guard needsMoreStack(work) else { return work.performBlocking() }
        let ended = DispatchSemaphore(value: 0)
        NamedThread.start(name, creating: create) {
            work.performBlocking()
            ended.signal()
        }
        ended.wait()
    }

    private func start(_ work: RunWork) {
        let preference: (any TaskExecutor)? = needsMoreStack(work) ? nil : self
        let task = Task(executorPreference: preference, priority: .medium) {
            await work.perform()
            self.leavePlace()
        }
        work.onCancel { task.cancel() }
    }

    /// Records that a run that suspended has ended. The current thread takes the next one itself.
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

extension ThreadPoolExecutor: BlockingThreads {
    package func perform(_ body: @escaping @Sendable () -> Void) {
        bring(
            state.withLock { state in
                state.bodies.append(body)
                state.isShutDown = false
                return wantedHelp(&state)
            }
        )
    }

    package func end() { shutdown() }
}

extension ThreadPoolExecutor: TaskExecutor {
    /// Runs a part of a task that suspends; see `TaskExecutor`.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The caller need not keep the pool alive. Once the lock is released, the part may run and end what does, so
        // nothing of the pool is touched after that.
        state.withLock { state in
            state.parts.append(job)
            bring(wantedHelp(&state))
        }
    }
}
