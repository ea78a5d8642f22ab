/// An executor with what the engine knows of its load.
struct ExecutorSlot {
    let executor: any JobExecutor
    /// How many runs it has, counted once for all job stores.
    let load: ExecutorLoad
    /// Whether it is being removed: nothing is taken for it any more.
    var isLeaving = false
    /// Who waits for that to be done.
    var leaveWaiters: [CheckedContinuation<Void, Never>] = []

    init(_ executor: any JobExecutor) {
        self.executor = executor
        load = ExecutorLoad(capacity: executor.capacity)
    }

    /// How many runs more it has room for.
    func room(at monotonic: Int64) -> StorePass.Room {
        isLeaving ? StorePass.Room(free: 0) : load.room(at: monotonic)
    }
}
