import CarillonTriggers
import Testing

/// Counts checks of a trigger against known fire times and reports the first that fail.
struct OracleComparison {
    private(set) var checks = 0
    private(set) var failures = 0

    /// Compares `next` and `previous` at a time inside a span whose fire times are all known.
    ///
    /// - Parameter micros: Microseconds to add to the time, 0 to 999,999.
    mutating func compareNeighbours(
        of time: Int,
        micros: Int64 = 0,
        _ trigger: Trigger,
        _ fireTimes: [Int],
        span: ClosedRange<Int>,
        _ label: @autoclosure () -> String
    ) {
        let instant = Instant(microseconds: Int64(time) * 1_000_000 + micros)
        let after = fireTimes.partitioningIndex { $0 > time }
        let next = trigger.next(after: instant).map { Int($0.microseconds / 1_000_000) }
        if after < fireTimes.count {
            check(next == fireTimes[after], "\(label()) next after \(time): \(next as Any), not \(fireTimes[after])")
        } else {
            check(next ?? .max > span.upperBound, "\(label()) next after \(time): \(next as Any), a false fire time")
        }
        let before = micros == 0 ? fireTimes.partitioningIndex { $0 >= time } : after
        let previous = trigger.previous(before: instant).map { Int($0.microseconds / 1_000_000) }
        if before > 0 {
            let expected = fireTimes[before - 1]
            check(previous == expected, "\(label()) previous before \(time): \(previous as Any), not \(expected)")
        } else {
            let isRight = previous ?? .min < span.lowerBound
            check(isRight, "\(label()) previous before \(time): \(previous as Any), a false fire time")
        }
    }

    /// Compares `count` from one time of the span to another.
    mutating func compareCount(
        after start: Int,
        through end: Int,
        _ trigger: Trigger,
        _ fireTimes: [Int],
        _ label: @autoclosure () -> String
    ) {
        let expected = max(0, fireTimes.partitioningIndex { $0 > end } - fireTimes.partitioningIndex { $0 > start })
        let count = trigger.count(after: Instant(seconds: Int64(start)), through: Instant(seconds: Int64(end)))
        check(count == expected, "\(label()) count after \(start) through \(end): \(count), not \(expected)")
    }

    mutating func check(_ isRight: Bool, _ message: @autoclosure () -> String) {
        checks += 1
        guard !isRight else { return }
        failures += 1
        if failures <= 10 { Issue.record("\(message())") }
    }

    mutating func add(_ other: OracleComparison) {
        checks += other.checks
        failures += other.failures
    }
}
