import CarillonTriggers

extension Job: CustomStringConvertible {
    /// One line of text: `report "Daily report" (task report, at 09:00): next 2027-01-15T09:00:00+00:00`.
    public var description: String {
        let called = definition.name.map { " \"\($0)\"" } ?? ""
        return "\(id)\(called) (task \(definition.task), \(definition.trigger)): \(standing)"
    }

    /// Whether the job fires, and when.
    var standing: String {
        switch state {
        case .active: next.map { "next \($0.due.formatted(in: definition.trigger.shownZone))" } ?? "ended"
        case .paused: "paused"
        case .ended: "ended"
        }
    }
}

extension JobPolicies: CustomStringConvertible {
    /// One line of text, by the keys of the JSON form: `max_instances 3, timeout 90`; `as usual` if all have their
    /// defaults.
    public var description: String {
        guard case .object(let members) = json, !members.isEmpty else { return "as usual" }
        return members.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
