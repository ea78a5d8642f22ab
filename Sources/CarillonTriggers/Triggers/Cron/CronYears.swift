/// The years a cron expression selects.
package struct CronYears: Hashable, Sendable {
    /// Selected years between two, both included; nothing else lies outside.
    struct Run: Hashable, Sendable {
        var first: Int
        var last: Int
        var step: Int

        func next(atOrAfter year: Int) -> Int? {
            guard year > first else { return first }
            let candidate = first + (year - first + step - 1) / step * step
            return candidate <= last ? candidate : nil
        }

        func previous(atOrBefore year: Int) -> Int? {
            guard year >= first else { return nil }
            return first + (min(year, last) - first) / step * step
        }
    }

    /// Where there are several, a year is selected by any of them.
    private let runs: [Run]
    /// What else has to select the year, from the intersection of two sets.
    private let others: [[Run]]

    /// Where one run without a step is all there is, which it nearly always is: its years.
    private let unbroken: ClosedRange<Int>?

    /// How many years further on a match still may be found: where no year is left out, what is not found in the 400
    /// years after which the calendar repeats itself never is.
    var yearsToSearch: Int { unbroken == nil ? 10_000 : 400 }

    init(runs: [Run]) { self.init(runs: runs, others: []) }

    private init(runs: [Run], others: [[Run]]) {
        self.runs = runs
        self.others = others
        if others.isEmpty, runs.count == 1, let run = runs.first, run.step == 1, run.first <= run.last {
            unbroken = run.first...run.last
        } else {
            unbroken = nil
        }
    }

    /// Every year from one to another.
    static func every(_ years: ClosedRange<Int>) -> CronYears {
        CronYears(runs: [Run(first: years.lowerBound, last: years.upperBound, step: 1)])
    }

    func intersection(_ other: CronYears) -> CronYears {
        self == other ? self : CronYears(runs: runs, others: others + [other.runs] + other.others)
    }

    func contains(_ year: Int) -> Bool {
        if let unbroken { return unbroken.contains(year) }
        return Self.next(atOrAfter: year, in: runs) == year
            && others.allSatisfy { Self.next(atOrAfter: year, in: $0) == year }
    }

    func next(atOrAfter year: Int) -> Int? {
        if let unbroken { return year <= unbroken.upperBound ? max(year, unbroken.lowerBound) : nil }
        var year = year
        while let candidate = Self.next(atOrAfter: year, in: runs) {
            if others.isEmpty || contains(candidate) { return candidate }
            year = candidate + 1
        }
        return nil
    }

    func previous(atOrBefore year: Int) -> Int? {
        if let unbroken { return year >= unbroken.lowerBound ? min(year, unbroken.upperBound) : nil }
        var year = year
        while true {
            var latest: Int?
            for run in runs {
                if let candidate = run.previous(atOrBefore: year), candidate > latest ?? .min { latest = candidate }
            }
            guard let latest else { return nil }
            if others.isEmpty || contains(latest) { return latest }
            year = latest - 1
        }
    }

    /// `in 2027`, `in the years 2027 to 2030 and 2035`, `every 2nd year from 2027 on`.
    var inWords: String {
        let years = runs.map { run in
            // The last year that the step reaches.
            let last = run.previous(atOrBefore: run.last) ?? run.first
            if last == run.first { return "\(run.first)" }
            let isOpen = run.last == CronFieldName.year.range.upperBound
            if run.step == 1 { return isOpen ? "from \(run.first) on" : "\(run.first) to \(last)" }
            return "every \(EnglishText.ordinal(run.step)) year from \(run.first) \(isOpen ? "on" : "to \(last)")"
        }
        let text = EnglishText.list(years, "and")
        if text.utf8.count == 4 { return "in \(text)" }
        return text.utf8.first.map { $0 <= UInt8(ascii: "9") } ?? false ? "in the years \(text)" : text
    }

    private static func next(atOrAfter year: Int, in runs: [Run]) -> Int? {
        var earliest: Int?
        for run in runs {
            if let candidate = run.next(atOrAfter: year), candidate < earliest ?? .max { earliest = candidate }
        }
        return earliest
    }
}
