/// Fires once.
public struct DateTrigger: Hashable, Sendable {
    /// The date and time as it was given.
    public let runDate: Moment
    /// The zone a date without an offset is read in.
    public let zone: Zone
    /// Whether the zone was given with the trigger; otherwise the scheduler's takes its place.
    public var hasOwnZone: Bool { zoneOrigin.isOwn }
    private let zoneOrigin: ZoneOrigin
    /// The one fire time.
    public let fireTime: Instant

    package init(_ runDate: Moment, zone: Zone? = nil) {
        self.init(runDate, zone: zone ?? .utc, hasOwnZone: zone != nil)
    }

    private init(_ runDate: Moment, zone: Zone, hasOwnZone: Bool) {
        self.runDate = runDate
        self.zone = zone
        zoneOrigin = ZoneOrigin(isOwn: hasOwnZone)
        fireTime = runDate.instant(in: zone)
    }

    /// The wall time in its zone; nothing where an offset names the instant.
    var zoned: ZonedPattern<OneWallTime>? {
        guard runDate.offset == nil else { return nil }
        return ZonedPattern(
            OneWallTime(wall: runDate.wall), rules: zone.rules, policy: .wallClock(gap: .once, fold: .first))
    }

    /// The same with the newest rules of its zone.
    func renewed() -> DateTrigger { DateTrigger(runDate, zone: zone.current, hasOwnZone: hasOwnZone) }

    func resolved(defaultZone: Zone) -> DateTrigger {
        hasOwnZone ? self : DateTrigger(runDate, zone: defaultZone, hasOwnZone: false)
    }
}
