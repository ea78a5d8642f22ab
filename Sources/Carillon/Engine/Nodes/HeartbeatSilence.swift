import CarillonTriggers

/// How long the heartbeats of a node to a store have failed, and when to say so.
struct HeartbeatSilence {
    /// What is to be said of a heartbeat that failed.
    enum News {
        /// It is the first.
        case begun
        /// They have failed for another minute, since a time of the wall clock.
        case lasting(since: Instant)
    }

    /// It is told of again after so many microseconds.
    private static let toldAgain: Int64 = 60_000_000

    /// When the last heartbeat that was answered had been sent, on the clock that only goes on. The store stamped it
    /// later, so the lease has not run out for others before it has by this.
    private var heard: Int64
    private var begun: Instant?
    private var told: Int64 = 0

    /// - Parameter monotonic: When the node begins to send them.
    init(from monotonic: Int64) { heard = monotonic }

    /// A heartbeat failed.
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

    /// A heartbeat was answered that had been sent at a time.
    ///
    /// - Returns: Whether those before had failed.
    mutating func end(sent monotonic: Int64) -> Bool {
        heard = monotonic
        defer { begun = nil }
        return begun != nil
    }

    /// Whether the node's lease has run out, as far as it can tell by its own clock.
    func hasLasted(_ lease: Int64, at monotonic: Int64) -> Bool { monotonic - heard >= lease }
}
