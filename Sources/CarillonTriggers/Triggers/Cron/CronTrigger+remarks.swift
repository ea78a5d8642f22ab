extension CronTrigger {
    var remarksOnWording: [String] {
        var remarks: [String] = []
        let (gap, fold) = (parameters.gap, parameters.fold)
        let policies = [
            gap == .once ? nil : "gap: \(gap.rawValue)", fold == .first ? nil : "fold: \(fold.rawValue)",
        ].compactMap { $0 }
        if compiled.zoned.policy == .elapsed, !policies.isEmpty {
            remarks.append(
                "\(EnglishText.list(policies, "and")) \(policies.count == 1 ? "has" : "have") no effect: an expression "
                    + "with a star for hour, minute or second follows elapsed time"
            )
        }
        if case .crontab(let text, let weekdays) = parameters.source {
            // The source was read once when the trigger was made, so it can be read again.
            if let selection = try? parameters.source.selection(), selection.combination == .either,
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
