/// How a job store answers: how often in a row it has failed, and when it may be asked again.
///
/// After the first failure a lane waits 0.1 s, and twice as long after each further one, up to 30 s.
package struct StoreHealth: Sendable {
    private static let firstPause: Int64 = 100_000
    private static let longestPause: Int64 = 30_000_000

    /// How often in a row the store has failed.
    package private(set) var failures = 0
    /// Nothing is asked of the store before this time of the monotonic clock.
    package private(set) var retryAt: Int64 = .min

    package init() {}

    /// Whether the last that was asked of the store failed.
    package var isFailing: Bool { failures > 0 }

    /// Whether the store may be asked for something at a time of the monotonic clock.
    package func mayAsk(at monotonic: Int64) -> Bool { monotonic >= retryAt }

    /// Notes that the store failed.
    ///
    /// - Returns: Whether it is the first failure in a row.
    package mutating func fail(at monotonic: Int64) -> Bool {
        failures += 1
        let doublings = min(failures - 1, 9)
        retryAt = monotonic + min(Self.longestPause, Self.firstPause << doublings)
        return failures == 1
    }

    /// Notes that the store answered.
    ///
    /// - Returns: Whether it had failed before.
    package mutating func answer() -> Bool {
        guard isFailing else { return false }
        self = StoreHealth()
        return true
    }

    /// Lets the store be asked again at once.
    package mutating func retryAtOnce() { retryAt = .min }
}
