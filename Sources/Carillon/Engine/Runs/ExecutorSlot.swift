/// An executor and its load.
struct ExecutorSlot {
    let executor: any JobExecutor
    /// Its runs, counted once for all job stores.
    let load: ExecutorLoad
    /// Whether the executor is being removed: no runs are taken for it any more.
    var isLeaving = false
    /// The callers that wait for its removal.
    var leaveWaiters: [CheckedContinuation<Void, Never>] = []

    init(_ executor: any JobExecutor) {
        self.executor = executor
        load = ExecutorLoad(capacity: executor.capacity)
    }

    /// Returns how many more runs the executor has room for.
    func room(at monotonic: Int64) -> StorePass.Room {
        isLeaving ? StorePass.Room(free: 0) : load.room(at: monotonic)
    }
}
