/// How the weekday numbers of a crontab line are counted.
public enum CrontabWeekdays: String, Sendable, Hashable, CaseIterable, Codable {
    /// Sunday is 0 and 7, as in every crontab.
    case standard
    /// Monday is 0 and Sunday 6, as APScheduler's `from_crontab` counts.
    case apscheduler
}

/// Reads crontab text: five fields, six with seconds in front, or a macro.
///
/// Sources: crontab(5) of Vixie cron for lists, ranges, steps, names, macros and the rule of the two day fields; Quartz
/// for `L`, `W` and `#`.
struct CrontabParser {
    private static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let monthNames = CronFieldName.month.names
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    let weekdays: CrontabWeekdays

    func parse(_ expression: String) throws(TriggerError) -> CronSelection {
        let bytes = Array(expression.utf8)[...].trimmingBlanks
        guard bytes.first == UInt8(ascii: "@") else { return try parse(fieldsOf: bytes) }
        guard let meaning = Self.macros[bytes.text.lowercased()] else { throw unknownMacro(bytes.text) }
        return try CrontabParser(weekdays: .standard).parse(fieldsOf: Array(meaning.utf8)[...])
    }

    private func parse(fieldsOf bytes: ArraySlice<UInt8>) throws(TriggerError) -> CronSelection {
        var fields = bytes.words
        if let reason = Self.foreignReason(fields.map(\.text)) {
            throw TriggerError(.invalidValue, field: "expression", value: bytes.text, reason)
        }
        guard fields.count == 5 || fields.count == 6 else {
            throw TriggerError(
                .invalidValue,
                field: "expression",
                value: bytes.text,
                "\(fields.isEmpty ? "is empty" : "has \(EnglishText.count(fields.count, "field"))"); a crontab expression has 5 (minute hour day month weekday), or 6 with seconds in front"
            )
        }
        if fields.count == 5 { fields.insert([UInt8(ascii: "0")], at: 0) }
        let seconds = try bits(.second, fields[0])
        let minutes = try bits(.minute, fields[1])
        let hours = try bits(.hour, fields[2])
        let days = try daysOfMonth(fields[3])
        let months = try bits(.month, fields[4])
        let daysOfWeek = try daysOfWeek(fields[5])
        // Vixie's rule: two restricted day fields select the days of either, a star in one leaves the other to select.
        let combination: CronDays.Combination =
            beginsWithStar(fields[3]) || beginsWithStar(fields[5]) ? .both : .either
        let pattern = CronPattern(
            seconds: seconds,
            minutes: minutes,
            hours: hours,
            months: UInt32(truncatingIfNeeded: months),
            days: CronDays.table(days, daysOfWeek, combination),
            weeks: nil,
            years: Self.allYears
        )
        return CronSelection(
            pattern: pattern,
            followsElapsedTime: fields[0...2].contains(where: beginsWithStar),
            days: days,
            daysOfWeek: daysOfWeek,
            combination: combination
        )
    }

    /// What is wrong with text that is right for another program: what that says here, and where it stands.
    private static func foreignReason(_ words: [String]) -> String? {
        if let first = words.first, let name = ["CRON_TZ", "TZ"].first(where: { first.hasPrefix("\($0)=") }) {
            let zone = first.dropFirst(name.count + 1)
            return "begins with a time zone, which is given apart: as --timezone \(zone) on the command line, as "
                + "'timezone' in a file and in JSON"
        }
        if let last = words.last, words.count > 5, isZone(last) {
            return "ends with a time zone, which is given apart: as --timezone \(last) on the command line, as "
                + "'timezone' in a file and in JSON"
        }
        let hasYear = words.count == 7 && words[6].allSatisfy { "0123456789*-,/".contains($0) }
        guard hasYear || (5...6).contains(words.count) && words.contains("?") else { return nil }
        let year = hasYear ? "leave out the seventh, the year, and write " : "write "
        return "looks like an expression of Quartz: \(year)'*' for '?'; its weekdays begin at Sunday = 1, where here "
            + "Sunday is 0 or 7, and names mean the same in both"
    }

