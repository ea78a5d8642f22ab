extension FirstAtTrigger {
    static var forms: [TriggerForm] {
        [
            TriggerForm("first_at", keys: "at then", read: read) { member, _ in
                member.key == "at" ? .string("2000-01-01") : nil
            }
        ]
    }

    private static let read: TriggerForm.Read = { (reader) throws(TriggerError) in
        let first = try Moment(text: try reader.requiredString("at"), field: "at")
        let form = try reader.required("then")
        do throws(TriggerError) {
            return FirstAtTrigger(first, then: try Trigger(json: form))
        } catch {
            throw error.inside("then")
        }
    }

    var json: JSONValue {
        var form = TriggerFormWriter(type: "first_at")
        form.add("at", parameters.first)
        form.add("then", parameters.trigger.json)
        return form.json
    }
}

extension Trigger {
    /// Fires at a time that was set by hand, even if it is added later than that, and after it whenever another trigger
    /// does.
    package static func first(at moment: Moment, then trigger: Trigger) -> Trigger {
        Trigger(FirstAtTrigger(moment, then: trigger))
    }

    /// The first fire time that was set by hand, and the trigger without it; no time of any other trigger.
    package var withoutSetTime: (first: Moment?, trigger: Trigger) {
        guard let kind = kind as? FirstAtTrigger else { return (nil, self) }
        return (kind.parameters.first, kind.parameters.trigger)
    }
}
