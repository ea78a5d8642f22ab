import Carillon
import CarillonTriggers

extension StoreConformance {
    static let counts = group("Counts of outcomes") { group in
        group.add("a run counts when it ends, by day, task, outcome and lateness", needs: [.outcomeCounts]) { bench in
            try await bench.add("a", every: 100_000_000, task: "one")
            let run = try bench.onlyRun(try await bench.pass(at: 70, tasks: ["one"]))
            try expectEqual(try await bench.counted(), [], "while it runs")
            try await bench.pass(at: 80, tasks: ["one"], completions: [bench.completion(of: run, at: 80)])
            try expectEqual(try await bench.counted(), ["0 succeeded minute: 1"], "when it has ended")
            try await bench.runOnce("b", task: "two", at: 100, .failed)
            try await bench.runOnce("c", task: "two", at: 200, .failed)
            try await bench.runOnce("d", task: "two", at: 90_000)
            try expectEqual(
                try await bench.counted(),
                ["0 succeeded minute: 1", "0 failed onTime: 2", "1 succeeded onTime: 1"], "by day")
            try expectEqual(
                try await bench.counted(.byTask),
                ["one succeeded minute: 1", "two succeeded onTime: 1", "two failed onTime: 2"], "by task")
            try expectEqual(
                try await bench.counted(task: "two"), ["0 failed onTime: 2", "1 succeeded onTime: 1"], "of one task")
            try expectEqual(try await bench.counted(task: "none"), [], "of no task")
            try expectEqual(try await bench.counted(days: 1...1), ["1 succeeded onTime: 1"], "of one day")
        }
        group.add("the day is that of the end, in UTC", needs: [.outcomeCounts]) { bench in
            // 08:00 UTC is the start: midnight is 16 hours later.
            let midnight = Int64(16 * 3600)
            try await bench.runOnce("a", at: midnight - 10, for: 9)
            try await bench.runOnce("b", at: midnight - 5, for: 5)
            try expectEqual(
                try await bench.counted(), ["0 succeeded onTime: 1", "1 succeeded onTime: 1"], "counts")
            try await bench.runOnce("c", at: -1_800_000_000 - 86_400 * 3, for: 1)
            try expectEqual(
                try await bench.counting.outcomeCounts(
                    from: .earliest, through: Instant(seconds: 0), task: nil, grouping: .byDay
                ).map(\.day), [Instant(seconds: -259_200)], "the day of a run before 1970")
        }
        group.add("what is pruned, and what a removed job had, stays counted", needs: [.outcomeCounts]) { bench in
            try await bench.runOnce("a", .failed) { $0.history = History(runs: 0, days: 30) }
            try await bench.runOnce("b", at: 10)
            let counts = try await bench.counted()
            try expectEqual(try await bench.store.prune(at: bench.time(100)), 1, "removed")
            _ = try await bench.store.remove([JobID("a"), JobID("b")], at: bench.time(200))
            _ = try await bench.store.prune(at: bench.time(400 * 86_400))
            try expectEqual(try await bench.counted(), counts, "counts")
            try expectEqual(counts, ["0 succeeded onTime: 1", "0 failed onTime: 1"], "counts before")
        }
        group.add("every attempt counts", needs: [.outcomeCounts]) { bench in
            try await bench.add("a", every: 100_000_000) {
                $0.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(1)))
            }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 1, completions: [bench.completion(of: first, .failed, at: 1)])
            let second = try bench.onlyRun(try await bench.pass(at: 3))
            try await bench.pass(at: 4, completions: [bench.completion(of: second, at: 4)])
            // The second attempt was available at 2, after its retry delay, and started a second late.
            try expectEqual(try await bench.counted(), ["0 succeeded second: 1", "0 failed onTime: 1"], "counts")
        }
        group.add("a completion that is refused does not count", needs: [.outcomeCounts]) { bench in
            try await bench.add("a", every: 100_000_000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let completion = bench.completion(of: run, at: 1)
            try await bench.pass(at: 1, completions: [completion])
            let again = try await bench.pass(
                at: 2, completions: [completion, bench.completion(of: run, .failed, at: 2)])
            try expectEqual(again.refused.count, 2, "refused completions")
            try expectEqual(try await bench.counted(), ["0 succeeded onTime: 1"], "counts")
        }
        group.add("a change that is not written does not count", needs: [.outcomeCounts]) { bench in
            try await bench.add("a", every: 100_000_000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let snapshot = try await bench.snapshot("a")
            var change = JobChange(job: snapshot.job)
            change.job.stateVersion -= 1
            var ended = run
            ended.state = .finished(.succeeded)
            ended.finished = bench.time(1)
            change.runs = [ended]
            try expectEqual(try await bench.store.commit([change]), [.changed], "commit")
            try expectEqual(try await bench.counted(), [], "counts")
        }
        group.add("a completion whose answer was lost counts once", needs: [.outcomeCounts]) { bench in
            try await bench.add("a", every: 100_000_000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let completion = bench.completion(of: run, .failed, at: 1, mayRetry: false)
            let losing = bench.with(AnswerLosingStore(store: bench.store))
            try await expectError(.storeUnavailable, "a pass whose answer is lost") {
                try await losing.pass(at: 1, completions: [completion])
            }
            try await bench.pass(at: 2, completions: [completion])
            try expectEqual(try await bench.counted(), ["0 failed onTime: 1"], "counts")
        }
        group.add("an ended run that is brought again counts once, as what it is", needs: [.outcomeCounts]) { bench in
            var run = try await bench.runOnce("a")
            run.state = .finished(.lost)
            let snapshot = try await bench.snapshot("a")
            try expectEqual(
                try await bench.store.commit([JobChange(job: snapshot.job, runs: [run])]), [.changed], "commit")
            try expectEqual(try await bench.counted(), ["0 succeeded onTime: 1"], "counts")
        }
        group.add("runs that are cancelled with their job count", needs: [.outcomeCounts]) { bench in
            try await bench.add("a", every: 100_000_000)
            try await bench.pass(at: 0, slots: 0)
            _ = try await bench.store.remove([JobID("a")], at: bench.time(1))
            try expectEqual(try await bench.counted(.byTask), ["work cancelled onTime: 1"], "counts")
        }
        group.add("1,000 runs that end in one pass are counted", needs: [.outcomeCounts]) { bench in
            let definition = try bench.definition(every: 100_000_000)
            _ = try await bench.store.insert(try (0..<1000).map { try bench.new("job \($0)", definition) })
            let taken = try await bench.pass(at: 0).taken
            let completions = taken.enumerated().map { index, run in
                bench.completion(of: run, index % 4 == 0 ? .failed : .succeeded, at: 1, mayRetry: false)
            }
            try await bench.pass(at: 1, completions: completions)
            try expectEqual(
                try await bench.counted(), ["0 succeeded onTime: 750", "0 failed onTime: 250"], "counts")
        }
        group.add("several handles count together", needs: [.outcomeCounts, .severalHandles]) { bench in
            let other = bench.with(try await bench.storage.open())
            for turn in Int64(0)..<4 {
                try await bench.runOnce("a \(turn)", task: "one", node: "node-1", at: turn * 10)
                try await other.runOnce("b \(turn)", task: "two", node: "node-2", at: turn * 10 + 5)
            }
            for handle in [bench, other] {
                try expectEqual(
                    try await handle.counted(.byTask), ["one succeeded onTime: 4", "two succeeded onTime: 4"], "counts")
            }
        }
    }

    static let failures = group("Failures by kind") { group in
        group.add("failures of one task and kind are one group, with the last as example", needs: [.failureGroups]) {
            bench in
            let first = try await bench.runOnce("a", at: 0, .failed, error: "cannot reach 10.0.0.1:80 after 5 s\nmore")
            let second = try await bench.runOnce("b", at: 10, .failed, error: "cannot reach 10.0.0.2:81 after 17 s")
            let other = try await bench.runOnce("c", at: 20, .failed, error: "no such user 17")
            let task = try await bench.runOnce(
                "d", task: "two", at: 30, .failed, error: "cannot reach 10.0.0.1:80 after 5 s")
            let timeout = try await bench.runOnce("e", at: 40, .timedOut, error: "no such user 17")
            try await bench.runOnce("f", at: 50)
            try await bench.runOnce("g", at: 60, .cancelled)
            let groups = try await bench.failureGroups()
            try expectEqual(groups.map(\.runs), [1, 1, 1, 2], "runs")
            try expectEqual(groups.map(\.example), [timeout, task, other, second].map(\.id), "examples")
            try expectEqual(groups.map(\.outcome), [.timedOut, .failed, .failed, .failed], "outcomes")
            try expectEqual(groups.map { $0.task?.description }, ["work", "two", "work", "work"], "tasks")
            let last = try require(groups.last, "the group")
            try expectEqual(last.error, try require(first.errorFingerprint, "its kind"), "kind")
            try expectEqual(last.first, bench.time(1), "first")
            try expectEqual(last.last, bench.time(11), "last")
            try expectEqual(last.pattern, "cannot reach <address> after <n> s", "pattern")
            try expectEqual(try await bench.failureGroups(task: "two").map(\.runs), [1], "of a task")
            try expectEqual(try await bench.failureGroups(since: 31).map(\.runs), [1, 1], "of late")
        }
        group.add("failures without an error are of one kind for each outcome", needs: [.failureGroups]) { bench in
            try await bench.runOnce("a", at: 0, .failed)
            try await bench.runOnce("b", at: 10, .failed)
            try await bench.runOnce("c", at: 20, .timedOut)
            try expectEqual(try await bench.failureGroups().map(\.runs), [1, 2], "runs")
        }
        group.add("groups are listed page by page, the latest failure first", needs: [.failureGroups]) { bench in
            let letters = "abcdefghij".map { String($0) }
            for (index, letter) in letters.enumerated() {
                try await bench.runOnce(letter, at: Int64(index / 3) * 10, .failed, error: "kind \(letter)")
            }
            // An old kind moves to the front with its next failure.
            try await bench.runOnce("again", at: 1000, .failed, error: "kind a")
            let all = try await bench.failureGroups()
            try expectEqual(all.first?.runs, 2, "runs of the kind that came again")
            try expectEqual(all.map(\.last), all.map(\.last).sorted(by: >), "order")
            for limit in [1, 3, 4] {
                var found: [FailureGroup] = []
                var page = Page<FailureCursor>(limit: limit)
                repeat {
                    let rows = try await bench.grouping.failures(since: .earliest, task: nil, page: page)
                    found += rows
                    page.after = rows.count == limit ? rows.last?.cursor : nil
                } while page.after != nil && found.count < 100
                try expectEqual(found, all, "by \(limit)")
            }
        }
        group.add("groups are kept when their runs are pruned, for 90 days", needs: [.failureGroups]) { bench in
            try await bench.runOnce("a", .failed, error: "no") { $0.history = History(runs: 0, days: 30) }
            try expectEqual(try await bench.store.prune(at: bench.time(89 * 86_400)), 1, "removed on day 89")
            try expectEqual(try await bench.failureGroups().map(\.runs), [1], "groups on day 89")
            try expectEqual(try await bench.store.prune(at: bench.time(91 * 86_400)), 0, "removed on day 91")
            try expectEqual(try await bench.failureGroups(), [], "groups on day 91")
        }
        group.add("many failures of one pass are counted", needs: [.failureGroups]) { bench in
            let definition = try bench.definition(every: 100_000_000)
            _ = try await bench.store.insert(try (0..<300).map { try bench.new("job \($0)", definition) })
            let taken = try await bench.pass(at: 0).taken
            let completions = taken.enumerated().map { index, run in
                bench.completion(
                    of: run, .failed, at: 1, error: index % 3 == 0 ? "one \(index)" : "two \(index)", mayRetry: false)
            }
            try await bench.pass(at: 1, completions: completions)
            try expectEqual(Set(try await bench.failureGroups().map(\.runs)), [100, 200], "runs")
        }
    }
}
