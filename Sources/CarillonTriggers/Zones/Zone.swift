/// A time zone of the system's time zone database, such as `Europe/Berlin`.
public struct Zone: Hashable, Sendable {
    /// The name in the database, or `local` for the zone the machine is set to.
    public let identifier: String
    package let rules: ZoneRules

    /// Coordinated Universal Time; needs no database.
    public static let utc = Zone(identifier: "UTC", rules: ZoneRules(fixedOffset: 0))

    /// Looks a zone up in the system's database (`TZDIR`, or `/usr/share/zoneinfo`); `local` is the zone that `TZ`
    /// names or, where that is not set, the one of `/etc/localtime`.
    ///
    /// - Throws: `TriggerError` with `unknownZone`, `unreadableZone` or `missingZoneDatabase`.
    public init(_ identifier: String) throws(TriggerError) {
        self = identifier == "UTC" ? .utc : try ZoneDatabase.system.zone(named: identifier)
    }

    /// Looks up the zone that a field names.
    package init(named identifier: String, field: String) throws(TriggerError) {
        do throws(TriggerError) {
            try self.init(identifier)
        } catch {
            throw error.inside(field)
        }
    }

    package init(identifier: String, rules: ZoneRules) {
        self.identifier = identifier
        self.rules = rules
    }

    /// Seconds east of UTC at an instant.
    public func offset(at instant: Instant) -> Int { rules.offset(at: instant.flooredSeconds) }

    /// Zones are the same if their names are.
    public static func == (left: Zone, right: Zone) -> Bool { left.identifier == right.identifier }

    /// Hashes the parameters.
    public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}

extension Zone: Codable {
    /// Reads the zone's name and looks it up.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the zone's name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(identifier)
    }
}
