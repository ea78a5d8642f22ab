extension Trigger {
    /// Reads a trigger from its JSON form, such as `{"type": "interval", "minutes": 5}`.
    ///
    /// - Throws: `TriggerError`, naming the key, its value and what is allowed.
    public init(json: JSONValue) throws(TriggerError) {
        var reader = try JSONObjectReader(json, of: "a trigger")
        let type = try reader.requiredString("type")
        guard let form = Self.forms[type] else {
            let names = Self.forms.keys.sorted()
            let hint = nearest(to: type, among: names).map { "did you mean '\($0)'?" }
            throw TriggerError(
                .invalidValue,
                field: "type",
                value: type,
                "\(type.isEmpty ? "is empty" : "is not a kind of trigger"); \(hint ?? "the kinds are \(names.joined(separator: ", "))")"
            )
        }
        // What is wrong with a value, or missing, is often that a key is misspelt.
        try reader.refuseKeys(except: form.keys) { Self.refusal(ofKey: $0, ofType: type) }
        kind = try form.read(&reader)
    }

    /// The keys that a kind of trigger may have in its JSON form; nothing for a kind that there is not.
    package static func keys(ofType type: String) -> [String]? { forms[type]?.keys }

    /// The keys of all kinds of trigger.
    package static var keysOfAllTypes: Set<String> { Set(forms.values.flatMap(\.keys)) }

    /// What to say of a key that a kind of trigger does not have: which of its keys was meant or, where none is like it,
    /// which kinds have it.
    package static func refusal(ofKey key: String, ofType type: String) -> String {
        let keys = keys(ofType: type) ?? []
        let types = forms.filter { $0.value.keys.contains(key) }.keys.sorted().map { "'\($0)'" }
        guard !types.isEmpty, nearest(to: key, among: keys) == nil else {
            return CarillonTriggers.refusal(ofKey: key, among: keys)
        }
        let words = "the type\(types.count == 1 ? "" : "s") \(EnglishText.list(types, "and"))"
        return "is not a key here; it belongs to triggers of \(words), and this one is of the type '\(type)'"
    }

    private typealias Read = @Sendable (inout JSONObjectReader) throws(TriggerError) -> Kind

    private struct Form: Sendable {
        var keys: [String]
        var read: Read

        init(_ keys: String, _ read: @escaping Read) {
            self.keys = ["type"] + keys.split(separator: " ").map(String.init)
            self.read = read
        }
    }

    private static let forms: [String: Form] = [
        "date": Form("run_date timezone", readDate),
        "interval": Form(
            "weeks days hours minutes seconds start_date end_date timezone jitter first_run", readInterval),
        "cron": Form(
            CronFieldName.allCases.map(\.rawValue).joined(separator: " ")
                + " start_date end_date timezone jitter gap fold", readCron),
        "crontab": Form("expression weekdays timezone jitter gap fold", readCrontab),
        "calendarinterval": Form(
            "years months weeks days hour minute second start_date end_date timezone gap", readCalendarInterval),
        "and": Form("triggers") { (reader) throws(TriggerError) in
            let triggers = try readTriggers(&reader)
            return .all(IntersectionTrigger(triggers.first, triggers.others))
        },
        "or": Form("triggers") { (reader) throws(TriggerError) in
            let triggers = try readTriggers(&reader)
            return .any(UnionTrigger(triggers.first, triggers.others))
        },
    ]

    private static let readDate: Read = { (reader) throws(TriggerError) in
        let text = try reader.requiredString("run_date")
        let zone = try reader.zone("timezone")
        return .date(DateTrigger(try Moment(text: text, field: "run_date"), zone: zone))
    }

    private static let readInterval: Read = { (reader) throws(TriggerError) in
        .interval(
            try IntervalTrigger(
                IntervalTrigger.Length(
                    weeks: try reader.integer("weeks") ?? 0,
                    days: try reader.integer("days") ?? 0,
                    hours: try reader.integer("hours") ?? 0,
                    minutes: try reader.integer("minutes") ?? 0,
                    seconds: try reader.integer("seconds") ?? 0
                ),
                start: try reader.moment("start_date"),
                end: try reader.moment("end_date"),
                zone: try reader.zone("timezone"),
                jitter: try reader.integer("jitter") ?? 0,
                firstRun: try reader.choice("first_run", IntervalTrigger.FirstRun.self) ?? .immediately
            )
        )
    }

    private static let readCron: Read = { (reader) throws(TriggerError) in
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
        return .cron(
            try CronTrigger(
                .fields(fields),
                start: try reader.moment("start_date"),
                end: try reader.moment("end_date"),
                zone: try reader.zone("timezone"),
                jitter: try reader.integer("jitter") ?? 0,
                gap: try reader.choice("gap", GapPolicy.self) ?? .once,
                fold: try reader.choice("fold", FoldPolicy.self) ?? .first
            )
        )
    }

    private static let readCrontab: Read = { (reader) throws(TriggerError) in
        .cron(
            try CronTrigger(
                .crontab(
                    try reader.requiredString("expression"),
                    weekdays: try reader.choice("weekdays", CrontabWeekdays.self) ?? .standard
                ),
                zone: try reader.zone("timezone"),
                jitter: try reader.integer("jitter") ?? 0,
                gap: try reader.choice("gap", GapPolicy.self) ?? .once,
                fold: try reader.choice("fold", FoldPolicy.self) ?? .first
            )
        )
    }

    private static let readCalendarInterval: Read = { (reader) throws(TriggerError) in
        .calendarInterval(
            try CalendarIntervalTrigger(
                CalendarIntervalTrigger.Length(
                    years: try reader.integer("years") ?? 0,
                    months: try reader.integer("months") ?? 0,
                    weeks: try reader.integer("weeks") ?? 0,
                    days: try reader.integer("days") ?? 0
                ),
                at: CalendarIntervalTrigger.TimeOfDay(
                    hour: try reader.integer("hour") ?? 0,
                    minute: try reader.integer("minute") ?? 0,
                    second: try reader.integer("second") ?? 0
                ),
                start: try reader.moment("start_date", form: .dateOnly),
                end: try reader.moment("end_date", form: .dateOnly),
                zone: try reader.zone("timezone"),
                gap: try reader.choice("gap", GapPolicy.self) ?? .once
            )
        )
    }

    private static func readTriggers(_ reader: inout JSONObjectReader) throws(TriggerError)
        -> (first: Trigger, others: [Trigger])
    {
        let value = try reader.required("triggers")
        guard case .array(let elements) = value else {
            throw TriggerError(
                .invalidValue, field: "triggers", "must be an array of triggers, not \(value.kindDescription)")
        }
        var triggers: [Trigger] = []
        for (index, element) in elements.enumerated() {
            do {
                triggers.append(try Trigger(json: element))
            } catch {
                throw error.inside("triggers[\(index)]")
            }
        }
        guard let first = triggers.first else {
            throw TriggerError(.invalidValue, field: "triggers", "is empty; give one trigger or more")
        }
        return (first, Array(triggers.dropFirst()))
    }
}

extension Trigger: Codable {
    /// Reads the JSON form from any decoder.
    ///
    /// - Throws: `DecodingError` with the `TriggerError` under it.
    public init(from decoder: any Decoder) throws {
        self = try JSONValue.read(from: decoder, Self.init(json:))
    }

    /// Writes the JSON form.
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}
