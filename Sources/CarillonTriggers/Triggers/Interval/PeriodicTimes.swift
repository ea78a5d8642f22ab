/// Instants that lie the same time apart, from a first one on.
struct PeriodicTimes: Hashable, Sendable {
    let first: Instant
    /// Microseconds between two of them, above 0.
    let period: Int64
    /// None of them lies later.
    let last: Instant

    func next(after time: Instant) -> Instant? {
        guard time >= first else { return first <= last ? first : nil }
        let latest = time.microseconds - (time.microseconds - first.microseconds) % period
        let (next, isTooFar) = latest.addingReportingOverflow(period)
        return isTooFar || next > last.microseconds ? nil : Instant(microseconds: next)
    }

    func previous(before time: Instant) -> Instant? {
        let latest = min(time.microseconds - 1, last.microseconds)
        guard latest >= first.microseconds else { return nil }
        return Instant(microseconds: latest - (latest - first.microseconds) % period)
    }

    func count(after start: Instant, through end: Instant) -> Int {
        let through = min(end, last).microseconds
        guard end > start, through >= first.microseconds else { return 0 }
        let upToEnd = (through - first.microseconds) / period + 1
        let upToStart = start < first ? 0 : (start.microseconds - first.microseconds) / period + 1
        return Int(max(0, upToEnd - upToStart))
    }

    /// The instants that are among both; `nil` if there can be none.
    ///
    /// By the Chinese remainder theorem they are periodic again, with the least common multiple of the two periods.
    func intersection(_ other: PeriodicTimes) -> PeriodicTimes? {
        let (early, late) = first <= other.first ? (self, other) : (other, self)
        let divisor = Self.greatestCommonDivisor(early.period, late.period)
        let distance = late.first.microseconds - early.first.microseconds
        guard distance % divisor == 0 else { return nil }
        // late.first + turns * late.period has to be a multiple of early.period away from early.first.
        let modulus = early.period / divisor
        let inverse = Self.inverse(of: late.period / divisor % modulus, modulo: modulus)
        let turns = Self.product(modulus - distance / divisor % modulus, inverse, modulo: modulus)
        let (way, isTooFar) = turns.multipliedReportingOverflow(by: late.period)
        let last = min(self.last, other.last)
        guard !isTooFar, way <= last.microseconds - late.first.microseconds else { return nil }
        let (common, isTooLong) = modulus.multipliedReportingOverflow(by: late.period)
        return PeriodicTimes(
            first: late.first.advanced(byMicroseconds: way),
            period: isTooLong ? .max : common,
            last: last
        )
    }

    static func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    /// The number whose product with `value`, which shares no divisor with the modulus, leaves a remainder of 1.
    private static func inverse(of value: Int64, modulo modulus: Int64) -> Int64 {
        var (rest, nextRest) = (modulus, value)
        var (factor, nextFactor): (Int64, Int64) = (0, 1)
        while nextRest != 0 {
            let quotient = rest / nextRest
            (rest, nextRest) = (nextRest, rest - quotient * nextRest)
            (factor, nextFactor) = (nextFactor, factor - quotient * nextFactor)
        }
        return factor < 0 ? factor + modulus : factor
    }

    private static func product(_ left: Int64, _ right: Int64, modulo modulus: Int64) -> Int64 {
        let product = left.multipliedFullWidth(by: right)
        return modulus.dividingFullWidth(product).remainder
    }
}
