import CarillonTriggers

/// Makes cron expressions together with what they select, written down while the text is made.
struct RandomExpression {
    var generator: SeededGenerator

    private struct Field {
        var text: String
        var numbers: Set<Int>

        var beginsWithStar: Bool { text.hasPrefix("*") }
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    mutating func next() -> OracleExpression { generator.oneIn(3) ? cronFields() : crontab() }

    // MARK: Crontab text

    mutating func crontab() -> OracleExpression {
        let hasSeconds = generator.oneIn(5)
        let seconds = hasSeconds ? field(0...59, stars: 5) : Field(text: "0", numbers: [0])
        let minutes = field(0...59, stars: 4)
        let hours = field(0...23, stars: 3)
        let months = field(1...12, stars: 2, names: Self.months)
        let (dayText, dayOfMonth) = crontabDays()
        let (weekdayText, dayOfWeek) = crontabWeekdays()
        let isBoth = dayText.hasPrefix("*") || weekdayText.hasPrefix("*")
        let text = [minutes.text, hours.text, dayText, months.text, weekdayText].joined(separator: " ")
        return OracleExpression(
            .crontab(hasSeconds ? "\(seconds.text) \(text)" : text, weekdays: .standard),
            hours: hours.numbers,
            minutes: minutes.numbers,
            seconds: seconds.numbers,
            followsElapsedTime: [seconds, minutes, hours].contains(where: \.beginsWithStar),
            days: { day in
                months.numbers.contains(day.month)
                    && (isBoth ? dayOfMonth(day) && dayOfWeek(day) : dayOfMonth(day) || dayOfWeek(day))
            }
        )
    }

    private mutating func crontabDays() -> (String, @Sendable (OracleDay) -> Bool) {
        switch generator.number(0...11) {
        case 0: return ("L", { $0.day == $0.monthLength })
        case 1: return ("LW", { day in day.day == Self.workdays(day).last })
        case 2:
            let wanted = generator.number(1...31)
            return ("\(wanted)W", { day in Self.nearestWorkday(wanted, day) == day.day })
        case 3:
            let wanted = generator.number(1...31)
            let other = generator.number(1...31)
            return (
                "\(other),\(wanted)w,l",
                { $0.day == other || $0.day == $0.monthLength || Self.nearestWorkday(wanted, $0) == $0.day }
            )
        default:
            let field = field(1...31, stars: 2)
            return (field.text, { field.numbers.contains($0.day) })
        }
    }

    private mutating func crontabWeekdays() -> (String, @Sendable (OracleDay) -> Bool) {
        // As a crontab counts: Sunday is 0 and 7.
        let number = generator.number(0...7)
        let nth = generator.number(1...5)
        let name = generator.element(of: Self.weekdays)
        let named = Self.weekdays.firstIndex(of: name) ?? 0
        switch generator.number(0...11) {
        case 0: return ("\(number)L", { $0.weekday == (number + 6) % 7 && $0.day + 7 > $0.monthLength })
        case 1: return ("\(number)#\(nth)", { $0.weekday == (number + 6) % 7 && ($0.day + 6) / 7 == nth })
        case 2: return ("\(name)#\(nth)", { $0.weekday == named && ($0.day + 6) / 7 == nth })
        case 3: return ("\(name.uppercased())", { $0.weekday == named })
        default:
            let field = field(0...7, stars: 2)
            return (
                field.text,
                { field.numbers.contains(($0.weekday + 1) % 7) || ($0.weekday == 6 && field.numbers.contains(7)) }
            )
        }
    }

    /// The days of the month from Monday to Friday.
    private static func workdays(_ day: OracleDay) -> [Int] {
        (1...day.monthLength).filter { day.weekday(ofDay: $0) < 5 }
    }

    private static func nearestWorkday(_ wanted: Int, _ day: OracleDay) -> Int? {
        guard wanted <= day.monthLength else { return nil }
        return workdays(day).min { abs($0 - wanted) < abs($1 - wanted) }
    }

    // MARK: APScheduler's fields

