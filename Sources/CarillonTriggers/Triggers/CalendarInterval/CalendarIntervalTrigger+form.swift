extension CalendarIntervalTrigger {
    static var forms: [TriggerForm] {
        [
            TriggerForm(
                "calendarinterval",
                keys: "years months weeks days hour minute second start_date end_date timezone gap", read: read
            ) { member, _ in ["years", "months", "weeks", "days"].contains(member.key) ? .integer(1) : nil }
        ]
    }

    private static let read: TriggerForm.Read = { (reader) throws(TriggerError) in
        try CalendarIntervalTrigger(
            CalendarLength(
                years: try reader.integer("years") ?? 0,
                months: try reader.integer("months") ?? 0,
                weeks: try reader.integer("weeks") ?? 0,
                days: try reader.integer("days") ?? 0
            ),
            at: TimeOfDay(
                hour: try reader.integer("hour") ?? 0,
                minute: try reader.integer("minute") ?? 0,
                second: try reader.integer("second") ?? 0
            ),
            start: try reader.moment("start_date", form: .dateOnly),
            end: try reader.moment("end_date", form: .dateOnly),
            zone: try reader.zone("timezone"),
            gap: try reader.choice("gap", GapPolicy.self) ?? .once
        )
    }

    var json: JSONValue {
        var form = TriggerFormWriter(type: "calendarinterval")
        form.add("years", unlessZero: parameters.length.years)
        form.add("months", unlessZero: parameters.length.months)
        form.add("weeks", unlessZero: parameters.length.weeks)
        form.add("days", unlessZero: parameters.length.days)
        form.add("hour", unlessZero: parameters.timeOfDay.hour)
        form.add("minute", unlessZero: parameters.timeOfDay.minute)
        form.add("second", unlessZero: parameters.timeOfDay.second)
        form.add("start_date", parameters.start)
        form.add("end_date", parameters.end)
        form.add("timezone", parameters.zone.identifier)
        form.add("gap", parameters.gap, unless: .once)
        return form.json
    }
}
