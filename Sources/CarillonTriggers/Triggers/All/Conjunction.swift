/// The instants that several sources of fire times have in common.
///
/// The sources are walked in turn, each jumping to the first fire time that is not before the others'. Those that can
/// never agree would be walked to the end of time, so every now and then `FruitlessStretches` is asked how far the search
/// can skip ahead.
struct Conjunction: Sendable {
    let walkers: [Walker]
    private let isKnown: Bool
    private let found = FoundAgreements()

    /// Steps after which `FruitlessStretches` is asked again.
    private static let stepsBetweenQuestions = 4096
    /// Steps after which the search is given up: several times as many as there are days in 10,000 years.
    private static let stepsAtMost = 20_000_000
    /// The same if something takes part of which nothing is known: all there is to do then is to walk.
    private static let unknownStepsAtMost = 250_000
    /// More alternatives than this are not told apart.
    private static let alternativesAtMost = 64

    /// Conjunctions without disjunctions in them, by the law of distribution: what anchored triggers have in common is
    /// what any of these fires at. So a part that makes agreement possible does not hide that others exclude it.
    static func alternatives(of triggers: [Trigger]) -> [Conjunction] {
        choices(of: triggers).compactMap { Walker.merging($0).map { Conjunction(walkers: $0) } }
    }

    private init(walkers: [Walker]) {
        self.walkers = walkers
        isKnown = walkers.allSatisfy {
            if case .other(let trigger) = $0 { trigger.kind.firing.isKnown } else { true }
        }
    }

    private static func choices(of triggers: [Trigger]) -> [[Trigger]] {
        var choices: [[Trigger]] = [[]]
        for trigger in triggers {
            var parts = [[trigger]]
            switch trigger.kind.firing {
            case .any(let triggers): parts = triggers.flatMap { Self.choices(of: [$0]) }
            case .all(let triggers): parts = Self.choices(of: triggers)
            case .once, .periodic, .cron, .oncePerDay, .unknown: break
            }
            if choices.count * parts.count > alternativesAtMost { parts = [[trigger]] }
            choices = choices.flatMap { choice in parts.map { choice + $0 } }
        }
        return choices
    }

    func next(after time: Instant) -> Instant? {
        if let known = found.next(after: time) { return known.instant }
        let next = agreement(beyond: time, towards: .later) { $0.next(after: $1) }
        found.remember(next: next, after: time)
        return next
    }

    func previous(before time: Instant) -> Instant? {
        if let known = found.previous(before: time) { return known.instant }
        let previous = agreement(beyond: time, towards: .earlier) { $0.previous(before: $1) }
        found.remember(previous: previous, before: time)
        return previous
    }

    /// How many fire times lie in a range; `nil` if that takes walking.
    func count(after start: Instant, through end: Instant) -> Int? {
        walkers.count == 1 ? walkers[0].count(after: start, through: end) : nil
    }

    /// The nearest instant beyond `time` that all walkers name.
    private func agreement(
        beyond time: Instant,
        towards direction: FruitlessStretches.Direction,
        _ step: (Walker, Instant) -> Instant?
    ) -> Instant? {
        var stretches: FruitlessStretches?
        var stretchEnd: Instant?
        var candidate = time
        var agreed = 0
        var position = 0
        for count in 1...(isKnown ? Self.stepsAtMost : Self.unknownStepsAtMost) {
            // A candidate that a walker has named counts itself.
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
}
