#if Web
import CarillonTriggers

/// Writes triggers as clients of Flask-APScheduler read them: the type in `trigger`, and its arguments beside it.
struct ShownTrigger {
    let members: [JSONValue.Member]
    /// The offset of the next fire time in answers, in seconds, of a date; `nil` if the zone's counts.
    private let offset: Int?
    private let zone: Zone

    init(_ trigger: Trigger) {
        let form = trigger.json
        let zone = trigger.zones.count == 1 ? trigger.zones[0] : .utc
        self.zone = zone
        guard case .object(let given) = form, case .string(let type)? = form["type"] else {
            (members, offset) = ([], nil)
            return
        }
        var shown = [JSONValue.Member("trigger", .string(type))]
        var offset: Int?
        switch type {
        case "interval":
            shown += Self.length(given)
            let units = Self.units.map(\.name)
            shown += given.filter { $0.key != "type" && !units.contains($0.key) }
        case "cron":
            shown += given.compactMap { member in
                guard member.key != "type" else { return nil }
                guard case .string(let text) = member.value, CronText.keys.contains(member.key) else { return member }
                return JSONValue.Member(member.key, .string(CronText.short(text)))
            }
        default: shown += given.filter { $0.key != "type" }
        }
        if type != "calendarinterval" {
            for member in shown where ["run_date", "start_date", "end_date"].contains(member.key) {
                guard case .string(let text) = member.value, let moment = Moment(text)?.resolved(in: zone) else {
                    continue
                }
                shown.set(member.key, .string(moment.instant(in: zone).text(offset: moment.offset ?? 0)))
                if member.key == "run_date" { offset = moment.offset }
            }
        }
        (members, self.offset) = (shown, offset)
    }

    /// A fire time as clients are shown it.
    func text(_ time: Instant) -> String { offset.map(time.text(offset:)) ?? time.text(in: zone) }

    private static let units: [(name: String, seconds: Int64)] = [
        ("weeks", 604_800), ("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1),
    ]

    /// The length of an interval by unit, carried over: 90 minutes are one hour and 30 minutes.
    private static func length(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
        var total: Int64 = 0
        // The digits behind the point of the seconds, as they are written.
        var fraction = ""
        for (name, seconds) in units {
            switch members.first(where: { $0.key == name })?.value {
            case .integer(let number)?: total += number * seconds
            case .decimal(let text)?:
                total += Int64(text.prefix { $0 != "." }) ?? 0
                fraction = String(text.drop { $0 != "." })
            default: break
            }
        }
        var shown: [JSONValue.Member] = []
        for (name, seconds) in units {
            let (count, rest) = total.quotientAndRemainder(dividingBy: seconds)
            total = rest
            if name == "seconds", !fraction.isEmpty {
                shown.append(JSONValue.Member(name, .decimal("\(count)\(fraction)")))
            } else if count > 0 {
                shown.append(JSONValue.Member(name, .integer(count)))
            }
        }
        return shown
    }
}
#endif
