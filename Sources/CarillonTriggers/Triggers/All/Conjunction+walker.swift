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

        /// As few walkers as have the fire times that anchored triggers have in common; `nil` if their phases show that
        /// they never agree.
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
                let firing = trigger.kind.firing
                if let own = firing.fractionsOfSecond { fractions = fractions?.intersection(own) ?? own }
                switch firing {
                case .cron(let compiled, let zone) where compiled.zoned.policy.gap != .shift:
                    if let index = crons.firstIndex(where: { $0.zone == zone }) {
                        crons[index].compiled = crons[index].compiled.intersection(compiled)
                    } else {
                        crons.append((zone, compiled))
                    }
                case .periodic(let times):
                    guard let times else { return nil }
                    guard let common = periodic.map({ $0.intersection(times) }) ?? times else { return nil }
                    periodic = common
                case .all(let triggers): rest += triggers
                case .once, .cron, .oncePerDay, .any, .unknown: walkers.append(.other(trigger))
                }
            }
            if fractions?.isEmpty ?? false { return nil }
            return walkers + crons.map { .cron($0.compiled) } + (periodic.map { [.interval($0)] } ?? [])
        }
    }
}

extension FiringRule {
    /// How long after a whole second the fire times of an anchored trigger are, in microseconds; `nil` if that is not
    /// known, or is another one each time.
    fileprivate var fractionsOfSecond: Set<Int64>? {
        switch self {
        case .cron, .oncePerDay: [0]
        case .once(let time): [time.fractionOfSecond]
        case .periodic(let times):
            times.map { $0.period % 1_000_000 == 0 ? [$0.first.fractionOfSecond] : nil } ?? []
        case .any(let triggers):
            triggers.reduce(Set<Int64>?.some([])) { all, trigger in
                guard let all, let own = trigger.kind.firing.fractionsOfSecond else { return nil }
                return all.union(own)
            }
        case .all(let triggers):
            triggers.reduce(Set<Int64>?.none) { common, trigger in
                guard let own = trigger.kind.firing.fractionsOfSecond else { return common }
                return common?.intersection(own) ?? own
            }
        case .unknown: nil
        }
    }
}

extension Instant {
    fileprivate var fractionOfSecond: Int64 { microseconds - flooredSeconds * 1_000_000 }
}
