/// Fires at the wall times of a zone that a cron expression selects.
final class CronTrigger: TriggerKind {
    struct Parameters: Hashable {
        /// The expression as it was given.
        var source: CronSource
        /// No fire time lies before it.
        var start: Moment?
        /// No fire time lies after it.
        var end: Moment?
        /// Microseconds.
        var jitter: Int64
        /// What becomes of times that the clock skips; wildcard expressions follow elapsed time instead.
        var gap: GapPolicy
        /// What becomes of times that the clock shows twice; wildcard expressions follow elapsed time instead.
        var fold: FoldPolicy
        /// The zone whose clock is meant.
        var zone: Zone
        let zoneOrigin: ZoneOrigin
    }

    let parameters: Parameters
    let compiled: CompiledCron

    /// - Throws: `TriggerError`, naming the field, its value and what is allowed.
    convenience init(
        _ source: CronSource,
        start: Moment? = nil,
        end: Moment? = nil,
        zone: Zone? = nil,
        jitter: Int64 = 0,
        gap: GapPolicy = .once,
        fold: FoldPolicy = .first
    ) throws(TriggerError) {
        let selection = try source.selection()
        try Jitter.check(jitter)
        self.init(
            Parameters(
                source: source,
                start: start,
                end: end,
                jitter: jitter,
                gap: gap,
                fold: fold,
                zone: zone ?? .utc,
                zoneOrigin: ZoneOrigin(isOwn: zone != nil)
            ),
            selection.pattern,
            policy: selection.followsElapsedTime ? .elapsed : .wallClock(gap: gap, fold: fold)
        )
    }

    private init(_ parameters: Parameters, _ pattern: CronPattern, policy: ClockChangePolicy) {
        self.parameters = parameters
        compiled = CompiledCron(
            pattern,
            policy: policy,
            zone: parameters.zone,
            start: parameters.start,
            end: parameters.end
        )
    }

    func next(after time: Instant) -> Instant? { compiled.next(after: time) }
    func previous(before time: Instant) -> Instant? { compiled.previous(before: time) }
    func count(after start: Instant, through end: Instant) -> Int { compiled.count(after: start, through: end) }

    var firing: FiringRule { .cron(compiled, zone: parameters.zone) }
    var jitter: Int64 { parameters.jitter }
    var end: Instant? { parameters.end?.instant(in: parameters.zone) }

    var zone: Zone? { parameters.zone }
    var hasOwnZone: Bool { parameters.zoneOrigin.isOwn }

    func with(zone: Zone) -> any TriggerKind {
        var parameters = parameters
        parameters.zone = zone
        return CronTrigger(parameters, compiled.zoned.pattern, policy: compiled.zoned.policy)
    }

    var wallTimes: (any WallTimes)? { compiled.zoned }

    func skippedTimes(by change: Zone.ClockChange) -> SkippedTimes {
        let second = change.instant.flooredSeconds
        let isWithin = compiled.first <= second && second <= compiled.last
        return isWithin ? compiled.zoned.skippedTimes(at: second) : SkippedTimes()
    }
}
