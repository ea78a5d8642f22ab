import CarillonTriggers

/// The time at which history next has to be searched for entries to prune. Mostly there are none, and the search is the
/// longest thing that a memory store does.
struct PruningOutlook: Sendable {
    /// The last time at which all entries are still kept.
    private var keptThrough: Instant

    /// The outlook of an empty history.
    static let empty = PruningOutlook(keptThrough: .latest)

    /// Whether there may be something to prune at a time.
    func mayRemove(at now: Instant) -> Bool { now > keptThrough }

    /// Adds an entry of a time that is kept for a number of days.
    mutating func note(_ time: Instant, days: Int) {
        // The number of days may be out of range: a change is not validated.
        let (length, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000)
        let last: Instant = overflow ? (days > 0 ? .latest : .earliest) : time.advanced(byMicroseconds: length)
        keptThrough = min(keptThrough, last)
    }

    /// Records that a job has more runs than are kept, or that policies have changed.
    mutating func expectRemovals() { keptThrough = .earliest }
}
