/// Finds out whether triggers could ever fire at the same instant, from the seconds of the UTC day at which each can
/// fire at all.
enum AgreementProof {
    /// False where no common fire time can exist; true says nothing.
    static func mayAgree(_ walkers: [IntersectionTrigger.Walker]) -> Bool {
        var common: SecondsOfDay?
        var phases: [(anchor: Int64, period: Int64)] = []
        for walker in walkers {
            let seconds: SecondsOfDay
            switch walker {
            case .cron(let cron): seconds = SecondsOfDay(of: cron)
            case .other(let trigger):
                if case .interval(let interval) = trigger.kind, let phase = interval.phase { phases.append(phase) }
                guard let known = SecondsOfDay(of: trigger) else { continue }
                seconds = known
            }
            common?.formIntersection(seconds)
            common = common ?? seconds
            if common?.isEmpty ?? false { return false }
        }
        for (index, left) in phases.enumerated() {
            for right in phases[(index + 1)...]
            where (left.anchor - right.anchor) % greatestCommonDivisor(left.period, right.period) != 0 {
                return false
            }
        }
        return true
    }

    private static func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    /// A set of seconds of the UTC day.
    private struct SecondsOfDay {
        private static let length = Int(CivilLimits.secondsPerDay)
        private var words = [UInt64](repeating: 0, count: SecondsOfDay.length / 64)

        var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

        mutating func formIntersection(_ other: SecondsOfDay) {
            for index in words.indices { words[index] &= other.words[index] }
        }

        private mutating func insert(_ time: UTCSeconds) {
            let second = Int(time - time.flooredQuotient(by: CivilLimits.secondsPerDay) * CivilLimits.secondsPerDay)
            words[second / 64] |= 1 << UInt64(second % 64)
        }

        private init() {}

        init(of cron: CompiledCron) {
            let pattern = cron.zoned.pattern
            var offsets: Set<Int64> = []
            for segment in cron.zoned.rules.segments {
                offsets.insert(segment.offset)
                // The instant after a gap has a second of its own.
                if segment.reachedWall < segment.wallStart, cron.zoned.next(after: segment.start - 1) == segment.start {
                    insert(segment.start)
                }
            }
            guard !pattern.selectsNoTimeOfDay else { return }
            var time: WallSeconds? = pattern.firstTimeOfDay
            while let wall = time {
                for offset in offsets { insert(wall - offset) }
                time = pattern.timeOfDay(after: wall)
            }
        }

        /// Nothing where the trigger's kind says nothing about its seconds.
        init?(of trigger: Trigger) {
            switch trigger.kind {
            case .cron(let cron): self.init(of: cron.compiled)
            case .date(let date):
                guard date.fireTime.microseconds % 1_000_000 == 0 else { return nil }
                self.init()
                insert(date.fireTime.flooredSeconds)
            case .interval(let interval):
                guard let (anchor, period) = interval.phase else { return nil }
                let day = CivilLimits.secondsPerDay * 1_000_000
                self.init()
                let distance = AgreementProof.greatestCommonDivisor(period, day)
                for turn in 0..<(day / distance) where (anchor + turn * distance) % 1_000_000 == 0 {
                    insert((anchor + turn * distance) / 1_000_000)
                }
            case .calendarInterval, .any, .all: return nil
            }
        }
    }
}
