/// Fires when several triggers do at the same instant.
final class IntersectionTrigger: TriggerKind {
    /// One or more.
    let parameters: [Trigger]
    /// Whether nothing depends on the moment the trigger is added.
    let isAnchored: Bool
    /// The trigger fires whenever one of these does. Empty if they never agree, or are not anchored.
    private let conjunctions: [Conjunction]

    convenience init(_ first: Trigger, _ others: [Trigger]) { self.init([first] + others) }

    private init(_ parts: [Trigger]) {
        parameters = parts
        isAnchored = parts.allSatisfy(\.isAnchored)
        conjunctions = isAnchored ? Conjunction.alternatives(of: parts) : []
    }

    var parts: [Trigger] { parameters }
    func with(parts: [Trigger]) -> any TriggerKind { IntersectionTrigger(parts) }

    func next(after time: Instant) -> Instant? {
        guard isAnchored else { return anchored(at: time).next(after: time) }
        if conjunctions.count == 1 { return conjunctions[0].next(after: time) }
        return conjunctions.lazy.compactMap { $0.next(after: time) }.min()
    }

    func previous(before time: Instant) -> Instant? {
        conjunctions.lazy.compactMap { $0.previous(before: time) }.max()
    }

    func count(after start: Instant, through end: Instant) -> Int {
        guard isAnchored else { return anchored(at: start).count(after: start, through: end) }
        if conjunctions.count == 1, let count = conjunctions[0].count(after: start, through: end) { return count }
        return FireTimes(trigger: Trigger(self), after: start).count(through: end)
    }

    var firing: FiringRule { .all(parameters) }

    var jitter: Int64 { parameters.map(\.kind.jitter).max() ?? 0 }

    var end: Instant? { parameters.compactMap(\.kind.end).min() }

    /// The least common multiple of the parts' periods.
    var period: Int64? {
        var common: Int64 = 1
        for part in parameters {
            guard let period = part.kind.period else { return nil }
            let divisor = PeriodicTimes.greatestCommonDivisor(common, period)
            let (product, isTooLong) = (common / divisor).multipliedReportingOverflow(by: period)
            if isTooLong { return nil }
            common = product
        }
        return common
    }
}

/// What is said of it.
extension IntersectionTrigger {
    var description: String {
        (parameters.count == 1 ? "" : "when these agree: ") + descriptions(joinedBy: "; and ")
    }

    /// One part that fires the first time only rules the second out.
    func clockChangeNote(at fireTime: Instant, by clock: Zone?) -> ClockChangeNote? {
        clockChangeNotes(ofPartsAt: fireTime, by: clock).min { $0.times < $1.times }
    }

    func skippedTimes(by change: Zone.ClockChange) -> SkippedTimes {
        let parts = parameters.map { $0.skippedTimes(by: change) }
        let meant = parts.dropFirst().reduce(parts.first?.meant ?? []) { $0.intersection($1.meant) }
        let leftOut = parts.reduce(into: Set()) { $0.formUnion($1.leftOut) }.intersection(meant)
        return SkippedTimes(meant: meant, leftOut: contains(change.instant) ? [] : leftOut)
    }
}
