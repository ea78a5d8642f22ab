extension Conjunction {
    /// One source of fire times among those that have to agree.
    enum Walker: Sendable {
        case cron(CompiledCron)
        case interval(PeriodicTimes)
        indirect case other(Trigger)

        func next(after time: Instant) -> Instant? {
            switch self {
            case .cron(let cron): cron.next(after: time)
            case .interval(let times): times.next(after: time)
            case .other(let trigger): trigger.next(after: time)
            }
        }

        func previous(before time: Instant) -> Instant? {
            switch self {
            case .cron(let cron): cron.previous(before: time)
            case .interval(let times): times.previous(before: time)
            case .other(let trigger): trigger.previous(before: time)
            }
        }

        func count(after start: Instant, through end: Instant) -> Int {
            switch self {
            case .cron(let cron): cron.count(after: start, through: end)
            case .interval(let times): times.count(after: start, through: end)
            case .other(let trigger): trigger.count(after: start, through: end)
            }
        }

        func contains(_ time: Instant) -> Bool { next(after: time.advanced(byMicroseconds: -1)) == time }

        /// As few walkers as have the fire times that anchored triggers have in common; nothing where their phases show
        /// that they never agree.
        ///
        /// Conjunctions give up their parts, intervals become one, and so do the cron triggers of a zone: their bit
        /// sets intersect, so that expressions that exclude each other need no walking. Those that shift times out of
        /// gaps stay apart, since a shifted time need not be one that the expression selects.
        static func merging(_ triggers: [Trigger]) -> [Walker]? {
            var crons: [(zone: Zone, compiled: CompiledCron)] = []
            var periodic: PeriodicTimes?
            var walkers: [Walker] = []
            var fractions: Set<Int64>?
            var rest = triggers
            while let trigger = rest.popLast() {
                fractions = fractions?.intersection(trigger.fractionsOfSecond) ?? trigger.fractionsOfSecond
                switch trigger.kind {
                case .cron(let cron) where cron.compiled.zoned.policy.gap != .shift:
                    if let index = crons.firstIndex(where: { $0.zone == cron.zone }) {
                        crons[index].compiled = crons[index].compiled.intersection(cron.compiled)
                    } else {
                        crons.append((cron.zone, cron.compiled))
                    }
                case .interval(let interval):
                    guard let times = interval.times else { return nil }
                    guard let common = periodic.map({ $0.intersection(times) }) ?? times else { return nil }
                    periodic = common
                case .all(let intersection): rest += intersection.triggers
                default: walkers.append(.other(trigger))
                }
            }
            if fractions?.isEmpty ?? false { return nil }
            return walkers + crons.map { .cron($0.compiled) } + (periodic.map { [.interval($0)] } ?? [])
        }
    }
}

extension Trigger {
    /// How long after a whole second the fire times of an anchored trigger are, in microseconds.
    fileprivate var fractionsOfSecond: Set<Int64> {
        switch kind {
        case .cron, .calendarInterval: [0]
        case .date(let date): [date.fireTime.fractionOfSecond]
        case .interval(let interval): interval.times.map { [$0.first.fractionOfSecond] } ?? []
        case .any(let union): union.triggers.reduce(into: []) { $0.formUnion($1.fractionsOfSecond) }
        case .all(let intersection):
            intersection.triggers.dropFirst().reduce(intersection.triggers[0].fractionsOfSecond) {
                $0.intersection($1.fractionsOfSecond)
            }
        }
    }
}

extension Instant {
    fileprivate var fractionOfSecond: Int64 { microseconds - flooredSeconds * 1_000_000 }
}

extension CompiledCron {
    func intersection(_ other: CompiledCron) -> CompiledCron {
        CompiledCron(
            zoned.intersection(other.zoned, pattern: zoned.pattern.intersection(other.zoned.pattern)),
            first: max(first, other.first),
            last: min(last, other.last)
        )
    }
}
