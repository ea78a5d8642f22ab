import Carillon
import CarillonTriggers

extension StoreConformance {
    /// The answers to "why did it not run?", whatever has happened to the job since.
    static let why = group("Why") { group in
        group.add("it ran, with all attempts in order") { bench in
            try await bench.add("a", every: 1000) { $0.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(0))) }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            let second = try bench.onlyRun(
                try await bench.pass(at: 1, completions: [bench.completion(of: first, .failed, at: 1)]))
            try await bench.pass(at: 2, completions: [bench.completion(of: second, at: 2)])
            guard case .ran(let runs) = try await why(bench, at: 0, now: 9) else {
                throw StoreConformanceFailure("it is not said to have run")
            }
            try expectEqual(runs.map(\.id.attempt), [1, 2], "attempts")
            try expectEqual(runs.map(\.state), [.finished(.failed), .finished(.succeeded)], "outcomes")
        }
        group.add("a run that nobody has taken is queued") { bench in
            try await bench.add("a") { $0.atLimit = .queue }
            try await bench.pass(at: 0, slots: 0)
            try await bench.pass(at: 60, slots: 0)
            let runs = try await bench.runs("a")
            try expectEqual(runs.map(\.state), [.ready, .waiting], "states")
            for (index, run) in runs.enumerated() {
                try expectEqual(try await why(bench, at: Int64(index) * 60, now: 61), .queued(run), "answer \(index)")
            }
        }
        group.add("the run of the task for failed runs is none of the occurrence") { bench in
            try await bench.add("a", every: 1000) { $0.onFailure = FailureTask(TaskName("work")) }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 1, completions: [bench.completion(of: run, .failed, at: 1)])
            let ended = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(try await bench.runs("a").count, 2, "runs of the job")
            try expectEqual(try await why(bench, at: 0, now: 9), .ran([ended]), "answer")
        }
        group.add("of several generations of an id the latest is told") { bench in
            try await bench.add("a", every: 1000)
            let old = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 0, completions: [bench.completion(of: old, at: 0)])
            _ = try await bench.store.remove([JobID("a")], at: bench.start)
            try await bench.add("a", every: 1000)
            let new = try bench.onlyRun(try await bench.pass(at: 0))
            try expectEqual(try await why(bench, at: 0, now: 9), .ran([new]), "answer")
        }
        group.add("it was not run, for each occurrence of a stretch") { bench in
            try await bench.add("a")
            try await bench.pass(at: 185)
            for second in [Int64(0), 60, 120] {
                guard case .notRun(let reason) = try await why(bench, at: second, now: 190) else {
                    throw StoreConformanceFailure("second \(second) is not said to have been left out")
                }
                try expectEqual(reason.reason, .coalesced, "reason at second \(second)")
            }
            try expectEqual(try await why(bench, at: 90, now: 190), .notScheduled, "between two occurrences")
        }
        group.add("what was not run is told after another trigger was given") { bench in
            try await skipFour(bench)
            let range = try require(try await bench.reasons("a").first, "the range")
            try expectEqual([range.count, Int(range.last.flooredSeconds)], [4, 1_800_000_240], "the range")
            try await bench.store.modify(
                JobID("a"), bench.definition(trigger: try .crontab("30 9 * * *")), at: bench.time(250))
            for second in [Int64(60), 240] {
                try expectEqual(try await why(bench, at: second, now: 260), .notRun(range), "second \(second)")
            }
            for second in [Int64(90), 120] {
                try expectEqual(try await why(bench, at: second, now: 260), .perhapsNotRun(range), "second \(second)")
            }
            try expectEqual(try await why(bench, at: 250, now: 260), .notScheduled, "outside the range")
        }
        group.add("a range of an earlier trigger does not stand for the times of the present one") { bench in
            try await skipFour(bench)
            let range = try require(try await bench.reasons("a").first, "the range")
            let trigger = try Trigger.interval(seconds: 30, start: bench.start.date)
            try await bench.store.modify(JobID("a"), bench.definition(trigger: trigger), at: bench.time(250))
            try expectEqual(try await why(bench, at: 60, now: 260), .notRun(range), "its first")
            try expectEqual(try await why(bench, at: 90, now: 260), .perhapsNotRun(range), "a time of the new trigger")
            try expectEqual(try await why(bench, at: 30, now: 260), .unknown, "before the range")
        }
        group.add("between the two occurrences of a range there was none") { bench in
            try await bench.add("a")
            for second in [Int64(0), 60, 120] { try await bench.pass(at: second) }
            try await bench.store.modify(
                JobID("a"), bench.definition(trigger: try .crontab("30 9 * * *")), at: bench.time(130))
            try expectEqual(try await bench.reasons("a").map(\.count), [2], "occurrences of the range")
            try expectEqual(try await why(bench, at: 90, now: 140), .notScheduled, "answer")
        }
        group.add("the history of a removed job is told") { bench in
            try await skipFour(bench)
            let range = try require(try await bench.reasons("a").first, "the range")
            let run = try require(try await bench.runs("a").first, "the run")
            _ = try await bench.store.remove([JobID("a")], at: bench.time(250))
            try expectEqual(try await why(bench, at: 0, now: 260), .ran([run]), "what ran")
            try expectEqual(try await why(bench, at: 240, now: 260), .notRun(range), "what did not")
            try expectEqual(try await why(bench, at: 120, now: 260), .perhapsNotRun(range), "inside the range")
            try await expectError(.jobNotFound, "a time that nothing is known of") {
                try await why(bench, at: 300, now: 310)
            }
        }
        group.add("to come, not scheduled, before the job") { bench in
            try await bench.add(
                "a", bench.definition(trigger: try .interval(seconds: 60, start: bench.start.date)), at: 200)
            let next = Job.Next(scheduled: bench.time(240), due: bench.time(240))
            try expectEqual(try await why(bench, at: 240, now: 210), .upcoming(next), "the next")
            try expectEqual(try await why(bench, at: 241, now: 210), .notScheduled, "another time")
            try expectEqual(
                try await why(bench, at: 60, now: 210), .beforeJob(added: bench.time(200)), "before it was added")
        }
        group.add("the job is paused, for what is due by now alone") { bench in
            try await bench.add("a")
            _ = try await bench.store.pause(JobID("a"), at: bench.time(10))
            let next = Job.Next(scheduled: bench.start, due: bench.start)
            try expectEqual(try await why(bench, at: 60, now: 70), .paused(since: bench.time(10)), "due by now")
            try expectEqual(try await why(bench, at: 120, now: 70), .upcoming(next), "to come")
        }
        group.add("unknown once the history is gone") { bench in
            try await bench.add("a") { $0.history = History(runs: 1000, days: 1) }
            try await bench.pass(at: 185)
            _ = try await bench.store.prune(at: bench.time(3 * 86_400))
            try expectEqual(try await why(bench, at: 60, now: 3 * 86_400), .unknown, "answer")
        }
    }

    /// Adds a job `a` of every minute that has been running since the first occurrence and has skipped the next four.
    private static func skipFour(_ bench: ConformanceBench) async throws {
        try await bench.add("a")
        for second in stride(from: Int64(0), through: 240, by: 60) { try await bench.pass(at: second) }
    }

    private static func why(_ bench: ConformanceBench, at scheduled: Int64, now: Int64) async throws
        -> OccurrenceExplanation
    {
        try await bench.store.why(JobID("a"), at: bench.time(scheduled), now: bench.time(now))
    }
}
