extension Trigger {
    /// The same with another zone in the place of each that the database does not have.
    ///
    /// - Throws: `TriggerError` where the trigger is none in that zone.
    package func replacingMissingZones(by zone: Zone) throws(TriggerError) -> Trigger {
        try Trigger(json: Self.replacingMissingZones(in: json, by: zone.identifier))
    }

    private static func replacingMissingZones(in value: JSONValue, by name: String) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.map { member in
                    if member.key == "timezone", case .string(let old) = member.value, !ZoneDatabase.system.has(old) {
                        return JSONValue.Member(member.key, .string(name))
                    }
                    return JSONValue.Member(member.key, replacingMissingZones(in: member.value, by: name))
                })
        case .array(let values): .array(values.map { replacingMissingZones(in: $0, by: name) })
        default: value
        }
    }
}
