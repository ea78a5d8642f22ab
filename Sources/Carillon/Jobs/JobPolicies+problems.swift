package import CarillonTriggers

extension JobPolicies {
    /// All that is wrong with the JSON form of policies, by their keys; nothing where `init(json:)` can read it.
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
                // No policy has to be there, so what is wrong can be left out.
                guard let rest = form.without(path[...]) else { return problems }
                form = rest
            }
        }
    }
}

extension JSONValue {
    /// The value without what keys lead to, one within the other; nothing where there is nothing.
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