    /// Whether a word is the name of a zone, and cannot stand in a field.
    private static func isZone(_ word: String) -> Bool {
        guard let first = word.first, first.isLetter, !word.contains("#") else { return false }
        if ["utc", "gmt", "local", "z"].contains(word.lowercased()) { return true }
        // Two parts, the second of which begins with a letter: no step does.
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > 1 && parts.allSatisfy { $0.first?.isLetter == true }
    }

    private static let allYears = CronYears.every(1...9999)

    private func beginsWithStar(_ field: ArraySlice<UInt8>) -> Bool { field.first == UInt8(ascii: "*") }

    // MARK: Fields

    private func bits(_ field: CronFieldName, _ text: ArraySlice<UInt8>) throws(TriggerError) -> UInt64 {
        var bits: UInt64 = 0
        for term in CronTerms(text) {
            bits |= try stride(field, term).bits
        }
        return bits
    }

    private func daysOfMonth(_ text: ArraySlice<UInt8>) throws(TriggerError) -> CronDays {
        var days = CronDays()
        for term in CronTerms(text) {
            var scanner = TermScanner(term)
            if scanner.take("L") || scanner.take("l") {
                if scanner.take("W") || scanner.take("w") { days.lastWorkday = true } else { days.lastDay = true }
                guard scanner.isAtEnd else { throw malformed(.day, term) }
                continue
            }
            if let day = scanner.number(), scanner.take("W") || scanner.take("w") {
                guard scanner.isAtEnd else { throw malformed(.day, term) }
                guard CronFieldName.day.range.contains(day) else { throw outOfRange(.day, term) }
                days.nearestWorkdays |= 1 << UInt32(day)
                continue
            }
            days.numbers |= UInt32(truncatingIfNeeded: try stride(.day, term).bits)
        }
        return days
    }

