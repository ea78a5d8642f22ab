import CarillonTriggers

/// When history next has to be looked through for what is kept no longer. Mostly nothing is, and looking through all of it
/// is the longest that a memory store does.
struct PruningOutlook: Sendable {
    /// Until then, and then still, everything is kept that is there.
    private var keptThrough: Instant

    /// Of a history without anything.
    static let empty = PruningOutlook(keptThrough: .latest)

    /// Whether there may be something to remove at a time.
    func mayRemove(at now: Instant) -> Bool { now > keptThrough }

    /// Takes note of something of a time that is kept for so many days.
    mutating func note(_ time: Instant, days: Int) {
        // More days than a policy may have come by a change that nobody has validated.
        let (length, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000)
        let last: Instant = overflow ? (days > 0 ? .latest : .earliest) : time.advanced(byMicroseconds: length)
        keptThrough = min(keptThrough, last)
    }

    /// Takes note that a job has more runs than are kept, or that other policies hold.
    mutating func expectRemovals() { keptThrough = .earliest }
}
