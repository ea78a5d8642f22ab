#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Trigger {
    /// Fires once, at a date.
    public static func date(_ date: Date) -> Trigger { .date(Instant(date)) }

    /// Fires once, at an instant.
    public static func date(_ instant: Instant) -> Trigger { Trigger(DateTrigger(Moment(instant))) }

    /// Fires once, at a date and time as text, such as `2025-12-01T08:00:00` or `2025-12-01T08:00:00+01:00`.
    ///
    /// - Throws: `TriggerError` if the text is not a date and time.
    public static func date(_ text: String, in zone: Zone? = nil) throws(TriggerError) -> Trigger {
        Trigger(DateTrigger(try Moment(text: text, field: "run_date"), zone: zone))
    }
}
