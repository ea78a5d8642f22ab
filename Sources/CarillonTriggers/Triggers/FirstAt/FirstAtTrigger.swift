/// Fires at a time that was set by hand, and after that whenever another trigger does; a trigger that fires once does so
/// at that time instead, and an interval is counted from it.
final class FirstAtTrigger: TriggerKind {
    struct Parameters: Hashable {
        /// The first fire time, as it was given.
        let first: Moment
        /// What fires after it.
        let trigger: Trigger
    }

    let parameters: Parameters
    private let first: Instant
    /// What fires after it.
    private let rest: any TriggerKind

    init(_ first: Moment, then trigger: Trigger) {
        parameters = Parameters(first: first, trigger: trigger)
        self.first = first.instant(in: trigger.zones.first ?? .utc)
        rest = (trigger.kind as? IntervalTrigger)?.starting(at: self.first) ?? trigger.kind
    }

    var parts: [Trigger] { [parameters.trigger] }

    func with(parts: [Trigger]) -> any TriggerKind {
        guard let trigger = parts.first else { return self }
        return FirstAtTrigger(parameters.first, then: trigger)
    }

    private var isOnce: Bool { rest.onlyFireTime != nil }

    func next(after time: Instant) -> Instant? {
        if time < first { return first }
        return isOnce ? nil : rest.next(after: time)
    }

    func previous(before time: Instant) -> Instant? {
        guard first < time else { return nil }
        return isOnce ? first : max(first, rest.previous(before: time) ?? first)
    }

    func count(after start: Instant, through end: Instant) -> Int {
        guard first <= end else { return 0 }
        let others = isOnce ? 0 : rest.count(after: max(start, first), through: end)
        return start < first ? others + 1 : others
    }

    var onlyFireTime: Instant? { isOnce ? first : nil }
    var fixedFirst: Instant? { first }
    var jitter: Int64 { rest.jitter }
    var end: Instant? { rest.end.map { max($0, first) } }
    var countedFrom: Instant? { rest.countedFrom }

    func isSame(asGiven given: any TriggerKind) -> Bool {
        guard let given = given as? FirstAtTrigger else { return false }
        return parameters.first == given.parameters.first
            && parameters.trigger.isSame(asGiven: given.parameters.trigger)
    }
}

/// What is said of it.
extension FirstAtTrigger {
    /// `on Saturday 1 March 2031 at 12:00, London time, then every hour`.
    var description: String { "\(beginning), then \(parameters.trigger)" }

    var summary: String { "\(beginning), then \(parameters.trigger.summary)" }

    private var beginning: String {
        let zone = parameters.trigger.zones.first ?? .utc
        return "on \(EnglishText.dateAndTime(first, in: zone)), \(zone.spokenName)"
    }
}