    mutating func cronFields() -> OracleExpression {
        var fields = CronFields()
        var given: [CronFieldName: Field] = [:]
        for name in CronFieldName.allCases where generator.oneIn(3) || (name == .minute && given.isEmpty) {
            switch name {
            case .day, .dayOfWeek: break
            case .year: given[name] = field(1970...2110, stars: 3)
            case .month: given[name] = field(1...12, stars: 4, names: Self.months)
            default: given[name] = field(name.range, stars: 4)
            }
        }
        var days: @Sendable (OracleDay) -> Bool = { _ in true }
        if generator.oneIn(3) {
            let (text, selects) = fieldDays()
            fields.day = CronField(text)
            days = selects
        }
        if generator.oneIn(3) {
            let weekdays = field(0...6, stars: 4, names: Self.weekdays)
            fields.dayOfWeek = CronField(weekdays.text)
            let others = days
            days = { others($0) && weekdays.numbers.contains($0.weekday) }
        }
        for (name, field) in given { fields[name] = CronField(field.text) }
        // The default rule: what is finer than the finest given field is at its minimum, everything else at `*`.
        let finest = CronFieldName.allCases.lastIndex { fields[$0] != nil } ?? 0
        func numbers(_ name: CronFieldName) -> (Set<Int>, Bool) {
            if let field = given[name] { return (field.numbers, field.beginsWithStar) }
            let position = CronFieldName.allCases.firstIndex(of: name) ?? 0
            return position < finest ? (Set(0...59), true) : ([0], false)
        }
        let (hours, minutes, seconds) = (numbers(.hour), numbers(.minute), numbers(.second))
        let months = given[.month]?.numbers ?? (fields.finerThanMonth ? Set(1...12) : [1])
        let years = given[.year]?.numbers
        let weeks = given[.week]?.numbers
        let isFirstOnly = fields.day == nil && !fields.finerThanDay
        let otherDays = days
        return OracleExpression(
            .fields(fields),
            hours: hours.0.filter { $0 < 24 },
            minutes: minutes.0,
            seconds: seconds.0,
            followsElapsedTime: hours.1 || minutes.1 || seconds.1,
            days: { day in
                otherDays(day) && months.contains(day.month) && (years?.contains(day.year) ?? true)
                    && (weeks?.contains(day.week) ?? true) && (!isFirstOnly || day.day == 1)
            }
        )
    }

    private mutating func fieldDays() -> (String, @Sendable (OracleDay) -> Bool) {
        let weekday = generator.number(0...6)
        let name = Self.weekdays[weekday]
        switch generator.number(0...4) {
        case 0: return ("last", { $0.day == $0.monthLength })
        case 1: return ("last \(name)", { $0.weekday == weekday && $0.day + 7 > $0.monthLength })
        case 2:
            let nth = generator.number(1...5)
            let ordinal = ["1st", "2nd", "3rd", "4th", "5th"][nth - 1]
            return (
                "\(ordinal) \(name.uppercased()), last",
                {
                    ($0.weekday == weekday && ($0.day + 6) / 7 == nth) || $0.day == $0.monthLength
                }
            )
        default:
            let field = field(1...31, stars: 4)
            return (field.text, { field.numbers.contains($0.day) })
        }
    }

    // MARK: Plain fields

    /// - Parameter stars: The field is a star once in so many times.
    private mutating func field(_ range: ClosedRange<Int>, stars: Int, names: [String] = []) -> Field {
        if generator.oneIn(stars) { return Field(text: "*", numbers: Set(range)) }
        var texts: [String] = []
        var numbers: Set<Int> = []
        for _ in 0..<generator.element(of: [1, 1, 1, 2, 3]) {
            let term = term(range, names)
            // Whether a list that begins with a star counts as one is left open.
            if term.beginsWithStar, !texts.isEmpty { continue }
            texts.append(term.text)
            numbers.formUnion(term.numbers)
            if term.beginsWithStar { break }
        }
        return Field(text: texts.joined(separator: ","), numbers: numbers)
    }

    private mutating func term(_ range: ClosedRange<Int>, _ names: [String]) -> Field {
        let (low, high) = (range.lowerBound, range.upperBound)
        let ends = [generator.number(range), generator.number(range)].sorted()
        let step = generator.number(1...max(1, (ends[1] - ends[0]) / 2))
        if !names.isEmpty, generator.oneIn(3) {
            let places = ends.map { $0 - low }
            if generator.oneIn(2) { return Field(text: names[places[0]], numbers: [ends[0]]) }
            return Field(text: "\(names[places[0]])-\(names[places[1]])", numbers: Set(ends[0]...ends[1]))
        }
        switch generator.number(0...9) {
        case 0...3: return Field(text: "\(ends[0])", numbers: [ends[0]])
        case 4...5: return Field(text: "\(ends[0])-\(ends[1])", numbers: Set(ends[0]...ends[1]))
        case 6 where ends[1] > ends[0]:
            return Field(
                text: "\(ends[0])-\(ends[1])/\(step)",
                numbers: Set(stride(from: ends[0], through: ends[1], by: step))
            )
        case 7 where ends[0] < high:
            let step = generator.number(1...(high - ends[0]))
            // The year's range goes on after the calendar of the oracle ends.
            return Field(text: "\(ends[0])/\(step)", numbers: Set(stride(from: ends[0], through: high, by: step)))
        default:
            let step = generator.number(1...max(1, (high - low) / 2))
            return Field(text: "*/\(step)", numbers: Set(stride(from: low, through: high, by: step)))
        }
    }
}

extension CronFields {
    fileprivate var finerThanMonth: Bool {
        finerThanDay || day != nil
    }

    fileprivate var finerThanDay: Bool {
        week != nil || dayOfWeek != nil || hour != nil || minute != nil || second != nil
    }
}
