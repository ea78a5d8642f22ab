extension DateTrigger {
    static var forms: [TriggerForm] {
        [
            TriggerForm("date", keys: "run_date timezone", read: read) { member, _ in
                member.key == "run_date" ? .string("2000-01-01") : nil
            }
        ]
    }

    private static let read: TriggerForm.Read = { (reader) throws(TriggerError) in
        let text = try reader.requiredString("run_date")
        let zone = try reader.zone("timezone")
        return DateTrigger(try Moment(text: text, field: "run_date"), zone: zone)
    }

    var json: JSONValue {
        var form = TriggerFormWriter(type: "date")
        form.add("run_date", parameters.runDate)
        form.add("timezone", parameters.zone.identifier)
        return form.json
    }
}
