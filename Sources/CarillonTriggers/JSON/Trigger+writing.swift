extension Trigger {
    /// The trigger in its JSON form; values that are the default are left out, and dates stay as they were given.
    ///
    /// The zone is always there, also where the trigger has it from the scheduler: whoever reads the form gets the same
    /// fire times, whatever the reader's own zone.
    public var json: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ key: String, _ value: some CustomStringConvertible) {
            members.append(JSONValue.Member(key, .string(value.description)))
        }
        func add(_ key: String, unlessZero value: Int) {
            if value != 0 { members.append(JSONValue.Member(key, .integer(Int64(value)))) }
        }
        switch kind {
        case .date(let trigger):
            add("type", "date")
            add("run_date", trigger.runDate)
            add("timezone", trigger.zone.identifier)
        case .interval(let trigger):
            add("type", "interval")
            for part in trigger.length.parts { add(part.name, unlessZero: part.value) }
            if let start = trigger.start { add("start_date", start) }
            if let end = trigger.end { add("end_date", end) }
            add("timezone", trigger.zone.identifier)
            add("jitter", unlessZero: trigger.jitter)
            if trigger.firstRun != .immediately { add("first_run", trigger.firstRun.rawValue) }
        case .cron(let trigger):
            switch trigger.source {
            case .fields(let fields):
                add("type", "cron")
                for name in CronFieldName.allCases {
                    if let field = fields[name] { add(name.rawValue, field) }
                }
            case .crontab(let expression, let weekdays):
                add("type", "crontab")
                add("expression", expression)
                if weekdays != .standard { add("weekdays", weekdays.rawValue) }
            }
            if let start = trigger.start { add("start_date", start) }
            if let end = trigger.end { add("end_date", end) }
            add("timezone", trigger.zone.identifier)
            add("jitter", unlessZero: trigger.jitter)
            if trigger.gap != .once { add("gap", trigger.gap.rawValue) }
            if trigger.fold != .first { add("fold", trigger.fold.rawValue) }
        case .calendarInterval(let trigger):
            add("type", "calendarinterval")
            add("years", unlessZero: trigger.length.years)
            add("months", unlessZero: trigger.length.months)
            add("weeks", unlessZero: trigger.length.weeks)
            add("days", unlessZero: trigger.length.days)
            add("hour", unlessZero: trigger.timeOfDay.hour)
            add("minute", unlessZero: trigger.timeOfDay.minute)
            add("second", unlessZero: trigger.timeOfDay.second)
            if let start = trigger.start { add("start_date", start) }
            if let end = trigger.end { add("end_date", end) }
            add("timezone", trigger.zone.identifier)
            if trigger.gap != .once { add("gap", trigger.gap.rawValue) }
        case .any(let trigger):
            add("type", "or")
            members.append(JSONValue.Member("triggers", .array(trigger.triggers.map(\.json))))
        case .all(let trigger):
            add("type", "and")
            members.append(JSONValue.Member("triggers", .array(trigger.triggers.map(\.json))))
        }
        return .object(members)
    }
}
