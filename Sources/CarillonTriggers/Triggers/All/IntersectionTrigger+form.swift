extension IntersectionTrigger {
    static var forms: [TriggerForm] {
        [
            TriggerForm(
                "and", keys: "triggers", partsKey: "triggers",
                read: { (reader) throws(TriggerError) in
                    let triggers = try reader.triggers("triggers")
                    return IntersectionTrigger(triggers.first, triggers.others)
                })
        ]
    }

    var json: JSONValue {
        var form = TriggerFormWriter(type: "and")
        form.add("triggers", .array(parameters.map(\.json)))
        return form.json
    }
}

extension Trigger {
    /// Fires when all of the triggers do at the same instant.
    public static func all(of first: Trigger, _ others: Trigger...) -> Trigger {
        Trigger(IntersectionTrigger(first, others))
    }
}
