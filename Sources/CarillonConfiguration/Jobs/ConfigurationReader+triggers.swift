#if Configuration
import CarillonTriggers

/// Reads the triggers of jobs.
extension ConfigurationReader {
    /// The trigger of a job: in one key, flat among the other keys, or crontab text behind `cron`.
    mutating func trigger(_ parts: JobParts, _ zone: Zone) -> Trigger? {
        guard let entry = parts.trigger else {
            let isMisspelt = parts.haveMisspelt(JobKey.triggerNames)
            for other in parts.others where !isMisspelt || !Trigger.keysOfAllTypes.contains(other.key) {
                report(strange: other)
            }
            return nil
        }
        if entry.key == "cron" { return crontab(entry, parts, zone) }
        guard case .scalar = entry.value else {
            for other in parts.others { report(other, beside: entry) }
            let isPartial = parts.others.contains { Trigger.keysOfAllTypes.contains($0.key) }
            return nestedTrigger(entry, zone, isPartial: isPartial)
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
        let given = members.map(\.key)
        let keys = Trigger.keys(ofType: type)
        var isPartial = false
        for other in parts.others {
            var value: JSONValue?
            if given.contains(other.key) {
                report(other, "says what '\(entry.key)' says already; keep one of them")
            } else if keys?.contains(other.key) ?? Trigger.keysOfAllTypes.contains(other.key) {
                value = json(other, atMost: 160_000)
            } else if keys != nil, Trigger.keysOfAllTypes.contains(other.key) {
                let place = other.source.place(other.place)
                report(place, other.parent, "'\(other.key)' \(Trigger.refusal(ofKey: other.key, ofType: type))")
            } else {
                report(unknownInJob: other, trigger: keys ?? [])
            }
            if let value { members.append(JSONValue.Member(other.key, value)) } else { isPartial = true }
        }
        let form = JSONValue.object(members)
        if !isPartial, let trigger = trigger(form, zone) { return trigger }
        for error in Trigger.problems(of: form, isPartial: isPartial) {
            let key = String(error.field.prefix { $0 != "." && $0 != "[" })
            let inner = error.field.dropFirst(key.count)
            if let other = parts.others.first(where: { $0.key == key }) {
                let field = String(inner.drop { $0 == "." })
                let path = SettingPath.key(other.parent, key + error.inner(inner))
                report(error, field, in: other.value, other.place, path, other.source)
            } else {
                let isInside = key == first.key && !inner.isEmpty
                let path: SettingPath = isInside ? .key(entry.path, String(inner.dropFirst())) : entry.path
                report(entry.source.place(entry.place), path, Self.message(error))
            }
        }
        return nil
    }

    /// - Parameter isPartial: Whether keys of it stand elsewhere, of which it has been told.
    private mutating func nestedTrigger(_ entry: Entry, _ zone: Zone, isPartial: Bool) -> Trigger? {
        guard let entries = entries(of: entry, "a trigger") else { return nil }
        var members: [JSONValue.Member] = []
        for inner in entries {
            if let value = json(inner, atMost: 160_000) { members.append(JSONValue.Member(inner.key, value)) }
        }
        let form = JSONValue.object(members)
        let isPartial = isPartial || members.count < entries.count
        if !isPartial, let trigger = trigger(form, zone) { return trigger }
        for error in Trigger.problems(of: form, isPartial: isPartial) {
            let field = error.inner(error.field[...])
            let path: SettingPath = field.isEmpty ? entry.path : .key(entry.path, field)
            report(error, error.field, in: entry.value, entry.place, path, entry.source)
        }
        return nil
    }

    /// The most triggers that are kept to be used again.
    private static let maximumKnownTriggers = 10_000

    /// The trigger of a JSON form; nothing where something is wrong with it. Many jobs have the same one, and to take it
    /// again is faster than to make it anew.
    private mutating func trigger(_ json: JSONValue, _ zone: Zone) -> Trigger? {
        if let known = knownTriggers[json] { return known }
        guard let trigger = try? Trigger(json: json).resolved(defaultZone: zone) else { return nil }
        if knownTriggers.count < Self.maximumKnownTriggers { knownTriggers[json] = trigger }
        return trigger
    }

    /// Tells what is wrong with a trigger at the innermost key that can be found.
    ///
    /// - Parameter field: Where it is within the value.
    private mutating func report(
        _ error: TriggerError, _ field: String, in value: Value, _ place: TextPlace, _ path: SettingPath,
        _ source: SourceText
    ) {
        let field = error.code == .unknownField ? "\(field).\(error.value)" : field
        report(source.place(value.place(of: field) ?? place), path, Self.message(error))
    }

    private static func message(_ error: TriggerError) -> String {
        guard error.code != .missingField || error.field.isEmpty else {
            return "the key '\(error.field.split(separator: ".").last ?? "")' is missing"
        }
        return error.inWordsOfFiles.sentence
    }

    /// Tells of a key beside a trigger whose keys stand below it, which is none of a job's.
    private mutating func report(_ entry: Entry, beside trigger: Entry) {
        guard Trigger.keysOfAllTypes.contains(entry.key) else { return report(unknownInJob: entry) }
        report(entry, "belongs into '\(trigger.key)', below which the keys of this trigger stand")
    }

    /// Tells of a key in a job without a trigger that is none of a job's.
    private mutating func report(strange entry: Entry) {
        guard Trigger.keysOfAllTypes.contains(entry.key) else { return report(unknownInJob: entry) }
        report(entry, "belongs to a trigger, which this job does not have: give 'trigger' as well, such as 'interval'")
    }
}

extension TriggerError {
    /// What an error's path has of the end of its field: of a key that is missing, what it is missing in.
    fileprivate func inner(_ field: Substring) -> String {
        guard code == .missingField else { return String(field) }
        return field.lastIndex(of: ".").map { String(field[..<$0]) } ?? ""
    }
}
#endif
