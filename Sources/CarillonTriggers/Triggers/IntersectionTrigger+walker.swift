extension IntersectionTrigger {
    /// One source of fire times among those that have to agree.
    enum Walker: Sendable {
        case cron(CompiledCron)
        case other(Trigger)

        func next(after time: Instant) -> Instant? {
            switch self {
            case .cron(let cron): cron.next(after: time)
            case .other(let trigger): trigger.next(after: time)
            }
        }

        func previous(before time: Instant) -> Instant? {
            switch self {
            case .cron(let cron): cron.previous(before: time)
            case .other(let trigger): trigger.previous(before: time)
            }
        }

        /// A walker for each trigger, but one for all cron triggers of a zone: their bit sets intersect, so that
        /// expressions that exclude each other need no walking. Those that shift times out of gaps stay apart, since a
        /// shifted time need not be one that the expression selects.
        static func merging(_ triggers: [Trigger]) -> [Walker] {
            var crons: [(zone: Zone, compiled: CompiledCron)] = []
            var walkers: [Walker] = []
            for trigger in triggers {
                guard case .cron(let cron) = trigger.kind, cron.compiled.zoned.policy.gap != .shift else {
                    walkers.append(.other(trigger))
                    continue
                }
                if let index = crons.firstIndex(where: { $0.zone == cron.zone }) {
                    crons[index].compiled = crons[index].compiled.intersection(cron.compiled)
                } else {
                    crons.append((cron.zone, cron.compiled))
                }
            }
            return walkers + crons.map { .cron($0.compiled) }
        }
    }
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
