import CarillonTriggers
import Foundation

/// A cron expression that is measured, in the forms that the peers want as well.
struct Expression: Encodable {
    let name: String
    /// Crontab text with 5 or 6 fields, or a macro; nothing where crontab text cannot say it.
    let crontab: String?
    /// The fields of APScheduler's cron trigger.
    let fields: [String: String]
    /// Whether the expression selects so few days that a search passes over months or years.
    let isRare: Bool

    /// The most that one `next(after:)` should cost.
    var target: Double { isRare ? 500 : 150 }

    func trigger(in zone: Zone) throws -> Trigger {
        if let crontab { return try .crontab(crontab, in: zone) }
        func field(_ name: String) -> CronField? { fields[name].map { CronField($0) } }
        return try .cron(
            day: field("day"),
            hour: field("hour"),
            minute: field("minute"),
            dayOfWeek: field("day_of_week"),
            in: zone
        )
    }

    static let all = [
        Expression("*/5 * * * *", ["minute": "*/5"]),
        Expression("0 9 * * mon-fri", ["hour": "9", "day_of_week": "mon-fri"]),
        Expression("30 2 * * *", ["hour": "2", "minute": "30"]),
        Expression("*/15 9-17 * * mon-fri", ["minute": "*/15", "hour": "9-17", "day_of_week": "mon-fri"]),
        Expression("0 0 1 * *", ["day": "1"]),
        Expression("@hourly", ["minute": "0"]),
        Expression("cron hour=9", ["hour": "9"], crontab: nil),
        Expression("*/10 * * * * *", ["second": "*/10"]),
        Expression("0 0 L * *", ["day": "last"]),
        Expression("0 9 * * tue#2", ["day": "2nd tue", "hour": "9"]),
        Expression("0 0 29 2 *", ["month": "2", "day": "29"], isRare: true),
        Expression("cron day=13 day_of_week=fri", ["day": "13", "day_of_week": "fri"], crontab: nil, isRare: true),
    ]

    private init(_ crontab: String, _ fields: [String: String], isRare: Bool = false) {
        self.init(crontab, fields, crontab: crontab, isRare: isRare)
    }

    private init(_ name: String, _ fields: [String: String], crontab: String?, isRare: Bool = false) {
        self.name = name
        self.crontab = crontab
        self.fields = fields
        self.isRare = isRare
    }
}

/// The zones that are measured.
enum MeasuredZones {
    static let names = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata",
        "Pacific/Apia", "America/Sao_Paulo",
    ]

    /// Every zone of the system's database, by name.
    static func all() -> [String: Zone] {
        let folder = ProcessInfo.processInfo.environment["TZDIR"] ?? "/usr/share/zoneinfo"
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        var zones: [String: Zone] = [:]
        for name in names where !name.hasPrefix("posix/") && !name.hasPrefix("right/") {
            // Tables and folders lie beside the zone files.
            zones[name] = try? Zone(name)
        }
        return zones
    }
}
