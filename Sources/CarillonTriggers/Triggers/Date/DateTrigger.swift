/// Fires once.
final class DateTrigger: TriggerKind {
    struct Parameters: Hashable {
        /// The date and time as it was given.
        let runDate: Moment
        /// The zone a date without an offset is read in.
        let zone: Zone
        let zoneOrigin: ZoneOrigin
    }

    let parameters: Parameters
    /// The one fire time.
    let fireTime: Instant

    convenience init(_ runDate: Moment, zone: Zone? = nil) {
        self.init(Parameters(runDate: runDate, zone: zone ?? .utc, zoneOrigin: ZoneOrigin(isOwn: zone != nil)))
    }

    private init(_ parameters: Parameters) {
        self.parameters = parameters
        fireTime = parameters.runDate.instant(in: parameters.zone)
    }

    func next(after time: Instant) -> Instant? { fireTime > time ? fireTime : nil }
    func previous(before time: Instant) -> Instant? { fireTime < time ? fireTime : nil }
    func count(after start: Instant, through end: Instant) -> Int { fireTime > start && fireTime <= end ? 1 : 0 }

    var firing: FiringRule { .once(fireTime) }
    var onlyFireTime: Instant? { fireTime }

    var zone: Zone? { parameters.zone }
    var hasOwnZone: Bool { parameters.zoneOrigin.isOwn }

    func with(zone: Zone) -> any TriggerKind {
        DateTrigger(Parameters(runDate: parameters.runDate, zone: zone, zoneOrigin: parameters.zoneOrigin))
    }

    /// An offset names the instant whatever clocks do.
    var wallTimes: (any WallTimes)? {
        guard parameters.runDate.offset == nil else { return nil }
        return ZonedPattern(
            OneWallTime(wall: parameters.runDate.wall), rules: parameters.zone.rules,
            policy: .wallClock(gap: .once, fold: .first))
    }
}
