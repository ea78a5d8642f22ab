#if Web
import CarillonTriggers

/// Reads triggers as clients write them, into the JSON form that every part of Carillon reads.
///
/// What differs over these routes: null is the same as absent for some keys; dates without an offset get the one that
/// they have in the trigger's zone; a date trigger without a date is now; an interval without a start waits one
/// interval, so that a client that adds all its jobs at each deployment does not start them all.
struct RequestedTrigger {
    let zone: Zone
    let now: Instant

    /// - Throws: `TriggerError`, naming the key, its value and what is allowed.
    func trigger(_ form: JSONValue) throws(TriggerError) -> Trigger {
        do throws(TriggerError) {
            return try Trigger(json: try completed(form)).resolved(defaultZone: zone).anchored(at: now)
        } catch {
            throw error.forUsers
        }
    }

    /// The keys whose null is the same as none.
    private static let nullable: Set<String> = ["timezone", "jitter"]
    private static let dates: Set<String> = ["run_date", "start_date", "end_date"]

    private func completed(_ form: JSONValue) throws(TriggerError) -> JSONValue {
        guard case .object(let given) = form, case .string(let type)? = form["type"] else { return form }
        var members = given.filter { member in
            guard member.value == .null else { return true }
            return !Self.nullable.contains(member.key) && !(type == "cron" && CronText.keys.contains(member.key))
        }
        // The parts of several triggers are such forms themselves.
        if case .array(let parts)? = form["triggers"] {
            var completedParts: [JSONValue] = []
            for (index, part) in parts.enumerated() {
                do throws(TriggerError) {
                    completedParts.append(try completed(part))
                } catch {
                    throw error.inside("triggers[\(index)]")
                }
            }
            members.set("triggers", .array(completedParts))
            return .object(members)
        }
        var zone = zone
        if case .string(let name)? = JSONValue.object(members)["timezone"] {
            zone = try Zone(named: name, field: "timezone")
        }
        // Those of a calendar interval are days, which have no offset.
        if type != "calendarinterval" {
            for member in members where Self.dates.contains(member.key) {
                guard case .string(let text) = member.value else { continue }
                let moment = try Moment(text: text, field: member.key).resolved(in: zone)
                members.set(member.key, .string(moment.description))
            }
        }
        switch type {
        case "date" where form["run_date"] == nil: members.set("run_date", .string(now.text(in: zone)))
        case "interval" where form["start_date"] == nil: try setStart(of: &members, in: zone)
        default: break
        }
        return .object(members)
    }

    /// Lets an interval begin after its length, unless it says when it fires first.
    private func setStart(of members: inout [JSONValue.Member], in zone: Zone) throws(TriggerError) {
        let firstRun = JSONValue.object(members)["first_run"]
        guard firstRun == nil || firstRun == .string(Trigger.FirstRun.afterInterval.rawValue) else { return }
        members.set("first_run", .string(Trigger.FirstRun.afterInterval.rawValue))
        let anchored = try Trigger(json: .object(members)).anchored(at: now)
        guard case .string(let text)? = anchored.json["start_date"] else { return }
        let start = try Moment(text: text, field: "start_date").instant(in: zone)
        members.set("start_date", .string(start.text(in: zone)))
        members.removeAll { $0.key == "first_run" }
    }
}

extension [JSONValue.Member] {
    /// Sets the value of a key, in its place if it is there.
    mutating func set(_ key: String, _ value: JSONValue) {
        let member = JSONValue.Member(key, value)
        if let index = firstIndex(where: { $0.key == key }) { self[index] = member } else { append(member) }
    }
}
#endif
