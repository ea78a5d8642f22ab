/// Fires when several triggers do at the same instant.
///
/// The triggers are walked in turn, each jumping to the first fire time that is not before the others'. Triggers that
/// can never agree would be walked to the end of time, so every now and then `FruitlessStretches` is asked how far
/// there is nothing to find.
public struct IntersectionTrigger: Hashable, Sendable {
    private let first: Trigger
    private let others: [Trigger]
    /// Whether nothing depends on the moment the trigger is added.
    private let isAnchored: Bool
    /// The sources of fire times; nothing where they never agree, or are not anchored.
    let walkers: [Walker]?
    private let found = FoundAgreements()

    /// Steps after which it is asked how far there is nothing to find.
    private static let stepsBetweenQuestions = 4096
    /// Steps after which the search is given up; some seconds of time at the most.
    private static let stepsAtMost = 2_000_000

    init(_ first: Trigger, _ others: [Trigger]) {
        self.first = first
        self.others = others
        let all = [first] + others
        isAnchored = all.allSatisfy(\.isAnchored)
        walkers = isAnchored ? Walker.merging(all) : nil
    }

    /// One or more triggers.
    public var triggers: [Trigger] { [first] + others }

    func mapped(_ transform: (Trigger) -> Trigger) -> IntersectionTrigger {
        IntersectionTrigger(transform(first), others.map(transform))
    }

    func next(after time: Instant) -> Instant? {
        guard isAnchored else { return mapped { $0.anchored(at: time) }.next(after: time) }
        guard let walkers else { return nil }
        if walkers.count == 1 { return walkers[0].next(after: time) }
        if let known = found.next(after: time) { return known.instant }
        let next = agreement(beyond: time, towards: .later) { $0.next(after: $1) }
        found.remember(next: next, after: time)
        return next
    }

    func previous(before time: Instant) -> Instant? {
        guard let walkers else { return nil }
        if walkers.count == 1 { return walkers[0].previous(before: time) }
        if let known = found.previous(before: time) { return known.instant }
        let previous = agreement(beyond: time, towards: .earlier) { $0.previous(before: $1) }
        found.remember(previous: previous, before: time)
        return previous
    }

    func count(after start: Instant, through end: Instant) -> Int {
        guard isAnchored else { return mapped { $0.anchored(at: start) }.count(after: start, through: end) }
        if let walkers, walkers.count == 1 { return walkers[0].count(after: start, through: end) }
        return FireTimes(trigger: Trigger(.all(self)), after: start).count(through: end)
    }

    /// The nearest instant beyond `time` that all walkers name.
    private func agreement(
        beyond time: Instant,
        towards direction: FruitlessStretches.Direction,
        _ step: (Walker, Instant) -> Instant?
    ) -> Instant? {
        guard let walkers else { return nil }
        var stretches: FruitlessStretches?
        var stretchEnd: Instant?
        var candidate = time
        var agreed = 0
        var position = 0
        for count in 1...Self.stepsAtMost {
            // A candidate that somebody has named counts itself.
            let from = agreed == 0 ? candidate : candidate.advanced(byMicroseconds: -direction.rawValue)
            guard let named = step(walkers[position], from) else { return nil }
            agreed = agreed > 0 && named == candidate ? agreed + 1 : 1
            candidate = named
            if agreed == walkers.count { return candidate }
            position = position + 1 < walkers.count ? position + 1 : 0
            let isBeyond = stretchEnd.map { direction == .later ? candidate >= $0 : candidate < $0 } ?? false
            guard isBeyond || count % Self.stepsBetweenQuestions == 0 else { continue }
            let settled = candidate.advanced(byMicroseconds: -direction.rawValue)
            if stretches == nil { stretches = FruitlessStretches(walkers) }
            switch stretches?.skip(from: settled, towards: direction) {
            case .agreement(let instant): return instant
            case .searchBeyond(let time, let end):
                stretchEnd = end
                if time == settled { continue }
                candidate = time
                agreed = 0
            case .endOfTime, nil: return nil
            }
        }
        return nil
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
