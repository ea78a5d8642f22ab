/// An executor and its load.
struct ExecutorSlot {
    let executor: any JobExecutor
    /// Its runs, counted once for all job stores.
    let load: ExecutorLoad
    /// How long a run may take to begin if the executor has a free place for it, in microseconds.
    let startLimit: Int64
    /// The runs that it did not begin in time.
    var unstarted = UnstartedRuns()
    /// Whether the executor is being removed: no runs are taken for it any more.
    var isLeaving = false
    /// The callers that wait for its removal.
    var leaveWaiters: [CheckedContinuation<Void, Never>] = []

    init(_ executor: any JobExecutor) {
        self.executor = executor
        load = ExecutorLoad(capacity: executor.capacity)
        let longest = JobPolicies.longestSeconds * 1_000_000
        startLimit = min(max(executor.startLimit.wholeMicroseconds, Engine.unstartedLimit), longest)
    }

    /// Returns how many more runs the executor has room for.
    func room(at monotonic: Int64) -> StorePass.Room {
        isLeaving ? StorePass.Room(free: 0) : load.room(at: monotonic)
    }
}
