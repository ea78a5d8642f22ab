import Carillon
import CarillonTriggers

extension StoreConformance {
    /// What a caller does after an error that does not say whether the store has written.
    static let lostAnswers = group("Answers that are lost") { group in
        group.add("a take: its node finds the run, and gives it back by its fence") { bench in
            try await bench.add("a", every: 1000)
            try await losing(bench) { try await $0.pass(at: 0) }
            var filter = RunFilter()
            filter.node = try NodeID("node-1")
            filter.state = .running
            let found = try await bench.allRuns(filter)
            try expectEqual(found.map(\.id.occurrence.job.description), ["a"], "jobs of the runs that the node has")
            let unknown = try require(found.first, "the run")
            let result = try await bench.pass(at: 1, slots: 0, completions: [bench.givenBack(unknown, at: 1)])
            try expectEqual(result.refused, [], "refused")
            try expectEqual(try await bench.allRuns(filter), [], "runs that the node has then")
            let taken = try bench.onlyRun(try await bench.pass(at: 2, node: "node-2"))
            try expectEqual(taken.id, unknown.id, "the run that another node takes")
            try expect(taken.fence > unknown.fence, "fence \(taken.fence) is not above \(unknown.fence)")
        }
        group.add("a completion: its repetition is refused, and the run tells that it counts") { bench in
            try await bench.add("a", every: 1000) {
                $0.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(500)))
            }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let end = bench.completion(of: run, .failed, at: 1)
            try await losing(bench) { try await $0.pass(at: 2, completions: [end]) }
            try expectEqual(try await bench.pass(at: 3, completions: [end]).refused, [end], "refused")
            let ended = try require(try await bench.store.run(run.id), "the run")
            try expect(ended.isEnded(by: end), "\(ended) is not said to be ended by its completion")
            try expectEqual(try await bench.runs("a").map(\.id.attempt), [1, 2], "attempts")
        }
        group.add("a completion that is refused because the run was taken from its node did not end it") { bench in
            try await bench.add("a", every: 1000)
            let old = try bench.onlyRun(try await bench.pass(at: 0))
            let end = bench.completion(of: old, at: 15)
            let new = try bench.onlyRun(try await bench.pass(at: 10, node: "node-2", dead: ["node-1"]))
            try expectEqual(try await bench.store.run(old.id)?.isEnded(by: end), false, "while the other runs it")
            try await bench.pass(at: 15, node: "node-2", completions: [bench.completion(of: new, at: 15)])
            try expectEqual(try await bench.store.run(old.id)?.isEnded(by: end), false, "when the other has ended it")
        }
        group.add("a completion that is refused because the run was lost did not end it") { bench in
            try await bench.add("a", every: 1000) { $0.recovery = .markLost }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 10, node: "node-2", dead: ["node-1"])
            let end = bench.completion(of: run, at: 10)
            try expectEqual(try await bench.store.run(run.id)?.isEnded(by: end), false, "whether it ended the run")
        }
        group.add("a completion of a run whose job was removed: the run tells that it counts") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.remove([JobID("a")], at: bench.time(1))
            let end = bench.completion(of: run, at: 2)
            try await losing(bench) { try await $0.pass(at: 2, completions: [end]) }
            try expectEqual(try await bench.pass(at: 3, completions: [end]).refused, [end], "the repetition")
            try expectEqual(try await bench.store.run(run.id)?.isEnded(by: end), true, "whether it ended the run")
        }
        group.add("a change: the same one again is answered changed, and its runs tell that it was written") { bench in
            try await bench.add("a", every: 1000)
            let change = try await bench.snapshot("a").ranNow(at: bench.time(1))
            try await losing(bench) { try await $0.store.commit([change]) }
            try expectEqual(try await bench.store.commit([change]), [.changed], "the repetition")
            let run = try require(change.runs.first, "the run of the change")
            try expectEqual(try await bench.store.run(run.id), run, "the run in the store")
            try expectEqual(try await bench.snapshot("a").open, [run], "open runs")
        }
        group.add("an addition and a removal: the repetition finds them done") { bench in
            let new = try bench.new("a", bench.definition())
            try await losing(bench) { try await $0.store.insert([new]) }
            try expectEqual(try await bench.store.insert([new]), [nil], "added again")
            let job = try await bench.job("a")
            try expectEqual(job, new.job(generation: job.generation), "the job")
            try await losing(bench) { try await $0.store.remove([job.id], at: bench.start) }
            try expectEqual(try await bench.store.remove([job.id], at: bench.start), [false], "removed again")
        }
    }

    /// Runs a closure on a store whose answers are lost.
    private static func losing<Value>(
        _ bench: ConformanceBench, _ body: (ConformanceBench) async throws -> Value
    ) async throws {
        try await expectError(.storeUnavailable, "a call whose answer is lost") {
            try await body(bench.with(AnswerLosingStore(store: bench.store)))
        }
    }
}
