/// Reads the fields of a cron trigger: APScheduler's expressions.
///
/// A field is a list, separated by commas, of `*`, `*/a`, `a`, `a-b`, `a-b/c`, `a/c`; month and weekday names and ranges
/// of them; and for the day `last`, `last sun` and `2nd tue`. Source: APScheduler's user guide, "cron".
struct CronFieldParser {
    let field: CronFieldName

    /// A numeric term: every `step`-th number of a range.
    struct Stride {
        var first: Int
        var last: Int
        var step: Int

        var bits: UInt64 {
            var bits: UInt64 = 0
            var value = first
            while value <= last, value < 64 {
                bits |= 1 << UInt64(value)
                value += step
            }
            return bits
        }
    }

    /// The numbers selected, as bits; for every field but the day and the year.
    func bits(_ text: CronField) throws(TriggerError) -> UInt64 {
        var bits: UInt64 = 0
        for term in try terms(text) {
            bits |= try stride(term).bits
        }
        return bits
    }

    func years(_ text: CronField) throws(TriggerError) -> CronYears {
        var runs: [CronYears.Run] = []
        for term in try terms(text) {
            let stride = try stride(term)
            runs.append(CronYears.Run(first: stride.first, last: stride.last, step: stride.step))
        }
        return CronYears(runs: runs)
    }

    func days(_ text: CronField) throws(TriggerError) -> CronDays {
        var days = CronDays()
        for term in try terms(text) {
            if try takePosition(term, into: &days) { continue }
            days.numbers |= UInt32(truncatingIfNeeded: try stride(term).bits)
        }
        return days
    }

    private func terms(_ text: CronField) throws(TriggerError) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.description.utf8)
        let terms = Array(CronTerms(bytes[...]))
        if bytes.isEmpty { throw refused(bytes[...], "must not be empty: leave the field out, or give \(allowed)") }
        if terms.contains(where: \.isEmpty) {
            throw refused(bytes[...], "has a comma with nothing beside it; allowed are \(allowed)")
        }
        return terms
    }

    /// `last`, `last sun`, `2nd tue`.
    private func takePosition(_ term: ArraySlice<UInt8>, into days: inout CronDays) throws(TriggerError) -> Bool {
        var scanner = TermScanner(term)
        let number = scanner.number()
        guard let word = scanner.letters() else { return false }
        let ordinal = [UInt8](word)
        if number == nil, ordinal == Array("last".utf8), scanner.isAtEnd {
            days.lastDay = true
            return true
        }
        guard scanner.blanks(), let weekday = scanner.name(among: CronFieldName.dayOfWeek.names), scanner.isAtEnd else {
            throw malformed(term)
        }
        switch (number, String(decoding: ordinal, as: UTF8.self)) {
        case (nil, "last"): days.lastWeekdays |= 1 << UInt8(weekday)
        case (1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (5, "th"):
            days.nthWeekdays |= 1 << UInt64(7 * ((number ?? 1) - 1) + weekday)
        default: throw malformed(term)
        }
        return true
    }

    private func stride(_ term: ArraySlice<UInt8>) throws(TriggerError) -> Stride {
        let range = field.range
        var scanner = TermScanner(term)
        var stride = Stride(first: range.lowerBound, last: range.upperBound, step: 1)
        if scanner.take("*") {
            if scanner.isAtEnd { return stride }
        } else if let first = scanner.number() {
            stride.first = first
            if scanner.isAtEnd {
                stride.last = first
            } else if scanner.take("-") {
                guard let last = scanner.number() else { throw malformed(term) }
                stride.last = last
            }
        } else {
            // Names are taken alone or in a range, never with a step.
            guard let first = scanner.name(among: field.names) else { throw malformed(term) }
            stride.first = first + range.lowerBound
            stride.last = stride.first
            if scanner.take("-") {
                guard let last = scanner.name(among: field.names) else { throw malformed(term) }
                stride.last = last + range.lowerBound
            }
            guard scanner.isAtEnd else { throw malformed(term) }
        }
        if !scanner.isAtEnd {
            guard scanner.take("/"), let step = scanner.number(), scanner.isAtEnd else { throw malformed(term) }
            guard step >= 1 else { throw refused(term, "has a step of 0; a step is at least 1") }
            guard range.contains(stride.first), range.contains(stride.last) else { throw outOfRange(term) }
            guard step <= stride.last - stride.first || stride.first > stride.last else {
                throw refused(term, "has a step larger than its range of \(stride.last - stride.first)")
            }
            stride.step = step
        }
        guard range.contains(stride.first), range.contains(stride.last) else { throw outOfRange(term) }
        guard stride.first <= stride.last else {
            throw refused(term, "is a range that ends before it begins\(weekdayHint)")
        }
        return stride
    }

    // MARK: Errors

    private func refused(_ term: ArraySlice<UInt8>, _ reason: String) -> TriggerError {
        TriggerError(.invalidValue, field: field.rawValue, value: term.text, reason)
    }

    private func outOfRange(_ term: ArraySlice<UInt8>) -> TriggerError {
        refused(term, "is not in \(field.range.lowerBound)...\(field.range.upperBound)\(weekdayHint)")
    }

    private func malformed(_ term: ArraySlice<UInt8>) -> TriggerError {
        refused(term, "is not understood; allowed are \(allowed)")
    }

    /// Crontab counts weekdays from another day, and whoever knows it needs to be told.
    private var weekdayHint: String { field == .dayOfWeek ? " (0 is Monday, 6 is Sunday)" : "" }

    private var allowed: String {
        let numbers = "numbers from \(field.range.lowerBound) to \(field.range.upperBound)\(weekdayHint)"
        let forms = "'*', '*/a', 'a', 'a-b', 'a-b/c', 'a/c' with \(numbers)"
        return switch field {
        case .day: "\(forms), 'last', 'last sun' or '2nd tue'"
        case .month, .dayOfWeek:
            "\(forms), or the names \(field.names[0]) to \(field.names[field.names.count - 1]) and ranges of them"
        default: forms
        }
    }
}
