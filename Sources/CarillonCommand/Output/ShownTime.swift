#if Command
import CarillonTriggers

/// Times as tables and sentences have them.
struct ShownTime {
    /// What distances are counted from.
    let now: Instant

    /// `Mon 2026-11-23 09:00:00 +01:00`, to the second.
    func clock(_ time: Instant?, in zone: Zone) -> String {
        guard let time else { return "" }
        return FireTimeLine(time: Instant(seconds: time.flooredSeconds), zone: zone, now: now).clock
    }

    /// `in 5 minutes`, `3 hours ago`.
    func distance(_ time: Instant?) -> String {
        guard let time else { return "" }
        return FireTimeLine(time: time, zone: .utc, now: now).distance
    }

    /// Both: `Mon 2026-11-23 09:00:00 +01:00, in 5 minutes`.
    func both(_ time: Instant, in zone: Zone) -> String { "\(clock(time, in: zone)), \(distance(time))" }

    /// How long something took: `250 ms`, `2.5 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
    static func duration(from start: Instant?, to end: Instant?) -> String {
        guard let start, let end else { return "" }
        let (micros, overflow) = end.microseconds.subtractingReportingOverflow(start.microseconds)
        guard !overflow, micros >= 0 else { return "" }
        let seconds = micros / 1_000_000
        switch seconds {
        case ..<1: return "\(micros / 1000) ms"
        case ..<10: return "\(seconds).\(micros / 100_000 % 10) s"
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }
}
#endif
