/// The times of day of a cron expression in words.
struct TimeOfDayDescription {
    private let seconds: UnitSelection
    private let minutes: UnitSelection
    private let hours: UnitSelection

    init(_ pattern: CronPattern) {
        seconds = UnitSelection(pattern.seconds, size: 60)
        minutes = UnitSelection(pattern.minutes, size: 60)
        hours = UnitSelection(UInt64(pattern.hours), size: 24)
    }

    var text: String {
        if case .one(let second) = seconds.shape {
            if case .one(let minute) = minutes.shape { return hourly(minute: minute, second: second) }
            return minutely + (second == 0 ? "" : " at second \(second)")
        }
        return secondly
    }

    /// One minute of one or more hours.
    private func hourly(minute: Int, second: Int) -> String {
        func time(_ hour: Int) -> String { EnglishText.timeOfDay(hour, minute, second) }
        let past = second == 0 ? "at minute \(minute)" : "at minute \(minute), second \(second)"
        switch hours.shape {
        case .all: return minute == 0 && second == 0 ? "every hour, on the hour" : "every hour \(past)"
        case .every(let step, from: 0) where minute == 0 && second == 0:
            return "every \(step) hours, counted from midnight"
        case .range(let first, let last): return "every hour from \(time(first)) to \(time(last))"
        default:
            let all = hours.values
            guard all.count > 6 else { return "at " + EnglishText.list(all.map(time), "and") }
            return "\(past) of the hours \(hours.text)"
        }
    }

    /// Several minutes of one or more hours.
    private var minutely: String {
        switch minutes.shape {
        case .all: "every minute\(spanOfHours)"
        case .every(let step, from: 0):
            "every \(step) minutes\(60 % step == 0 ? "" : " after each full hour")\(spanOfHours)"
        case .every(let step, from: let first):
            "every \(step) minutes from minute \(first)\(spanOfHours.isEmpty ? " of every hour" : spanOfHours)"
        default: "at minutes \(minutes.text)\(spanOfHours.isEmpty ? " of every hour" : spanOfHours)"
        }
    }

    private var secondly: String {
        let base =
            switch seconds.shape {
            case .all: "every second"
            case .every(let step, from: 0): "every \(step) seconds\(60 % step == 0 ? "" : " after each full minute")"
            case .every(let step, from: let first): "every \(step) seconds from second \(first) of the minute"
            default: "at seconds \(seconds.text)"
            }
        switch minutes.shape {
        case .all: return base + spanOfHours
        case .one(let minute):
            if case .one(let hour) = hours.shape {
                return
                    "\(base) from \(EnglishText.timeOfDay(hour, minute)) to \(EnglishText.timeOfDay(hour, minute, 59))"
            }
            return "\(base) of minute \(minute)\(spanOfHours.isEmpty ? " of every hour" : spanOfHours)"
        default: return "\(base) of \(chosenMinutes)\(spanOfHours.isEmpty ? " of every hour" : spanOfHours)"
        }
    }

    /// `minutes 0 and 30`, `every 5th minute`; several, but not all.
    private var chosenMinutes: String {
        switch minutes.shape {
        case .every(let step, from: 0) where minutes.values.count > 4: "every \(EnglishText.ordinal(step)) minute"
        default: "minutes \(minutes.text)"
        }
    }

    /// ` from 09:00 to 17:59`; empty for the whole day.
    private var spanOfHours: String {
        switch hours.shape {
        case .all: ""
        case .one(let hour): span(hour, hour)
        case .range(let first, let last): span(first, last)
        case .every(let step, from: 0): " of every \(EnglishText.ordinal(step)) hour"
        default: " of the hours \(hours.text)"
        }
    }

    private func span(_ first: Int, _ last: Int) -> String {
        " from \(EnglishText.timeOfDay(first, 0)) to \(EnglishText.timeOfDay(last, 59))"
    }
}
