#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The same questions in `Date`, answered in `Date`.
extension Trigger {
    /// The first fire time after a date; `nil` if the trigger has ended.
    public func next(after date: Date) -> Date? { next(after: Instant(date))?.date }

    /// The last fire time before a date; `nil` if there is none.
    public func previous(before date: Date) -> Date? { previous(before: Instant(date))?.date }

    /// How many fire times lie after one date and at or before another.
    public func count(after start: Date, through end: Date) -> Int {
        count(after: Instant(start), through: Instant(end))
    }

    /// What became due after one date and at or before another: the latest fire time and the number of all.
    public func due(after start: Date, through end: Date) -> DueTimes? {
        due(after: Instant(start), through: Instant(end))
    }

    /// The fire times after a date, one by one as they are asked for.
    public func fireTimes(after date: Date) -> some Sequence<Date> {
        fireTimes(after: Instant(date)).lazy.map(\.date)
    }

    /// Whether a date is a fire time.
    public func contains(_ date: Date) -> Bool { contains(Instant(date)) }

    /// The same trigger with everything fixed that depends on the date it is added; see `anchored(at:)`.
    public func anchored(at date: Date) -> Trigger { anchored(at: Instant(date)) }

    /// What the trigger does that one may not expect of it; see `remarks(after:)`.
    public func remarks(after date: Date) -> [String] { remarks(after: Instant(date)) }

    /// What a clock change does to a fire time; see `clockChangeNote(at:by:)`.
    public func clockChangeNote(at date: Date, by clock: Zone? = nil) -> ClockChangeNote? {
        clockChangeNote(at: Instant(date), by: clock)
    }
}

extension DueTimes {
    /// The last of them as a `Date`.
    public var latestDate: Date { latest.date }
}

extension Moment {
    /// The moment of a date, written in UTC.
    public init(_ date: Date) { self.init(Instant(date)) }
}

extension Zone {
    /// Seconds east of UTC at a date.
    public func offset(at date: Date) -> Int { offset(at: Instant(date)) }

    /// The first clock change after a date; `nil` if the zone has none left up to the end of the year 9999.
    public func nextClockChange(after date: Date) -> ClockChange? { nextClockChange(after: Instant(date)) }
}

extension ClosedRange<Instant> {
    /// Makes a range of instants from one of dates.
    public init(_ dates: ClosedRange<Date>) { self = Instant(dates.lowerBound)...Instant(dates.upperBound) }
}
