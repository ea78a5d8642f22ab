package import CarillonTriggers

extension JobPolicies {
    /// Returns all problems of the JSON form of policies, by key; empty if `init(json:)` can read it.
    package static func problems(of json: JSONValue) -> [TriggerError] {
        var form = json
        var problems: [TriggerError] = []
        while true {
            do throws(TriggerError) {
                _ = try JobPolicies(json: form)
                return problems
            } catch {
                problems.append(error)
                var path = error.field.split(separator: ".").map(String.init)
                if error.code == .unknownField { path.append(error.value) }
                // All policies are optional, so a wrong one can be left out to find the next problem.
                guard let rest = form.without(path[...]) else { return problems }
                form = rest
            }
        }
    }
}

extension JSONValue {
    /// Returns the value without the member at a path of keys; `nil` if there is no such member.
    fileprivate func without(_ path: ArraySlice<String>) -> JSONValue? {
        guard case .object(var members) = self, let key = path.first,
            let index = members.firstIndex(where: { $0.key == key })
        else { return nil }
        if let inner = members[index].value.without(path.dropFirst()) {
            members[index] = Member(key, inner)
        } else {
            members.remove(at: index)
        }
        return .object(members)
    }
}
