import CarillonTriggers

/// Consecutive occurrences of a job, by their scheduled times.
struct OccurrenceStretch: Hashable {
    /// The scheduled time of the first occurrence.
    let first: Instant
    /// The scheduled time of the last occurrence.
    let last: Instant
    /// The number of occurrences, 1 or more.
    let count: Int

    /// Creates a stretch of a single occurrence.
    init(one scheduled: Instant) {
        first = scheduled
        last = scheduled
        count = 1
    }

    /// Creates a stretch from one occurrence to another.
    ///
    /// The first counts even if it is no longer one of the trigger's times, because the rules of its zone have changed.
    init(from first: Instant, through last: Instant, of trigger: Trigger) {
        self.init(first: first, last: last, count: first < last ? 1 + trigger.count(after: first, through: last) : 1)
    }

    private init(first: Instant, last: Instant, count: Int) {
        self.first = first
        self.last = last
        self.count = max(count, 1)
    }

    /// Returns the stretch without its last occurrence; `nil` if there is only one.
    func withoutLast(of trigger: Trigger) -> OccurrenceStretch? {
        guard count > 1 else { return nil }
        let end = max(trigger.previous(before: last) ?? first, first)
        return OccurrenceStretch(first: first, last: end, count: count - 1)
    }

    /// Returns the stretch without its first occurrence; `nil` if there is only one.
    func withoutFirst(of trigger: Trigger) -> OccurrenceStretch? {
        guard count > 1 else { return nil }
        let start = min(trigger.next(after: first) ?? last, last)
        return OccurrenceStretch(first: start, last: last, count: count - 1)
    }
}
