import CarillonTriggers

/// How long the heartbeats of a node to a store have failed, and when to log it.
struct HeartbeatSilence {
    /// What to log about a heartbeat that failed.
    enum News {
        /// It is the first one that failed.
        case begun
        /// Heartbeats have failed for another minute, since a time on the wall clock.
        case lasting(since: Instant)
    }

    /// The time until the failure is logged again, in microseconds.
    private static let toldAgain: Int64 = 60_000_000

    /// When the last answered heartbeat was sent, on the monotonic clock. The store stamped it later, so the lease has
    /// not run out for other nodes before it has by this.
    private var heard: Int64
    private var begun: Instant?
    private var told: Int64 = 0

    /// Creates a silence that has not begun.
    ///
    /// - Parameter monotonic: When the node begins to send heartbeats.
    init(from monotonic: Int64) { heard = monotonic }

    /// Records that a heartbeat failed.
    ///
    /// - Returns: What to log; `nil` for nothing.
    mutating func fail(at monotonic: Int64, _ now: Instant) -> News? {
        guard let begun else {
            begun = now
            told = monotonic
            return .begun
        }
        guard monotonic - told >= Self.toldAgain else { return nil }
        told = monotonic
        return .lasting(since: begun)
    }

    /// Records that a heartbeat was answered.
    ///
    /// - Parameter monotonic: When it was sent.
    /// - Returns: Whether those before had failed.
    mutating func end(sent monotonic: Int64) -> Bool {
        heard = monotonic
        defer { begun = nil }
        return begun != nil
    }

    /// Whether the node's lease has run out, as far as its own clock can tell.
    func hasLasted(_ lease: Int64, at monotonic: Int64) -> Bool { monotonic - heard >= lease }
}
