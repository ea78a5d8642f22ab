extension Trigger {
    /// All that is wrong with the JSON form of a trigger, by its keys; none if `init(json:)` can read it.
    ///
    /// What only follows from a mistake, such as an interval of nothing whose unit is misspelt, is left out. Each
    /// value that is wrong gives way to one that is right until the form can be read.
    ///
    /// - Parameter isPartial: Whether keys were left out that have been reported already.
    package static func problems(of json: JSONValue, isPartial: Bool = false) -> [TriggerError] {
        guard case .object(let members) = json, case .string(let type)? = json["type"], let kind = form(ofType: type)
        else { return firstProblem(of: json).map { [$0] } ?? [] }
        var problems: [TriggerError] = []
        var form = members.filter { kind.keys.contains($0.key) }
        for member in members where !kind.keys.contains(member.key) {
            problems.append(
                TriggerError(
                    .unknownField, value: member.key.isEmpty ? "\"\"" : member.key,
                    refusal(ofKey: member.key, ofType: type)))
        }
        if let key = kind.partsKey, case .array(let triggers)? = json[key], !triggers.isEmpty {
            for (index, trigger) in triggers.enumerated() {
                problems += Self.problems(of: trigger).map { $0.inside("\(key)[\(index)]") }
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
            if let value = kind.substitute(form[index], problem) {
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
}
