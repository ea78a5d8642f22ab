extension CronTrigger {
    static var forms: [TriggerForm] {
        let fields = CronFieldName.allCases.map(\.rawValue).joined(separator: " ")
        return [
            TriggerForm(
                "cron", keys: "\(fields) start_date end_date timezone jitter gap fold", read: readFields
            ) { member, _ in CronFieldName(rawValue: member.key) == nil ? nil : .string("*") },
            TriggerForm("crontab", keys: "expression weekdays timezone jitter gap fold", read: readCrontab) {
                $0.key == "expression" ? .string(expression($0.value, without: $1.field)) : nil
            },
        ]
    }

    private static let readFields: TriggerForm.Read = { (reader) throws(TriggerError) in
        var fields = CronFields()
        for name in CronFieldName.allCases {
            switch reader.value(name.rawValue) {
            case nil: break
            case .string(let text): fields[name] = CronField(text)
            case .integer(let number): fields[name] = CronField(Int(number))
            case let value?:
                throw TriggerError(
                    .invalidValue,
                    field: name.rawValue,
                    "must be a string or a whole number, not \(value.kindDescription)"
                )
            }
        }
        return try CronTrigger(
            .fields(fields),
            start: try reader.moment("start_date"),
            end: try reader.moment("end_date"),
            zone: try reader.zone("timezone"),
            jitter: try reader.seconds("jitter")?.totalMicroseconds ?? 0,
            gap: try reader.choice("gap", GapPolicy.self) ?? .once,
            fold: try reader.choice("fold", FoldPolicy.self) ?? .first
        )
    }

    private static let readCrontab: TriggerForm.Read = { (reader) throws(TriggerError) in
        try CronTrigger(
            .crontab(
                try reader.requiredString("expression"),
                weekdays: try reader.choice("weekdays", CrontabWeekdays.self) ?? .standard
            ),
            zone: try reader.zone("timezone"),
            jitter: try reader.seconds("jitter")?.totalMicroseconds ?? 0,
            gap: try reader.choice("gap", GapPolicy.self) ?? .once,
            fold: try reader.choice("fold", FoldPolicy.self) ?? .first
        )
    }

    var json: JSONValue {
        var form: TriggerFormWriter
        switch parameters.source {
        case .fields(let fields):
            form = TriggerFormWriter(type: "cron")
            for name in CronFieldName.allCases {
                if let field = fields[name] { form.add(name.rawValue, field) }
            }
        case .crontab(let expression, let weekdays):
            form = TriggerFormWriter(type: "crontab")
            form.add("expression", expression)
            form.add("weekdays", weekdays, unless: .standard)
        }
        form.add("start_date", parameters.start)
        form.add("end_date", parameters.end)
        form.add("timezone", parameters.zone.identifier)
        form.add("jitter", unlessZero: DecimalSeconds(microseconds: parameters.jitter))
        form.add("gap", parameters.gap, unless: .once)
        form.add("fold", parameters.fold, unless: .first)
        return form.json
    }

    /// Crontab text with a star for the field that an error names, or for all if it names none.
    private static func expression(_ value: JSONValue, without field: String) -> String {
        let every = "* * * * *"
        guard case .string(let text) = value, let name = field.split(separator: ".").dropFirst().first else {
            return every
        }
        var words = text.split { $0 == " " || $0 == "\t" }
        // Those of five fields lack the seconds.
        let names = ["second", "minute", "hour", "day", "month", "day_of_week"].suffix(words.count)
        guard let index = Array(names).firstIndex(of: String(name)), words.indices.contains(index) else {
            return every
        }
        words[index] = "*"
        return words.joined(separator: " ")
    }
}
