/// Triggers keep the rules of their zones as they were when they were made.
extension Trigger {
    /// Whether it goes by the newest rules known of its zones.
    package var isCurrent: Bool { ZoneRules.replacements == 0 || zones.allSatisfy(\.rules.areLatest) }

    /// The same trigger by the newest rules known of its zones. The two are equal: equal triggers are given in the same
    /// words.
    package var current: Trigger { isCurrent ? self : renewed }

    private var renewed: Trigger {
        switch kind {
        case .date(let trigger): Trigger(.date(trigger.renewed()))
        case .interval(let trigger): Trigger(.interval(trigger.renewed()))
        case .cron(let trigger): Trigger(.cron(trigger.renewed()))
        case .calendarInterval(let trigger): Trigger(.calendarInterval(trigger.renewed()))
        case .any(let trigger): Trigger(.any(trigger.mapped(\.renewed)))
        case .all(let trigger): Trigger(.all(trigger.mapped(\.renewed)))
        }
    }
}
