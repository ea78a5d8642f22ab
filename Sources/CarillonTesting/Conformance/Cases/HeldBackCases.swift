import Carillon
import CarillonTriggers

extension StoreConformance {
    /// What happens to occurrences that are due and have not fired when a user intervenes.
    static let heldBack = group("Occurrences that have not fired yet") { group in
        group.add("held back by a pass, and another trigger is given: recorded") { bench in
            try await holdBack(bench)
            try await bench.store.modify(
                JobID("a"), bench.definition(trigger: try .crontab("30 9 * * *")), at: bench.time(1500))
            try await expectReason(bench, .triggerReplaced, from: 1000, through: 1500, count: 501)
        }
        group.add("held back by a pass, and the job is paused and resumed: recorded") { bench in
            try await holdBack(bench)
            _ = try await bench.store.pause(JobID("a"), at: bench.time(1500))
            _ = try await bench.store.resume(JobID("a"), at: bench.time(1500))
            try await expectReason(bench, .jobPaused, from: 1000, through: 1500, count: 501)
            let next = Job.Next(scheduled: bench.time(1501), due: bench.time(1501))
            try expectEqual(try await bench.job("a").next, next, "next occurrence")
        }
        group.add("held back by a pass, and the scheduler is paused: what was due before the pause runs") { bench in
            try await holdBack(bench)
            let pause = SchedulerPause(since: bench.time(1501), until: bench.time(1600))
            for _ in 0..<2 { try await bench.pass(at: 1601, slots: 0) { $0.pause = pause } }
            try await expectReason(bench, .schedulerPaused, from: 1501, through: 1599, count: 99)
            var filter = RunFilter()
            filter.scheduled = bench.time(1000)...bench.time(2000)
            try expectEqual(try await bench.allRuns(filter).count, 503, "runs from second 1000 on")
        }
        group.add("late, and the job is removed: recorded") { bench in
            try await bench.add("a", every: 60)
            try await bench.pass(at: 0, slots: 0)
            _ = try await bench.store.remove([JobID("a")], at: bench.time(200))
            try await expectReason(bench, .jobRemoved, from: 60, through: 180, count: 3)
        }
        group.add("passed over by a pause, and the job is removed: recorded") { bench in
            try await bench.add("a", every: 60)
            try await bench.pass(at: 0, slots: 0)
            _ = try await bench.store.pause(JobID("a"), at: bench.time(1))
            _ = try await bench.store.remove([JobID("a")], at: bench.time(200))
            try await expectReason(bench, .jobPaused, from: 60, through: 180, count: 3)
        }
        group.add("nothing is due, and the job is removed: nothing is recorded") { bench in
            try await bench.add("a", every: 60)
            try await bench.pass(at: 0, slots: 0)
            _ = try await bench.store.remove([JobID("a")], at: bench.time(59))
            try expectEqual(try await bench.reasons("a").count, 0, "reasons")
        }
        group.add("within the trigger's jitter, and another trigger is given: recorded") { bench in
            let trigger = try Trigger.interval(seconds: 3600, start: bench.start.date, jitter: .seconds(600))
            let job = try await bench.add("a", bench.definition(trigger: trigger))
            let due = try require(job.next, "the next occurrence").due
            try expect(due > bench.start, "the jitter of this job is 0")
            try await bench.store.modify(
                job.id, bench.definition(trigger: try .crontab("30 9 * * *")),
                at: Instant(microseconds: due.microseconds - 1))
            try await expectReason(bench, .triggerReplaced, from: 0, through: 0, count: 1)
        }
    }

    /// Adds a job `a` of every second that has fired 1,000 of 1,501 late occurrences; the others are due a second
    /// later.
    private static func holdBack(_ bench: ConformanceBench) async throws {
        try await bench.add("a", every: 1) { policies in
            policies.coalesce = .all
            policies.maxInstances = 2000
        }
        try await bench.pass(at: 1500, slots: 0)
        let next = Job.Next(scheduled: bench.time(1000), due: bench.time(1501))
        try expectEqual(try await bench.job("a").next, next, "what is held back")
    }
}
