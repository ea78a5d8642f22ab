extension Trigger {
    /// What whoever wrote the trigger may not expect of it, each in one sentence without a full stop: policies without
    /// effect, steps that are longer than their field or have no range, day fields of which either is enough or that no month can meet,
    /// and days that are not those of the clock.
    ///
    /// - Parameter time: Clock changes count that come within two years of it.
    public func remarks(after time: Instant) -> [String] {
        switch kind {
        case .date, .calendarInterval: []
        case .interval(let trigger): trigger.remarks(after: time)
        case .cron(let trigger): trigger.remarks
        case .any(let trigger): Self.remarks(of: trigger.triggers, after: time)
        case .all(let trigger): Self.remarks(of: trigger.triggers, after: time)
        }
    }

    /// What a clock change does to the times of day of intervals; see `IntervalTrigger`. Nothing of other triggers.
    public func drifts(at change: Zone.ClockChange) -> [String] {
        switch kind {
        case .interval, .all: drift(at: change).map { [$0] } ?? []
        case .any(let trigger): trigger.triggers.flatMap { $0.drifts(at: change) }.withoutRepetitions
        case .date, .cron, .calendarInterval: []
        }
    }

    private static func remarks(of triggers: [Trigger], after time: Instant) -> [String] {
        triggers.flatMap { $0.remarks(after: time) }.withoutRepetitions
    }
}

extension IntervalTrigger {
    fileprivate func remarks(after time: Instant) -> [String] {
        let twoYears: Int64 = 2 * 366 * 86_400 * 1_000_000
        let anchored = anchored(at: time)
        let isDue = anchored.previous(before: time.advanced(byMicroseconds: 1)) != nil
        // The change comes between two of its fire times.
        guard period % 86_400_000_000 == 0, let first = isDue ? time : anchored.next(after: time),
            let change = zone.nextClockChange(after: first),
            change.instant <= time.advanced(byMicroseconds: twoYears), anchored.next(after: change.instant) != nil
        else { return [] }
        return [
            "an interval counts elapsed time, a day as 24 hours: when clocks change (\(zone.identifier)), its time of "
                + "day moves; calendarinterval keeps the time of day"
        ]
    }
}

extension CronTrigger {
    fileprivate var remarks: [String] {
        var remarks: [String] = []
        let policies = [
            gap == .once ? nil : "gap: \(gap.rawValue)", fold == .first ? nil : "fold: \(fold.rawValue)",
        ].compactMap { $0 }
        if compiled.zoned.policy == .elapsed, !policies.isEmpty {
            remarks.append(
                "\(EnglishText.list(policies, "and")) \(policies.count == 1 ? "has" : "have") no effect: an expression "
                    + "with a star for hour, minute or second follows elapsed time"
            )
        }
        if case .crontab(let text, let weekdays) = source {
            // The source was read once when the trigger was made, so it can be read again.
            if let selection = try? source.selection(), selection.combination == .either,
                selection.days != .allDays, selection.daysOfWeek != .allWeekdays
            {
                remarks.append(
                    "day of the month and weekday are both restricted: it fires on days that meet either, as crontab(5) "
                        + "says, though systemd-cron and some libraries take days that meet both; for those use a trigger "
                        + "of the type cron"
                )
            }
            let parser = CrontabParser(weekdays: weekdays)
            for step in parser.stepsFromOneNumber(in: text) {
                remarks.append(
                    "'\(step.term)' in the field \(step.field.rawValue) means \(step.range) here; Debian's cron refuses a "
                        + "step behind a single number, and systemd-cron drops it"
                )
            }
            for step in parser.longSteps(in: text) {
                remarks.append(
                    "'\(step.term)' in the field \(step.field.rawValue) selects \(step.number) alone: its step is longer "
                        + "than what it steps through"
                )
            }
        }
        if compiled.zoned.pattern.selectsNothing {
            remarks.append("it never fires: none of its months has a day that it selects")
        }
        return remarks
    }
}

extension [String] {
    fileprivate var withoutRepetitions: [String] {
        reduce(into: []) { all, text in
            if !all.contains(text) { all.append(text) }
        }
    }
}
