#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A point on the UTC time line, in whole microseconds since 1970-01-01T00:00:00Z (leap seconds are not counted, as
/// in POSIX time).
///
/// Inside Carillon every time is an `Instant`; what takes one from a user takes a `Date` as well.
public struct Instant: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// Makes an instant from microseconds since 1970-01-01T00:00:00Z, held to `earliest ... latest`.
    public init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, Self.lowerBound), Self.upperBound)
    }

    /// Makes an instant from whole seconds since 1970-01-01T00:00:00Z, held to `earliest ... latest`.
    public init(seconds: Int64) {
        self.init(microseconds: min(max(seconds, -100_000_000_000), 1_000_000_000_000) * 1_000_000)
    }

    /// Makes an instant from a `Date`, rounded to the nearest microsecond and held to `earliest ... latest`; a `Date`
    /// that is not a number counts as `latest`.
    public init(_ date: Date) {
        let micros = (date.timeIntervalSince1970 * 1_000_000).rounded()
        if micros >= Double(Self.lowerBound), micros <= Double(Self.upperBound) {
            self.init(microseconds: Int64(micros))
        } else {
            self.init(microseconds: micros < 0 ? Self.lowerBound : Self.upperBound)
        }
    }

    /// The same instant as a `Date`.
    public var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// 0001-01-01T00:00:00Z less one day of zone offset: the earliest instant there is.
    public static let earliest = Instant(microseconds: lowerBound)

    /// 9999-12-31T23:59:59.999999Z and one day of zone offset: the latest instant there is.
    public static let latest = Instant(microseconds: upperBound)

    /// The earlier instant is the smaller one.
    public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

    private static let lowerBound = Int64(-62_135_596_800 - 86_400) * 1_000_000
    private static let upperBound = Int64(253_402_300_800 + 86_400) * 1_000_000 - 1

    /// The last whole second at or before this instant.
    package var flooredSeconds: Int64 { microseconds.flooredQuotient(by: 1_000_000) }

    /// The first whole second at or after this instant.
    package var ceiledSeconds: Int64 { -(-microseconds).flooredQuotient(by: 1_000_000) }

    /// This instant moved by so many microseconds, held to `earliest ... latest`.
    package func advanced(byMicroseconds distance: Int64) -> Instant {
        let (sum, overflow) = microseconds.addingReportingOverflow(distance)
        return overflow ? (distance < 0 ? .earliest : .latest) : Instant(microseconds: sum)
    }
}

extension Instant: InstantProtocol {
    /// This instant moved by a duration, rounded to the nearest microsecond and held to `earliest ... latest`.
    public func advanced(by duration: Duration) -> Instant { advanced(byMicroseconds: duration.roundedMicroseconds) }

    /// The time from this instant to another; negative if the other one is earlier.
    public func duration(to other: Instant) -> Duration { .microseconds(other.microseconds - microseconds) }

    /// The instant a duration later; see `advanced(by:)`.
    public static func + (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: duration) }

    /// The instant a duration earlier; see `advanced(by:)`.
    public static func - (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: .zero - duration) }

    /// The time from the right instant to the left one; negative if the left one is earlier.
    public static func - (left: Instant, right: Instant) -> Duration { right.duration(to: left) }
}

extension Int64 {
    /// Division that rounds towards minus infinity, as calendar arithmetic needs; the divisor is positive.
    @inline(__always)
    package func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
