/// Fires whenever one of several triggers does; if several do at once, once.
final class UnionTrigger: TriggerKind {
    /// One or more.
    let parameters: [Trigger]

    init(_ first: Trigger, _ others: [Trigger]) { parameters = [first] + others }

    private init(_ parts: [Trigger]) { parameters = parts }

    var parts: [Trigger] { parameters }
    func with(parts: [Trigger]) -> any TriggerKind { UnionTrigger(parts) }

    func next(after time: Instant) -> Instant? {
        var earliest: Instant?
        for trigger in parameters {
            if let next = trigger.kind.next(after: time), earliest.map({ next < $0 }) ?? true { earliest = next }
        }
        return earliest
    }

    func previous(before time: Instant) -> Instant? {
        var latest: Instant?
        for trigger in parameters {
            if let previous = trigger.kind.previous(before: time), latest.map({ previous > $0 }) ?? true {
                latest = previous
            }
        }
        return latest
    }

    func count(after start: Instant, through end: Instant) -> Int {
        FireTimes(trigger: Trigger(self).anchored(at: start), after: start).count(through: end)
    }

    var firing: FiringRule { .any(parameters) }

    var jitter: Int64 { parameters.map(\.kind.jitter).max() ?? 0 }

    var end: Instant? {
        let ends = parameters.compactMap(\.kind.end)
        return ends.count == parameters.count ? ends.max() : nil
    }
}

/// What is said of it.
extension UnionTrigger {
    var description: String { descriptions(joinedBy: "; or ") }

    func drifts(at change: Zone.ClockChange) -> [String] {
        parameters.flatMap { $0.drifts(at: change) }.withoutRepetitions
    }

    /// One part that fires both times is enough for both.
    func clockChangeNote(at fireTime: Instant, by clock: Zone?) -> ClockChangeNote? {
        clockChangeNotes(ofPartsAt: fireTime, by: clock).max { $0.times < $1.times }
    }

    /// What one part leaves out another may make up for.
    func skippedTimes(by change: Zone.ClockChange) -> SkippedTimes {
        let parts = parameters.map { $0.skippedTimes(by: change) }
        var all = parts.reduce(into: SkippedTimes()) { all, part in
            all.meant.formUnion(part.meant)
            all.leftOut.formUnion(part.leftOut)
        }
        for part in parts { all.leftOut.subtract(part.meant.subtracting(part.leftOut)) }
        return all
    }
}
