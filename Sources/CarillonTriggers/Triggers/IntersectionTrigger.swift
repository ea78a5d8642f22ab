/// Fires when several triggers do at the same instant.
///
/// The triggers are walked in turn, each jumping to the first fire time that is not before the others'. Triggers that
/// can never agree would be walked to the end of time, so after a while `AgreementProof` is asked.
public struct IntersectionTrigger: Hashable, Sendable {
    private let first: Trigger
    private let others: [Trigger]
    /// The sources of fire times, with the cron triggers of one zone put together into one.
    private let merged: [Walker]
    private let isAnchored: Bool

    /// Steps after which the triggers are examined for whether they can agree at all.
    private static let stepsBeforeProof = 4096
    /// Steps after which the search is given up: several times as many as there are days in 10,000 years.
    private static let stepsAtMost = 20_000_000

    init(_ first: Trigger, _ others: [Trigger]) {
        self.first = first
        self.others = others
        let all = [first] + others
        isAnchored = all.allSatisfy(\.isAnchored)
        merged = Walker.merging(all)
    }

    /// One or more triggers.
    public var triggers: [Trigger] { [first] + others }

    func mapped(_ transform: (Trigger) -> Trigger) -> IntersectionTrigger {
        IntersectionTrigger(transform(first), others.map(transform))
    }

    func next(after time: Instant) -> Instant? {
        guard isAnchored else { return mapped { $0.anchored(at: time) }.next(after: time) }
        return agreement(from: time, towards: 1) { $0.next(after: $1) }
    }

    func previous(before time: Instant) -> Instant? {
        guard isAnchored else { return nil }
        return agreement(from: time, towards: -1) { $0.previous(before: $1) }
    }

    /// The nearest instant beyond `time` that all walkers name.
    private func agreement(
        from time: Instant,
        towards direction: Int64,
        _ step: (Walker, Instant) -> Instant?
    ) -> Instant? {
        var candidate = time
        var agreed = 0
        var position = 0
        for count in 1...Self.stepsAtMost {
            // A candidate that somebody has named counts itself.
            let from = agreed == 0 ? candidate : candidate.advanced(byMicroseconds: -direction)
            guard let named = step(merged[position], from) else { return nil }
            agreed = agreed > 0 && named == candidate ? agreed + 1 : 1
            candidate = named
            if agreed == merged.count { return candidate }
            position = position + 1 < merged.count ? position + 1 : 0
            if count == Self.stepsBeforeProof, !AgreementProof.mayAgree(merged) { return nil }
        }
        return nil
    }

    func count(after start: Instant, through end: Instant) -> Int {
        FireTimes(trigger: Trigger(.all(self)).anchored(at: start), after: start).count(through: end)
    }

    /// Whether both were made of the same parameters.
    public static func == (left: IntersectionTrigger, right: IntersectionTrigger) -> Bool {
        left.first == right.first && left.others == right.others
    }

    /// Hashes the parameters.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(others)
    }
}
