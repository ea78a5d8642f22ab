import CMeasurement
import CarillonTriggers

/// The ways in which fire times are asked for.
enum Walk: String, CaseIterable {
    /// `next(after:)`, each answer being the next question, from 2025 on and again from there after 2100.
    case forward
    /// `next(after:)` from instants drawn from a time for which zone files list the clock changes.
    case random2000 = "random 2000-2037"
    /// `next(after:)` from instants drawn from a time for which zone files give rules.
    case random2040 = "random 2040-2100"
    /// `previous(before:)`, each answer being the next question, from 2025 back to 1975.
    case backward

    /// Instants spread over the years of a random walk, the same in every run; none for the others.
    private var instants: [Instant] {
        let years: Range<Int>
        switch self {
        case .forward, .backward: return []
        case .random2000: years = 2000..<2038
        case .random2040: years = 2040..<2100
        }
        var generator = SeededGenerator(seed: 2)
        let span = Instant.newYear(years.lowerBound).microseconds..<Instant.newYear(years.upperBound).microseconds
        // So many that the processor's branch prediction cannot learn them by heart.
        return (0..<8192).map { _ in Instant(microseconds: .random(in: span, using: &generator)) }
    }

    /// Measures one trigger; `calls` is the number a run.
    func measure(_ trigger: Trigger, runs: Int, calls: Int) -> Measurement {
        let start = Instant.newYear(2025)
        var time = start
        switch self {
        case .forward:
            let end = Instant.newYear(2100)
            return Measurement(runs: runs, calls: calls) {
                for _ in 0..<calls {
                    guard let next = trigger.next(after: time), next < end else {
                        time = start
                        continue
                    }
                    time = next
                }
                keep_result(time.microseconds)
            }
        case .backward:
            let end = Instant.newYear(1975)
            return Measurement(runs: runs, calls: calls) {
                for _ in 0..<calls {
                    guard let previous = trigger.previous(before: time), previous > end else {
                        time = start
                        continue
                    }
                    time = previous
                }
                keep_result(time.microseconds)
            }
        case .random2000, .random2040:
            let instants = instants
            return Measurement(runs: runs, calls: calls) {
                var sum: Int64 = 0
                for call in 0..<calls {
                    sum &+= trigger.next(after: instants[call & 8191])?.microseconds ?? 0
                }
                keep_result(sum)
            }
        }
    }
}

extension Instant {
    /// The first moment of a year from 1970 to 2100, in UTC.
    static func newYear(_ year: Int) -> Instant {
        Instant(seconds: Int64((year - 1970) * 365 + (year - 1969) / 4) * 86_400)
    }
}
