import CarillonTriggers

/// Occurrences of a job that follow one another, by their scheduled times.
struct OccurrenceStretch: Hashable {
    /// The scheduled time of the first one.
    let first: Instant
    /// The scheduled time of the last one.
    let last: Instant
    /// How many there are, 1 or more.
    let count: Int

    /// A single occurrence.
    init(one scheduled: Instant) {
        first = scheduled
        last = scheduled
        count = 1
    }

    /// All from one occurrence to another.
    ///
    /// The first counts even where the trigger no longer names it, because the rules of its zone have changed since.
    init(from first: Instant, through last: Instant, of trigger: Trigger) {
        self.init(first: first, last: last, count: first < last ? 1 + trigger.count(after: first, through: last) : 1)
    }

    private init(first: Instant, last: Instant, count: Int) {
        self.first = first
        self.last = last
        self.count = max(count, 1)
    }

    /// All but the last; nothing where there is only one.
    func withoutLast(of trigger: Trigger) -> OccurrenceStretch? {
        guard count > 1 else { return nil }
        let end = max(trigger.previous(before: last) ?? first, first)
        return OccurrenceStretch(first: first, last: end, count: count - 1)
    }

    /// All but the first; nothing where there is only one.
    func withoutFirst(of trigger: Trigger) -> OccurrenceStretch? {
        guard count > 1 else { return nil }
        let start = min(trigger.next(after: first) ?? last, last)
        return OccurrenceStretch(first: start, last: last, count: count - 1)
    }
}
