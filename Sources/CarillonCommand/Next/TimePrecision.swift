#if Command
import CarillonTriggers

/// How exactly a time is given: `2026-11-23` to the day, `2026-11-23T02:30` to the minute, and so on.
enum TimePrecision: Equatable {
    case day
    /// To so many microseconds.
    case length(Int64)

    static let second = TimePrecision.length(1_000_000)

    /// That of the text of a moment; `nil` if it is none.
    init?(of text: String) {
        let time = text.dropFirst("2026-11-23T".count).prefix { $0.isNumber || $0 == ":" || $0 == "." }
        switch time.count {
        case 0: self = .day
        case 5: self = .length(60_000_000)
        case 8: self = .second
        case 10...: self = .length((0..<min(6, time.count - 9)).reduce(1_000_000) { length, _ in length / 10 })
        default: return nil
        }
    }

    /// All times that a moment of this precision may mean, the earliest being the moment itself.
    ///
    /// - Parameter zone: That of a moment without an offset.
    func stretch(of moment: Moment, in zone: Zone) -> ClosedRange<Instant> {
        let first = moment.instant(in: zone)
        switch self {
        case .day:
            let next = Moment(wall: moment.wall + 86_400, hasTime: false).instant(in: zone)
            return first...max(first, next.advanced(byMicroseconds: -1))
        case .length(let length): return first...first.advanced(byMicroseconds: length - 1)
        }
    }

    /// Whether it is a second or a part of one.
    var isWithinASecond: Bool { if case .length(...1_000_000) = self { true } else { false } }
}
#endif
