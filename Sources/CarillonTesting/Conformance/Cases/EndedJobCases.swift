import Carillon
import CarillonTriggers

extension StoreConformance {
    /// Jobs that have no fire time left, and are removed with their last run.
    static let endedJobs = group("Jobs that are over") { group in
        group.add("is removed with its last run, and its id is free") { bench in
            let job = try await addOneOff("a", bench)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try expectEqual(try await bench.job("a").state, .ended, "state while it runs")
            let end = try await bench.pass(at: 1, completions: [bench.completion(of: run, at: 1)])
            try expectEqual(end.removed, [job.id], "removed")
            try await expectGone(job, bench)
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.succeeded)], "its history")
            let next = try await addOneOff("a", bench)
            try expectEqual(next.generation > job.generation, true, "a later generation")
        }
        group.add("stays while an attempt is to come, and goes with the last one") { bench in
            let job = try await addOneOff("a", bench) {
                $0.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(5)))
            }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            let failed = bench.completion(of: first, .failed, at: 1, error: "no luck")
            try expectEqual(try await bench.pass(at: 1, completions: [failed]).removed, [], "removed at first")
            let second = try bench.onlyRun(try await bench.pass(at: 7))
            try expectEqual(second.id.attempt, 2, "the attempt")
            let again = bench.completion(of: second, .failed, at: 8, error: "no luck")
            try expectEqual(try await bench.pass(at: 8, completions: [again]).removed, [job.id], "removed")
            try await expectGone(job, bench)
            try expectEqual(
                try await bench.runs("a").map(\.state), [.finished(.failed), .finished(.failed)], "its history")
        }
        group.add("is removed without a run where that was missed, and the reason stays") { bench in
            let job = try await addOneOff("a", bench) { $0.misfireGrace = .seconds(1) }
            let late = try await bench.pass(at: 60)
            try expectEqual(late.removed, [job.id], "removed")
            try expectEqual(late.taken, [], "runs taken")
            try await expectGone(job, bench)
            try expectEqual(try await bench.reasons("a").map(\.reason), [.missed], "why it did not run")
        }
        group.add("stays where it is to be kept, or has an origin") { bench in
            try await addOneOff("kept", bench) { $0.whenEnded = .keep }
            try await addOneOff("undecided", bench) { $0.whenEnded = nil }
            try await addOneOff("of a file", origin: "jobs.yaml", bench)
            let taken = try await bench.pass(at: 0).taken
            let ends = taken.map { bench.completion(of: $0, at: 1) }
            try expectEqual(try await bench.pass(at: 1, completions: ends).removed, [], "removed")
            for id in ["kept", "undecided", "of a file"] {
                try expectEqual(try await bench.job(id).state, .ended, "state of '\(id)'")
            }
        }
        group.add("is removed with several others in one pass, and only those that have ended") { bench in
            for number in 1...3 { try await addOneOff("once \(number)", tags: ["x", "y"], bench) }
            try await bench.add("for ever", every: 1000)
            let ends = try await bench.pass(at: 0).taken.map { bench.completion(of: $0, at: 1) }
            let removed = try await bench.pass(at: 1, completions: ends).removed
            try expectEqual(removed.map(\.description).sorted(), ["once 1", "once 2", "once 3"], "removed")
            try expectEqual(try await bench.allJobs().map(\.id.description), ["for ever"], "jobs")
            var tagged = JobFilter()
            tagged.tag = "x"
            try expectEqual(try await bench.allJobs(tagged).count, 0, "jobs with a tag")
        }
        group.add("is not removed over a change that somebody else has made") { bench in
            try await addOneOff("a", bench)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let snapshot = try await bench.snapshot("a")
            let input = Planner.Input(
                now: bench.time(1), node: try NodeID("node-1"), tasks: [TaskName("work")], slots: 1)
            let end = bench.completion(of: run, at: 1)
            let change = try require(Planner.plan(snapshot, completions: [end], input).change, "a change")
            try expectEqual(change.removesJob, true, "the change removes the job")
            var later = snapshot.job.definition
            later.trigger = try .interval(seconds: 60)
            try await bench.store.modify(snapshot.job.id, later, at: bench.time(1))
            try expectEqual(try await bench.store.commit([change]), [.changed], "answer")
            try expectEqual(try await bench.job("a").state, .active, "state")
        }
        group.add("is removed when the run that it waits with is cancelled") { bench in
            let job = try await addOneOff("a", bench)
            try await bench.pass(at: 0, slots: 0)
            let run = try require(try await bench.snapshot("a").open.first, "the ready run")
            try expectEqual(try await bench.store.cancel(run.id, at: bench.time(1)), true, "cancelled")
            try await expectGone(job, bench)
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.cancelled)], "its history")
        }
    }

    @discardableResult
    private static func addOneOff(
        _ id: String,
        tags: [String] = [],
        origin: String? = nil,
        _ bench: ConformanceBench,
        _ policies: (inout JobPolicies) throws -> Void = { _ in }
    ) async throws -> Job {
        let definition = try bench.definition(tags: tags, origin: origin, trigger: .date(bench.start.date)) {
            $0.whenEnded = .remove
            try policies(&$0)
        }
        return try await bench.add(id, definition, at: -1)
    }

    private static func expectGone(_ job: Job, _ bench: ConformanceBench) async throws {
        try expectEqual(try await bench.store.found(job.id, at: bench.start) == nil, true, "the id is free")
        try expectEqual(try await bench.store.found(job.unit, at: bench.start) == nil, true, "the unit is gone")
        try expectEqual(try await bench.allJobs().map(\.id).contains(job.id), false, "a listing has it")
        try expectEqual(try await bench.store.commit([JobChange(job: job)]), [.gone], "a change of it")
    }
}
