extension Trigger {
    /// Which fire times a clock change leaves out, in one sentence without a full stop; `nil` if it leaves out none. Parts
    /// that follow the clock of another zone do not count.
    ///
    /// Expressions with a star for hour, minute or second follow elapsed time and leave out what the clock skips, and so
    /// does `gap: skip`. If the trigger depends on the moment it is added, fix that first with `anchored(at:)`.
    public func timesLeftOut(by change: Zone.ClockChange) -> String? {
        let times = skippedTimes(by: change).leftOut.sorted()
        guard !times.isEmpty else { return nil }
        let are = times.count == 1 ? "does not exist on this day and is" : "do not exist on this day and are"
        return "\(EnglishText.list(EnglishText.firstTimes(times), "and")) \(are) left out\(reasonOfLeavingOut)"
    }

    private var reasonOfLeavingOut: String {
        switch kind.wallTimes?.policy {
        case .elapsed: ", since the expression follows elapsed time"
        case .wallClock: " (gap: skip)"
        case nil: ""
        }
    }

    func skippedTimes(by change: Zone.ClockChange) -> SkippedTimes {
        if let zone = kind.zone, zone != change.zone { return SkippedTimes() }
        return kind.skippedTimes(by: change)
    }
}

extension TriggerKind {
    func skippedTimes(by change: Zone.ClockChange) -> SkippedTimes {
        wallTimes?.skippedTimes(at: change.instant.flooredSeconds) ?? SkippedTimes()
    }
}
