import CarillonTriggers
import Testing

/// A trigger from its JSON form; parts without a zone get the given one.
func trigger(_ json: String, in zone: String = "UTC") throws -> Trigger {
    try Trigger(json: JSONReader.value(of: Array(json.utf8))).resolved(defaultZone: Zone(zone))
}

/// An instant from RFC 3339 text.
func instant(_ text: String) throws -> Instant {
    try #require(Moment(text, form: .rfc3339), "\(text) is not a date").instant(in: .utc)
}

/// The fire times after a moment as the clock of a zone shows them.
func fireTimes(_ trigger: Trigger, after: String, _ count: Int = 5, in zone: String = "UTC") throws -> [String] {
    let zone = try Zone(zone)
    return try trigger.fireTimes(after: instant(after)).prefix(count).map { $0.formatted(in: zone) }
}

/// Checks that a text is refused, and that the error says so in words.
func expectRefusal(
    _ code: TriggerError.Code = .invalidValue,
    of what: String,
    saying words: [String] = [],
    at location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("\(what) is not refused", sourceLocation: location)
    } catch let error as TriggerError {
        #expect(error.code == code, "\(what): \(error)", sourceLocation: location)
        for word in words {
            #expect(
                error.description.contains(word),
                "\(what): '\(error)' does not say '\(word)'",
                sourceLocation: location
            )
        }
    } catch {
        Issue.record("\(what): \(error)", sourceLocation: location)
    }
}
