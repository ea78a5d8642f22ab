/// The removal of a store from a running scheduler.
struct Departure {
    /// Whether the store is being removed: nothing is fired or taken from it any more.
    private(set) var isUnderWay = false
    /// The task that enforces the deadline.
    private var limit: Task<Void, Never>?
    /// The callers that wait for the removal.
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Begins the removal.
    ///
    /// - Parameter limit: The task that ends the removal if it takes too long.
    mutating func begin(_ limit: Task<Void, Never>?) {
        isUnderWay = true
        self.limit = limit
    }

    /// Adds a caller that waits for the end of the removal.
    mutating func wait(_ waiter: CheckedContinuation<Void, Never>) { waiters.append(waiter) }

    /// Ends the removal, and resumes the callers that wait.
    mutating func finish() {
        limit?.cancel()
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
