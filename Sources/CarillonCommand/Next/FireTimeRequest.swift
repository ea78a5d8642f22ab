#if Command
import CarillonTriggers

/// One line of `carillon next --jsonl`: which fire times are asked for.
struct FireTimeRequest {
    /// The most fire times that one line may ask for.
    static let maximumCount = 10_000_000

    let id: String
    let trigger: Trigger
    let zone: Zone
    let after: Instant
    let count: Int

    /// Reads a request; `id` is told as soon as it is known, so that an answer to a broken request can carry it.
    ///
    /// - Throws: `TriggerError`, naming what is wrong.
    init(_ json: JSONValue, id: inout String?) throws(TriggerError) {
        if case .string(let text)? = json["id"] { id = text }
        var reader = try JSONObjectReader(json, of: "a request")
        try reader.refuseKeys(except: ["id", "trigger", "timezone", "after", "count"])
        self.id = try reader.requiredString("id")
        let trigger = try reader.required("trigger")
        zone = try Zone(named: try reader.requiredString("timezone"), field: "timezone")
        let after = try reader.requiredString("after")
        self.after = try Moment(text: after, form: .rfc3339, field: "after").instant(in: zone)
        guard let count = try reader.integer("count") else {
            throw TriggerError(.missingField, field: "count", "is missing")
        }
        guard (0...Self.maximumCount).contains(count) else {
            throw TriggerError(
                .invalidValue, field: "count", value: String(count), "is not in 0...\(Self.maximumCount)")
        }
        self.count = count
        do throws(TriggerError) {
            self.trigger = try Trigger(json: trigger).resolved(defaultZone: zone)
        } catch {
            throw error.inside("trigger")
        }
    }
}
#endif
