extension Trigger {
    /// What the trigger does that one may not expect of it, each in one sentence without a full stop: policies without
    /// effect, steps that are longer than their field or have no range, day fields of which either is enough or that no
    /// month can meet, and days that are not those of the clock.
    ///
    /// - Parameter time: Clock changes count that come within two years of it.
    public func remarks(after time: Instant) -> [String] { kind.remarks(after: time) }

    /// Those of the remarks that follow from the wording alone, and so are true whenever the trigger is added.
    package var remarksOnWording: [String] { kind.remarksOnWording }

    /// What a clock change does to the times of day of intervals, each in one sentence without a full stop; see
    /// `IntervalTrigger`. None for other triggers.
    public func drifts(at change: Zone.ClockChange) -> [String] { kind.drifts(at: change) }
}

extension TriggerKind {
    var remarksOnWording: [String] { parts.flatMap(\.remarksOnWording).withoutRepetitions }

    func remarks(after time: Instant) -> [String] {
        parts.isEmpty ? remarksOnWording : parts.flatMap { $0.remarks(after: time) }.withoutRepetitions
    }

    func drifts(at change: Zone.ClockChange) -> [String] { drift(at: change).map { [$0] } ?? [] }

    /// What a clock change does to the times of day of a trigger with a period, if it fires at the same times every day,
    /// or on every so many days at the same one; `nil` if they stay as they are.
    private func drift(at change: Zone.ClockChange) -> String? {
        guard zones.contains(change.zone), let period else { return nil }
        let seconds = abs(change.offsetAfter - change.offsetBefore)
        let (day, size) = (86_400_000_000 as Int64, Int64(seconds) * 1_000_000)
        guard day % period == 0 || period % day == 0, size % period != 0 else { return nil }
        guard next(after: change.instant) != nil, previous(before: change.instant) != nil else { return nil }
        let isLater = change.offsetAfter > change.offsetBefore
        let distance =
            period > size ? "\(EnglishText.duration(seconds)) \(isLater ? "later" : "earlier")" : "at other times"
        return "keeps to elapsed time: from then on it fires \(distance) by the clock"
    }
}

extension [String] {
    var withoutRepetitions: [String] {
        reduce(into: []) { all, text in
            if !all.contains(text) { all.append(text) }
        }
    }
}
