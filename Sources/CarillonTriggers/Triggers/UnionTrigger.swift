/// Fires whenever one of several triggers does.
public struct UnionTrigger: Hashable, Sendable {
    private let first: Trigger
    private let others: [Trigger]

    init(_ first: Trigger, _ others: [Trigger]) {
        self.first = first
        self.others = others
    }

    /// One or more triggers.
    public var triggers: [Trigger] { [first] + others }

    func mapped(_ transform: (Trigger) -> Trigger) -> UnionTrigger {
        UnionTrigger(transform(first), others.map(transform))
    }

    func next(after time: Instant) -> Instant? {
        var earliest = first.next(after: time)
        for trigger in others {
            if let next = trigger.next(after: time), next < earliest ?? .latest { earliest = next }
        }
        return earliest
    }

    func previous(before time: Instant) -> Instant? {
        var latest = first.previous(before: time)
        for trigger in others {
            if let previous = trigger.previous(before: time), previous > latest ?? .earliest { latest = previous }
        }
        return latest
    }

    func count(after start: Instant, through end: Instant) -> Int {
        FireTimes(trigger: Trigger(.any(self)).anchored(at: start), after: start).count(through: end)
    }
}

extension FireTimes {
    /// How many are left up to a time, that time included.
    func count(through end: Instant) -> Int {
        var rest = self
        var total = 0
        while let time = rest.next(), time <= end { total += 1 }
        return total
    }
}
