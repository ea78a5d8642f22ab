/// The eight fields of a cron trigger, each an expression or left out.
///
/// Left-out fields finer than the finest given one stand at their minimum, coarser ones at `*`; week and weekday
/// always at `*`. So `hour: 9` means 09:00:00 every day. Source: APScheduler's user guide, "cron".
package struct CronFields: Hashable, Sendable {
    /// 1970 to 9999.
    package var year: CronField?
    /// 1 to 12, or `jan` to `dec`.
    package var month: CronField?
    /// 1 to 31, or `last`, `last sun`, `2nd tue`.
    package var day: CronField?
    /// Weeks of ISO 8601, 1 to 53.
    package var week: CronField?
    /// 0 (Monday) to 6, or `mon` to `sun`.
    package var dayOfWeek: CronField?
    /// 0 to 23.
    package var hour: CronField?
    /// 0 to 59.
    package var minute: CronField?
    /// 0 to 59.
    package var second: CronField?

    /// Takes the given fields; they are checked when a trigger is made of them.
    package init(
        year: CronField? = nil,
        month: CronField? = nil,
        day: CronField? = nil,
        week: CronField? = nil,
        dayOfWeek: CronField? = nil,
        hour: CronField? = nil,
        minute: CronField? = nil,
        second: CronField? = nil
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.week = week
        self.dayOfWeek = dayOfWeek
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The expression of one field, where it is given.
    package subscript(name: CronFieldName) -> CronField? {
        get {
            switch name {
            case .year: year
            case .month: month
            case .day: day
            case .week: week
            case .dayOfWeek: dayOfWeek
            case .hour: hour
            case .minute: minute
            case .second: second
            }
        }
        set {
            switch name {
            case .year: year = newValue
            case .month: month = newValue
            case .day: day = newValue
            case .week: week = newValue
            case .dayOfWeek: dayOfWeek = newValue
            case .hour: hour = newValue
            case .minute: minute = newValue
            case .second: second = newValue
            }
        }
    }

    /// The fields with the left-out ones filled in; `nil` if none is given.
    func completed() -> CronFields? {
        // Coarsest first, which is the order of the cases.
        guard let finest = CronFieldName.allCases.lastIndex(where: { self[$0] != nil }) else { return nil }
        var fields = self
        for (index, name) in CronFieldName.allCases.enumerated() where fields[name] == nil {
            let isStar = index < finest || name == .week || name == .dayOfWeek
            fields[name] = isStar ? "*" : CronField(name.range.lowerBound)
        }
        return fields
    }

    /// What the fields select.
    ///
    /// - Throws: `TriggerError`, naming the field and what is allowed in it.
    func selection() throws(TriggerError) -> CronSelection {
        guard let fields = completed() else {
            throw TriggerError(
                .missingField,
                "a cron trigger needs at least one of \(CronFieldName.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        let star: CronField = "*"
        let days = try CronFieldParser(field: .day).days(fields.day ?? star)
        let weekdayBits = try CronFieldParser(field: .dayOfWeek).bits(fields.dayOfWeek ?? star)
        let weekdays = CronDays(weekdays: UInt8(truncatingIfNeeded: weekdayBits))
        let weeks = try CronFieldParser(field: .week).bits(fields.week ?? star)
        let pattern = CronPattern(
            seconds: try CronFieldParser(field: .second).bits(fields.second ?? star),
            minutes: try CronFieldParser(field: .minute).bits(fields.minute ?? star),
            hours: try CronFieldParser(field: .hour).bits(fields.hour ?? star),
            months: UInt32(truncatingIfNeeded: try CronFieldParser(field: .month).bits(fields.month ?? star)),
            days: CronDays.table(days, weekdays, .both),
            weeks: fields.week == star ? nil : weeks,
            years: try CronFieldParser(field: .year).years(fields.year ?? star)
        )
        let timeOfDay = [fields.hour, fields.minute, fields.second]
        return CronSelection(
            pattern: pattern,
            followsElapsedTime: timeOfDay.contains { $0?.beginsWithStar ?? false },
            days: days,
            daysOfWeek: weekdays,
            combination: .both
        )
    }
}
