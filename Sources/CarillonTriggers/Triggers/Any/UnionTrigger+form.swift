extension UnionTrigger {
    static var forms: [TriggerForm] {
        [
            TriggerForm(
                "or", keys: "triggers", partsKey: "triggers",
                read: { (reader) throws(TriggerError) in
                    let triggers = try reader.triggers("triggers")
                    return UnionTrigger(triggers.first, triggers.others)
                })
        ]
    }

    var json: JSONValue {
        var form = TriggerFormWriter(type: "or")
        form.add("triggers", .array(parameters.map(\.json)))
        return form.json
    }
}

extension Trigger {
    /// Fires whenever one of the triggers does; if several do at once, once.
    public static func any(of first: Trigger, _ others: Trigger...) -> Trigger {
        Trigger(UnionTrigger(first, others))
    }
}
