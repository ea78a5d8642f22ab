#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Trigger {
    /// When an interval without a start date fires first.
    public enum FirstRun: String, Sendable, Hashable, CaseIterable, Codable {
        /// At the moment it is added.
        case immediately
        /// One interval later.
        case afterInterval = "after_interval"
    }

    /// Fires again and again after the same time: `.interval(.seconds(90))`, `.interval(.milliseconds(250))`.
    ///
    /// - Parameters:
    ///   - length: A millisecond or more; rounded to the nearest microsecond.
    ///   - start: The first fire time; without it the interval begins when the trigger is added.
    ///   - end: No fire time lies after it.
    ///   - zone: Has no influence on the fire times; it is the zone they are shown in.
    ///   - jitter: The most that a job may start after its scheduled time, at random; up to a day.
    ///   - firstRun: When an interval without `start` fires first.
    /// - Throws: `TriggerError` if the length or the jitter is out of range, or `end` lies before `start`.
    public static func interval(
        _ length: Duration,
        start: Date? = nil,
        end: Date? = nil,
        in zone: Zone? = nil,
        jitter: Duration = .zero,
        firstRun: FirstRun = .immediately
    ) throws(TriggerError) -> Trigger {
        try interval(IntervalLength(length), start, end, zone, jitter, firstRun)
    }

    /// Fires again and again after the same time, given by unit: `.interval(minutes: 5)`. A day has 24 hours.
    ///
    /// - Parameters:
    ///   - start: The first fire time; without it the interval begins when the trigger is added.
    ///   - end: No fire time lies after it.
    ///   - zone: Has no influence on the fire times; it is the zone they are shown in.
    ///   - jitter: The most that a job may start after its scheduled time, at random; up to a day.
    ///   - firstRun: When an interval without `start` fires first.
    /// - Throws: `TriggerError` if a number is negative or all are zero, if the jitter is out of range, or `end` lies before
    ///   `start`.
    public static func interval(
        weeks: Int = 0,
        days: Int = 0,
        hours: Int = 0,
        minutes: Int = 0,
        seconds: Int = 0,
        start: Date? = nil,
        end: Date? = nil,
        in zone: Zone? = nil,
        jitter: Duration = .zero,
        firstRun: FirstRun = .immediately
    ) throws(TriggerError) -> Trigger {
        let length = IntervalLength(weeks: weeks, days: days, hours: hours, minutes: minutes, seconds: seconds)
        return try interval(length, start, end, zone, jitter, firstRun)
    }

    private static func interval(
        _ length: IntervalLength, _ start: Date?, _ end: Date?, _ zone: Zone?, _ jitter: Duration, _ firstRun: FirstRun
    ) throws(TriggerError) -> Trigger {
        let (first, last) = (start.map { Moment(Instant($0)) }, end.map { Moment(Instant($0)) })
        try Moment.check(start: first, end: last)
        return Trigger(
            try IntervalTrigger(
                length,
                start: first,
                end: last,
                zone: zone,
                jitter: jitter.roundedMicroseconds,
                firstRun: firstRun
            )
        )
    }
}
