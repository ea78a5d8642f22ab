extension IntervalTrigger {
    static var forms: [TriggerForm] {
        [
            TriggerForm(
                "interval",
                keys: "weeks days hours minutes seconds start_date end_date timezone jitter first_run", read: read
            ) { member, _ in
                ["weeks", "days", "hours", "minutes", "seconds"].contains(member.key) ? .integer(1) : nil
            }
        ]
    }

    private static let read: TriggerForm.Read = { (reader) throws(TriggerError) in
        var length = IntervalLength()
        length.weeks = try reader.integer("weeks") ?? 0
        length.days = try reader.integer("days") ?? 0
        length.hours = try reader.integer("hours") ?? 0
        length.minutes = try reader.integer("minutes") ?? 0
        let seconds = try reader.seconds("seconds") ?? .zero
        length.seconds = seconds.seconds
        length.microseconds = seconds.microseconds
        return try IntervalTrigger(
            length,
            start: try reader.moment("start_date"),
            end: try reader.moment("end_date"),
            zone: try reader.zone("timezone"),
            jitter: try reader.seconds("jitter")?.totalMicroseconds ?? 0,
            firstRun: try reader.choice("first_run", Trigger.FirstRun.self) ?? .immediately
        )
    }

    var json: JSONValue {
        var form = TriggerFormWriter(type: "interval")
        for part in parameters.length.parts.dropLast() { form.add(part.name, unlessZero: part.value) }
        form.add("seconds", unlessZero: parameters.length.decimalSeconds)
        form.add("start_date", parameters.start)
        form.add("end_date", parameters.end)
        form.add("timezone", parameters.zone.identifier)
        form.add("jitter", unlessZero: DecimalSeconds(microseconds: parameters.jitter))
        form.add("first_run", parameters.firstRun, unless: .immediately)
        return form.json
    }
}
