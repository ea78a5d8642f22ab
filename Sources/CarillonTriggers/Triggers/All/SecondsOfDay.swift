/// The seconds of the UTC day in which triggers can fire in a stretch of time.
struct SecondsOfDay {
    /// Tells what a zone's clock is at.
    typealias Clocks = (ZoneRules) -> Stretch.Clock

    private static let length = Int(CivilLimits.secondsPerDay)
    private var words = [UInt64](repeating: 0, count: SecondsOfDay.length / 64)

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// The seconds in which all walkers can fire.
    static func common(of walkers: [Conjunction.Walker], in stretch: Stretch, _ clocks: Clocks) -> SecondsOfDay {
        common(of: walkers) { seconds, walker in
            switch walker {
            case .cron(let cron): seconds.insert(cron, stretch, clocks)
            case .interval(let times): seconds.insert(times, stretch)
            case .other(let trigger): seconds.insert(trigger, stretch, clocks)
            }
        }
    }

    private static func common<Part>(of parts: [Part], insert: (inout SecondsOfDay, Part) -> Void) -> SecondsOfDay {
        var common: SecondsOfDay?
        for part in parts {
            var seconds = SecondsOfDay()
            insert(&seconds, part)
            common = common?.intersection(seconds) ?? seconds
        }
        return common ?? SecondsOfDay()
    }

    private func intersection(_ other: SecondsOfDay) -> SecondsOfDay {
        var common = self
        for index in words.indices { common.words[index] &= other.words[index] }
        return common
    }

    private mutating func insert(_ trigger: Trigger, _ stretch: Stretch, _ clocks: Clocks) {
        switch trigger.kind.firing {
        case .once(let time):
            if time.flooredSeconds == stretch.start { insert(stretch.start) }
        case .periodic(let times):
            if let times { insert(times, stretch) }
        case .cron(let compiled, _): insert(compiled, stretch, clocks)
        case .oncePerDay(let time, let zoned):
            guard let zoned else { return }
            insert(wall: time, zoned.policy, clocks(zoned.rules))
        case .any(let triggers):
            for trigger in triggers { insert(trigger, stretch, clocks) }
        case .all(let triggers):
            let common = Self.common(of: triggers) { $0.insert($1, stretch, clocks) }
            for index in words.indices { words[index] |= common.words[index] }
        case .unknown: insertAll()
        }
    }

    private mutating func insertAll() {
        for index in words.indices { words[index] = .max }
    }

    private mutating func insert(_ cron: CompiledCron, _ stretch: Stretch, _ clocks: Clocks) {
        let pattern = cron.zoned.pattern
        guard !pattern.selectsNothing, cron.first <= stretch.start, stretch.start <= cron.last else { return }
        let clock = clocks(cron.zoned.rules)
        var time: WallSeconds? = pattern.firstTimeOfDay
        while let wall = time {
            insert(wall: wall, cron.zoned.policy, clock)
            time = pattern.timeOfDay(after: wall)
        }
    }

    /// A fire time within a second counts as the second.
    private mutating func insert(_ times: PeriodicTimes, _ stretch: Stretch) {
        guard times.first.flooredSeconds <= stretch.start, stretch.start <= times.last.flooredSeconds else { return }
        let day = CivilLimits.secondsPerDay * 1_000_000
        let distance = PeriodicTimes.greatestCommonDivisor(times.period, day)
        // A period longer than all the time there is has one fire time, which does not come round.
        let isSingle = times.period > times.last.microseconds - times.first.microseconds
        // Others come round to every second of the day, or have several fire times in each.
        guard isSingle || distance > 1_000_000 else { return insertAll() }
        let turns = isSingle ? 1 : day / distance
        for turn in 0..<turns { insert((times.first.microseconds + turn * distance).flooredQuotient(by: 1_000_000)) }
    }

    private mutating func insert(wall: WallSeconds, _ policy: ClockChangePolicy, _ clock: Stretch.Clock) {
        insert(wall - clock.offset)
        if policy.gap == .shift { insert(wall - clock.skippedOffset) }
    }

    private mutating func insert(_ time: UTCSeconds) {
        let second = Int(time - time.flooredQuotient(by: CivilLimits.secondsPerDay) * CivilLimits.secondsPerDay)
        words[second / 64] |= 1 << UInt64(second % 64)
    }
}
