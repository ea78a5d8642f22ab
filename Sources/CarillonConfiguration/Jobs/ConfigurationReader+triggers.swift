import CarillonTriggers

/// Reads the triggers of jobs.
extension ConfigurationReader {
    /// The trigger of a job: in one key, flat among the other keys, or crontab text behind `cron`.
    mutating func trigger(_ parts: JobParts, _ zone: Zone) -> Trigger? {
        guard let entry = parts.trigger else {
            for other in parts.others { report(strange: other) }
            return nil
        }
        if entry.key == "cron" { return crontab(entry, parts, zone) }
        guard case .scalar = entry.value else {
            for other in parts.others { report(unknown: other, among: JobKey.names) }
            return nestedTrigger(entry, zone)
        }
        guard let type = text(entry) else { return nil }
        return flatTrigger(type, JSONValue.Member("type", .string(type)), entry, parts, zone)
    }

    private mutating func crontab(_ entry: Entry, _ parts: JobParts, _ zone: Zone) -> Trigger? {
        guard case .scalar = entry.value else {
            report(entry, "must be crontab text; write fields as trigger: {type: cron, …}")
            return nil
        }
        guard let expression = text(entry) else { return nil }
        return flatTrigger("crontab", JSONValue.Member("expression", .string(expression)), entry, parts, zone)
    }

    /// Reads a trigger whose keys stand among those of the job.
    private mutating func flatTrigger(
        _ type: String, _ first: JSONValue.Member, _ entry: Entry, _ parts: JobParts, _ zone: Zone
    ) -> Trigger? {
        var members = [JSONValue.Member("type", .string(type))]
        if first.key != "type" { members.append(first) }
        let keys = Trigger.keys(ofType: type)
        var isRight = true
        for other in parts.others {
            if members.contains(where: { $0.key == other.key }) {
                report(other, "says what '\(entry.key)' says already; keep one of them")
                isRight = false
            } else if keys?.contains(other.key) ?? Trigger.keysOfAllTypes.contains(other.key) {
                if let value = json(other, atMost: 160_000) {
                    members.append(JSONValue.Member(other.key, value))
                } else {
                    isRight = false
                }
            } else {
                let own = (keys ?? []).filter { $0 != "type" }
                report(unknown: other, among: own + JobKey.names.filter { !own.contains($0) })
                isRight = false
            }
        }
        guard isRight else { return nil }
        do throws(TriggerError) {
            return try trigger(.object(members), zone)
        } catch {
            let field = error.field == first.key ? "" : error.field
            let key = field.prefix { $0 != "." && $0 != "[" }
            if let other = parts.others.first(where: { $0.key == key }) {
                report(error, field, in: other.value, other.place, .key(other.parent, field), other.source)
            } else {
                report(entry, Self.message(error))
            }
            return nil
        }
    }

    private mutating func nestedTrigger(_ entry: Entry, _ zone: Zone) -> Trigger? {
        guard case .mapping = entry.value else {
            report(entry.source.place(entry.value.place), entry.path, "a trigger must consist of keys and values")
            return nil
        }
        guard let json = json(entry, atMost: 160_000) else { return nil }
        do throws(TriggerError) {
            return try trigger(json, zone)
        } catch {
            let path: SettingPath = error.field.isEmpty ? entry.path : .key(entry.path, error.field)
            report(error, "", in: entry.value, entry.place, path, entry.source)
            return nil
        }
    }

    /// The most triggers that are kept to be used again.
    private static let maximumKnownTriggers = 10_000

    /// The trigger of a JSON form. Many jobs have the same one, and to take it again is faster than to make it anew.
    private mutating func trigger(_ json: JSONValue, _ zone: Zone) throws(TriggerError) -> Trigger {
        if let known = knownTriggers[json] { return known }
        let trigger = try Trigger(json: json).resolved(defaultZone: zone)
        if knownTriggers.count < Self.maximumKnownTriggers { knownTriggers[json] = trigger }
        return trigger
    }

    /// Tells what is wrong with a trigger at the innermost key that can be found.
    ///
    /// - Parameter outer: The beginning of the error's field that has led to the node already.
    private mutating func report(
        _ error: TriggerError, _ outer: String, in value: Value, _ place: TextPlace, _ path: SettingPath,
        _ source: SourceText
    ) {
        var field = error.field
        if error.code == .unknownField { field += ".\(error.value)" }
        if !outer.isEmpty { field = String(field.drop { $0 != "." && $0 != "[" }) }
        report(source.place(value.place(of: field) ?? place), path, Self.message(error))
    }

    private static func message(_ error: TriggerError) -> String {
        error.value.isEmpty ? error.reason : "'\(error.value)' \(error.reason)"
    }

    /// Tells of a key in a job without a trigger that is none of a job's.
    private mutating func report(strange entry: Entry) {
        guard Trigger.keysOfAllTypes.contains(entry.key) else { return report(unknown: entry, among: JobKey.names) }
        report(entry, "belongs to a trigger, which this job does not have: give 'trigger' as well, such as 'interval'")
    }
}