    private func daysOfWeek(_ text: ArraySlice<UInt8>) throws(TriggerError) -> CronDays {
        var days = CronDays()
        for term in CronTerms(text) {
            var scanner = TermScanner(term)
            let number = scanner.number()
            if let number, scanner.take("L") || scanner.take("l") {
                guard scanner.isAtEnd else { throw malformed(.dayOfWeek, term) }
                guard range(.dayOfWeek).contains(number) else { throw outOfRange(.dayOfWeek, term) }
                days.lastWeekdays |= 1 << UInt8(fromMonday(number))
                continue
            }
            if let weekday = number ?? scanner.name(among: names(.dayOfWeek)), scanner.take("#") {
                guard let nth = scanner.number(), scanner.isAtEnd else { throw malformed(.dayOfWeek, term) }
                guard range(.dayOfWeek).contains(weekday) else { throw outOfRange(.dayOfWeek, term) }
                guard (1...5).contains(nth) else {
                    throw refused(.dayOfWeek, term, "asks for a weekday that no month has; behind # stands 1 to 5")
                }
                days.nthWeekdays |= 1 << UInt64(7 * (nth - 1) + fromMonday(weekday))
                continue
            }
            var rest = try stride(.dayOfWeek, term).bits
            while rest != 0 {
                days.weekdays |= 1 << UInt8(fromMonday(rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return days
    }

    /// `*`, a value or a range, and optionally a step.
    func stride(_ field: CronFieldName, _ term: ArraySlice<UInt8>) throws(TriggerError)
        -> CronFieldParser.Stride
    {
        let range = range(field)
        var scanner = TermScanner(term)
        var stride = CronFieldParser.Stride(first: range.lowerBound, last: range.upperBound, step: 1)
        var isSingle = false
        if !scanner.take("*") {
            stride.first = try value(field, &scanner, term)
            if scanner.take("-") {
                stride.last = try value(field, &scanner, term)
            } else {
                isSingle = true
            }
        }
        if scanner.isAtEnd {
            if isSingle { stride.last = stride.first }
        } else {
            guard scanner.take("/"), let step = scanner.number(), scanner.isAtEnd else {
                throw malformed(field, term)
            }
            guard step >= 1 else { throw refused(field, term, "has a step of 0; a step is at least 1") }
            stride.step = step
        }
        guard range.contains(stride.first), range.contains(stride.last) else { throw outOfRange(field, term) }
        guard stride.first <= stride.last else {
            throw refused(
                field, term,
                "is a range that ends before it begins\(weekdayHint(field)); write two parts with a comma between")
        }
        return stride
    }

    private func value(
        _ field: CronFieldName,
        _ scanner: inout TermScanner,
        _ term: ArraySlice<UInt8>
    ) throws(TriggerError) -> Int {
        if let number = scanner.number() { return number }
        guard let index = scanner.name(among: names(field)) else { throw malformed(field, term) }
        return index + (field == .month ? 1 : 0)
    }

    private func range(_ field: CronFieldName) -> ClosedRange<Int> {
        field == .dayOfWeek && weekdays == .standard ? 0...7 : field.range
    }

    private func names(_ field: CronFieldName) -> [String] {
        switch field {
        case .month: Self.monthNames
        case .dayOfWeek: weekdays == .standard ? Self.weekdayNames : CronFieldName.dayOfWeek.names
        default: []
        }
    }

    /// A weekday number of the text as 0 for Monday to 6 for Sunday.
    private func fromMonday(_ weekday: Int) -> Int { weekdays == .standard ? (weekday + 6) % 7 : weekday }

    // MARK: Errors

    private func refused(_ field: CronFieldName, _ term: ArraySlice<UInt8>, _ reason: String) -> TriggerError {
        TriggerError(.invalidValue, field: "expression.\(field.rawValue)", value: term.text, reason)
    }

    private func outOfRange(_ field: CronFieldName, _ term: ArraySlice<UInt8>) -> TriggerError {
        let range = range(field)
        return refused(field, term, "is not in \(range.lowerBound)...\(range.upperBound)\(weekdayHint(field))")
    }

    /// The fields of a cron trigger count weekdays from another day, and whoever knows them needs to be told.
    private func weekdayHint(_ field: CronFieldName) -> String {
        guard field == .dayOfWeek else { return "" }
        return weekdays == .standard ? " (0 and 7 are Sunday)" : " (0 is Monday, 6 is Sunday)"
    }

    private func malformed(_ field: CronFieldName, _ term: ArraySlice<UInt8>) -> TriggerError {
        if term.isEmpty { return refused(field, term, "a comma has nothing beside it") }
        let range = range(field)
        var allowed =
            "'*', 'a', 'a-b' with a step '/c' or without, numbers from \(range.lowerBound) to \(range.upperBound)"
        switch field {
        case .day: allowed += ", 'L', 'LW' and '15W'"
        case .month: allowed += " or jan to dec"
        case .dayOfWeek:
            allowed += "\(weekdayHint(field)), sun to sat, '5L' and 'fri#2'"
        default: break
        }
        return refused(field, term, "is not understood; allowed are \(allowed)")
    }

    private func unknownMacro(_ text: String) -> TriggerError {
        let names = Self.macros.keys.sorted()
        let reason =
            switch text.lowercased() {
            case "@reboot": "names a moment, not a time: run the job at start instead"
            case let word where word.hasPrefix("@every"):
                "is an interval: give it as --every on the command line, as 'trigger: interval' with hours, minutes or "
                    + "seconds in a file and in JSON"
            default:
                "is not a macro; "
                    + (nearest(to: text, among: names).map { "did you mean '\($0)'? The" } ?? "the")
                    + " macros are \(names.joined(separator: ", "))"
            }
        return TriggerError(.invalidValue, field: "expression", value: text, reason)
    }
}
