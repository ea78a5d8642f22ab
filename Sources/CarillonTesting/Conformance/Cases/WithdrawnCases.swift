import Carillon
import CarillonTriggers

extension StoreConformance {
    /// Reasons that are withdrawn because the clock was set back and their times lie ahead again.
    static let withdrawn = group("Reasons that are withdrawn") { group in
        group.add("goes in one step with what the change adds, and what stays of a range does") { bench in
            let ranges = try await coalesced(bench)
            let range = try require(ranges.first, "a range")
            try expectEqual(ranges.map(\.count), [9], "what was coalesced")
            let kept = part(of: range, from: 0, through: 120, count: 3)
            let taken = part(of: range, from: 180, through: 480, count: 6, .clockStep)
            var change = JobChange(job: try await bench.job("a"))
            change.withdrawn = [range]
            change.reasons = [NewReason(kept), NewReason(taken)]
            try expectEqual(try await bench.store.commit([change]), [.accepted], "the change")
            try expectEqual(Set(try await bench.reasons("a")), [kept, taken], "ranges")
        }
        group.add("stays where the change is not written") { bench in
            let ranges = try await coalesced(bench)
            var change = JobChange(job: try await bench.job("a"))
            change.withdrawn = ranges
            _ = try await bench.store.pause(JobID("a"), at: bench.time(541))
            try expectEqual(try await bench.store.commit([change]), [.changed], "a change of an older version")
            try expectEqual(try await bench.reasons("a"), ranges, "ranges")
        }
        group.add("takes away no other range, and one that is gone does not matter") { bench in
            let ranges = try await coalesced(bench)
            let range = try require(ranges.first, "a range")
            var change = JobChange(job: try await bench.job("a"))
            change.withdrawn = [
                part(of: range, from: 0, through: 420, count: 8), part(of: range, from: 60, through: 480, count: 8),
                part(of: range, from: 0, through: 480, count: 9, .missed),
            ]
            try expectEqual(try await bench.store.commit([change]), [.accepted], "the change")
            try expectEqual(try await bench.reasons("a"), ranges, "ranges")
        }
        group.add("the clock goes back: times with a reason fire, one with a run does not") { bench in
            _ = try await coalesced(bench)
            let id = JobID("a")
            let moved = try require(try await bench.store.recheck(id, at: bench.time(179)), "another next time")
            try expectEqual(moved.to, bench.time(180), "the next time")
            let ahead = try await bench.store.ranAhead(at: bench.time(179))
            let reasons = try await bench.reasons("a")
            try expectEqual(Set(reasons.map(\.reason)), [.coalesced, .clockStep], "reasons")
            try expectEqual(reasons.map(\.count).sorted(), [3, 6], "counts")
            for second in stride(from: Int64(180), through: 720, by: 60) {
                let result = try await bench.pass(at: second) { $0.ranAhead = ahead }
                let ended = result.taken.map { bench.completion(of: $0, at: second) }
                try await bench.pass(at: second, completions: ended) { $0.ranAhead = ahead }
            }
            let runs = try await bench.runs("a").map {
                ($0.id.occurrence.scheduled.flooredSeconds - 1_800_000_000) / 60
            }
            try expectEqual(runs, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12], "minutes that have a run")
            try expectEqual(Set(try await bench.reasons("a")), Set(reasons), "reasons afterwards")
        }
    }

    /// Adds a cron job `a` of every minute, of which minute 9 has run and minutes 0 to 8 were coalesced into it, and
    /// returns the reasons.
    private static func coalesced(_ bench: ConformanceBench) async throws -> [ReasonRange] {
        try await bench.add("a", bench.definition(trigger: try .crontab("* * * * *")))
        let run = try bench.onlyRun(try await bench.pass(at: 540))
        try await bench.pass(at: 540, completions: [bench.completion(of: run, at: 540)])
        return try await bench.reasons("a")
    }

    private static func part(
        of range: ReasonRange, from first: Int64, through last: Int64, count: Int, _ reason: ReasonRange.Reason? = nil
    ) -> ReasonRange {
        let start = Instant(seconds: 1_800_000_000)
        return ReasonRange(
            job: range.job,
            generation: range.generation,
            first: start.advanced(byMicroseconds: first * 1_000_000),
            last: start.advanced(byMicroseconds: last * 1_000_000),
            count: count,
            reason: reason ?? range.reason,
            recorded: range.recorded
        )
    }
}
