#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// A time on the command line: a date and time, or one that is told from now on.
struct ToldTime {
    private enum Form {
        case moment(Moment, TimePrecision)
        /// The day so many days from today.
        case day(Int)
        /// So many seconds from now.
        case distance(Int)
    }

    private let form: Form

    static let words =
        "now, today, yesterday, tomorrow, a length of time that has passed such as 1h, or one to come such as 'in 1h'"

    /// - Throws: `ValidationError`, saying what is allowed.
    init(_ text: String) throws {
        let words = text.lowercased().split(separator: " ").map(String.init)
        if let length = Self.length(words) {
            form = .distance(words.first == "in" ? try SecondsText(length).seconds : -(try SecondsText(length).seconds))
            return
        }
        switch words {
        case ["now"]: form = .distance(0)
        case ["today"]: form = .day(0)
        case ["yesterday"]: form = .day(-1)
        case ["tomorrow"]: form = .day(1)
        default:
            do throws(TriggerError) {
                form = .moment(try Moment(text: text, field: ""), TimePrecision(of: text) ?? .second)
            } catch {
                throw ValidationError("it \(error.reason); or \(Self.words)")
            }
        }
    }

    /// A time that was read elsewhere.
    init(_ moment: Moment, _ precision: TimePrecision) { form = .moment(moment, precision) }

    /// The length of time in `1h`, `1h ago` and `in 1h`.
    private static func length(_ words: [String]) -> String? {
        let length: String? =
            switch words.count {
            case 1: words.first
            case 2 where words.first == "in": words.last
            case 2 where words.last == "ago": words.first
            default: nil
            }
        return length.flatMap { hasUnit($0) ? $0 : nil }
    }

    /// Whether a word is a length of time: a number alone might be a year.
    private static func hasUnit(_ word: String) -> Bool {
        word.first?.isNumber == true && word.last.map { "wdhms".contains($0) } == true
    }

    /// Whether it is a length of time that has passed, as what is still to come is seldom told.
    var isPast: Bool { if case .distance(let seconds) = form { seconds < 0 } else { false } }

    /// The moment meant; a day alone has no time.
    func moment(in zone: Zone, now: Instant = SystemClock().now) -> Moment {
        switch form {
        case .moment(let moment, _): return moment
        case .distance(let seconds): return Moment(now.advanced(byMicroseconds: Int64(seconds) * 1_000_000))
        case .day(let days):
            let wall = now.flooredSeconds + Int64(zone.offset(at: now))
            let today = wall.flooredQuotient(by: 86_400)
            return Moment(wall: (today + Int64(days)) * 86_400, hasTime: false)
        }
    }

    /// The instant meant; a day alone means its midnight.
    func instant(in zone: Zone, now: Instant = SystemClock().now) -> Instant {
        moment(in: zone, now: now).instant(in: zone)
    }

    /// How exactly it is given. What is told from now on is meant to the second, as times are shown.
    var precision: TimePrecision {
        switch form {
        case .moment(_, let precision): precision
        case .distance: .second
        case .day: .day
        }
    }

    /// All times that may be meant: the day, the minute, the second or the part of one.
    func stretch(in zone: Zone, now: Instant = SystemClock().now) -> ClosedRange<Instant> {
        var moment = moment(in: zone, now: now)
        if case .distance = form { moment = Moment(Instant(seconds: moment.instant(in: zone).flooredSeconds)) }
        return precision.stretch(of: moment, in: zone)
    }

    /// The last time of a range that ends with it: of a day, a minute or a second its end.
    ///
    /// - Parameter latest: Where the end may not be later unless all of it is.
    func end(in zone: Zone, now: Instant = SystemClock().now, latest: Instant = .latest) -> Instant {
        let stretch = stretch(in: zone, now: now)
        return max(stretch.lowerBound, min(stretch.upperBound, latest))
    }
}
#endif
