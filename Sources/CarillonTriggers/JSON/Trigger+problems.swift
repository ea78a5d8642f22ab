extension Trigger {
    /// All that is wrong with the JSON form of a trigger, by its keys; nothing where `init(json:)` can read it.
    ///
    /// What only follows from a mistake, such as an interval of nothing whose unit is misspelt, is not told besides. Each
    /// value that is wrong gives way to one that is right until the form can be read.
    ///
    /// - Parameter isPartial: Whether keys were left out that have been told of.
    package static func problems(of json: JSONValue, isPartial: Bool = false) -> [TriggerError] {
        guard case .object(let members) = json, case .string(let type)? = json["type"], let keys = keys(ofType: type)
        else { return firstProblem(of: json).map { [$0] } ?? [] }
        var problems: [TriggerError] = []
        var form = members.filter { keys.contains($0.key) }
        for member in members where !keys.contains(member.key) {
            problems.append(
                TriggerError(
                    .unknownField, value: member.key.isEmpty ? "\"\"" : member.key,
                    refusal(ofKey: member.key, ofType: type)))
        }
        if case .array(let triggers)? = json["triggers"], !triggers.isEmpty {
            for (index, trigger) in triggers.enumerated() {
                problems += Self.problems(of: trigger).map { $0.inside("triggers[\(index)]") }
            }
            return problems
        }
        var last: TriggerError?
        while let problem = firstProblem(of: .object(form)), problem != last {
            last = problem
            let key = String(problem.field.prefix { $0 != "." })
            guard let index = form.firstIndex(where: { $0.key == key }) else {
                // It is about a key that is not there, or about several of them.
                if problems.isEmpty, !isPartial { problems.append(problem) }
                break
            }
            problems.append(problem)
            if let value = substitute(for: form[index], type: type, problem) {
                form[index] = JSONValue.Member(key, value)
            } else {
                form.remove(at: index)
            }
        }
        return problems
    }

    private static func firstProblem(of json: JSONValue) -> TriggerError? {
        do throws(TriggerError) {
            _ = try Trigger(json: json)
            return nil
        } catch {
            return error
        }
    }

    /// A value that is right in the place of one that is not; nothing where the key can be left out.
    private static func substitute(
        for member: JSONValue.Member, type: String, _ problem: TriggerError
    ) -> JSONValue? {
        switch (type, member.key) {
        case ("crontab", "expression"): return .string(expression(member.value, without: problem.field))
        case ("date", "run_date"): return .string("2000-01-01")
        case ("cron", _) where CronFieldName(rawValue: member.key) != nil: return .string("*")
        case ("interval", "weeks"), ("interval", "days"), ("interval", "hours"), ("interval", "minutes"),
            ("interval", "seconds"), ("calendarinterval", "years"), ("calendarinterval", "months"),
            ("calendarinterval", "weeks"), ("calendarinterval", "days"):
            return .integer(1)
        default: return nil
        }
    }

    /// Crontab text with a star for the field that an error names, or for all where it names none.
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
