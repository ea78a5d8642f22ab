/// Fires when several triggers do at the same instant.
public struct IntersectionTrigger: Hashable, Sendable {
    private let first: Trigger
    private let others: [Trigger]
    /// Whether nothing depends on the moment the trigger is added.
    private let isAnchored: Bool
    /// The trigger fires whenever one of these does. Empty where they never agree, or are not anchored.
    private let conjunctions: [Conjunction]

    init(_ first: Trigger, _ others: [Trigger]) {
        self.first = first
        self.others = others
        let all = [first] + others
        isAnchored = all.allSatisfy(\.isAnchored)
        conjunctions = isAnchored ? Conjunction.alternatives(of: all) : []
    }

    /// One or more triggers.
    public var triggers: [Trigger] { [first] + others }

    func mapped(_ transform: (Trigger) -> Trigger) -> IntersectionTrigger {
        IntersectionTrigger(transform(first), others.map(transform))
    }

    func next(after time: Instant) -> Instant? {
        guard isAnchored else { return mapped { $0.anchored(at: time) }.next(after: time) }
        return conjunctions.lazy.compactMap { $0.next(after: time) }.min()
    }

    func previous(before time: Instant) -> Instant? {
        conjunctions.lazy.compactMap { $0.previous(before: time) }.max()
    }

    func count(after start: Instant, through end: Instant) -> Int {
        guard isAnchored else { return mapped { $0.anchored(at: start) }.count(after: start, through: end) }
        if conjunctions.count == 1, let count = conjunctions[0].count(after: start, through: end) { return count }
        return FireTimes(trigger: Trigger(.all(self)), after: start).count(through: end)
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
