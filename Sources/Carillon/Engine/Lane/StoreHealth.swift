/// How a job store is doing: how often in a row it has failed, and when it may be called again.
///
/// After the first failure a lane waits 0.1 s, and twice as long after each further one, up to 30 s.
package struct StoreHealth: Sendable {
    private static let firstPause: Int64 = 100_000
    private static let longestPause: Int64 = 30_000_000

    /// How many calls in a row have failed.
    package private(set) var failures = 0
    /// The time on the monotonic clock before which the store is not called.
    package private(set) var retryAt: Int64 = .min

    package init() {}

    /// Whether the last call of the store failed.
    package var isFailing: Bool { failures > 0 }

    /// Whether the store may be called at a time on the monotonic clock.
    package func mayAsk(at monotonic: Int64) -> Bool { monotonic >= retryAt }

    /// Records that the store failed.
    ///
    /// - Returns: Whether it is the first failure in a row.
    package mutating func fail(at monotonic: Int64) -> Bool {
        failures += 1
        let doublings = min(failures - 1, 9)
        retryAt = monotonic + min(Self.longestPause, Self.firstPause << doublings)
        return failures == 1
    }

    /// Records that the store answered.
    ///
    /// - Returns: Whether it had failed before.
    package mutating func answer() -> Bool {
        guard isFailing else { return false }
        self = StoreHealth()
        return true
    }

    /// Lets the store be called again at once.
    package mutating func retryAtOnce() { retryAt = .min }
}
