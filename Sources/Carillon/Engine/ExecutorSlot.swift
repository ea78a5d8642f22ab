/// An executor with what the engine knows of its load.
struct ExecutorSlot {
    let executor: any JobExecutor
    /// Whether it is being removed: nothing is taken for it any more.
    var isLeaving = false
    /// Who waits for that to be done.
    var leaveWaiters: [CheckedContinuation<Void, Never>] = []
    /// Runs that were taken for it and have not ended.
    private var outstanding = 0
    /// Runs that ended in the current and in the last stretch of time.
    private var ended: (now: Int, before: Int) = (0, 0)
    private var stretch: Int64 = 0

    /// A node takes ahead as many runs as it finished in so many microseconds.
    private static let stretchLength: Int64 = 100_000

    init(_ executor: any JobExecutor) { self.executor = executor }

    /// How many runs were taken for it and have not ended.
    var load: Int { outstanding }

    mutating func take(_ count: Int) { outstanding += count }

    mutating func end(_ count: Int, at monotonic: Int64) {
        outstanding -= count
        turn(to: monotonic)
        ended.now += count
    }

    mutating func giveBack() { outstanding -= 1 }

    /// How many runs more it has room for.
    func room(at monotonic: Int64) -> StorePass.Room {
        if isLeaving { return StorePass.Room(free: 0) }
        var turned = self
        turned.turn(to: monotonic)
        let ended = turned.ended
        let free = max(0, executor.capacity - outstanding)
        let waiting = max(0, outstanding - executor.capacity)
        return StorePass.Room(free: free, ahead: max(0, max(ended.now, ended.before) - waiting))
    }

    private mutating func turn(to monotonic: Int64) {
        let current = monotonic / Self.stretchLength
        guard current != stretch else { return }
        ended = (0, current == stretch + 1 ? ended.now : 0)
        stretch = current
    }
}
