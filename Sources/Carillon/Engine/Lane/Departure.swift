/// The removal of a store from a scheduler that goes on.
struct Departure {
    /// Whether the store is being removed: nothing of it is fired or taken any more.
    private(set) var isUnderWay = false
    /// What limits how long that takes.
    private var limit: Task<Void, Never>?
    /// Who waits for it.
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Begins it.
    ///
    /// - Parameter limit: What ends it when it takes too long.
    mutating func begin(_ limit: Task<Void, Never>?) {
        isUnderWay = true
        self.limit = limit
    }

    /// Adds somebody who waits for its end.
    mutating func wait(_ waiter: CheckedContinuation<Void, Never>) { waiters.append(waiter) }

    /// Ends it, and resumes those who wait.
    mutating func finish() {
        limit?.cancel()
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
