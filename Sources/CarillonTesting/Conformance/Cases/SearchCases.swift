import Carillon
import CarillonTriggers

extension StoreConformance {
    static let searches = group("Searching runs") { group in
        group.add("an ended run is found by its task, its node, its outcome and how late it began", needs: [.runSearch])
        {
            bench in
            try await bench.runOnce("a", task: "one", node: "node-1", at: 0)
            try await bench.runOnce("b", task: "two", node: "node-1", at: 10, late: 70, .failed, error: "no")
            try await bench.runOnce("c", task: "one", node: "node-2", at: 200, late: 2, .timedOut)
            try await bench.runOnce("d", task: "two", node: "node-2", at: 300, late: 15)
            try expectEqual(try await bench.searched(), ["d", "c", "b", "a"], "all")
            try expectEqual(try await bench.searched { $0.task = TaskName("one") }, ["c", "a"], "of the task")
            try expectEqual(try await bench.searched { $0.task = TaskName("none") }, [], "of no task")
            try expectEqual(try await bench.searched { $0.node = try NodeID("node-2") }, ["d", "c"], "on the node")
            try expectEqual(try await bench.searched { $0.node = try NodeID("node-3") }, [], "on no node")
            try expectEqual(try await bench.searched { $0.outcomes = [.succeeded] }, ["d", "a"], "that succeeded")
            try expectEqual(
                try await bench.searched { $0.outcomes = [.failed, .timedOut, .lost] }, ["c", "b"], "that did not")
            try expectEqual(try await bench.searched { $0.outcomes = [] }, [], "with no outcome")
            try expectEqual(try await bench.searched { $0.lateness = .second }, ["d", "c", "b"], "late")
            try expectEqual(try await bench.searched { $0.lateness = .tenSeconds }, ["d", "b"], "ten seconds late")
            try expectEqual(try await bench.searched { $0.lateness = .minute }, ["b"], "a minute late")
            try expectEqual(try await bench.searched { $0.lateness = .hour }, [], "an hour late")
        }
        group.add("a search finds what meets all that is given", needs: [.runSearch]) { bench in
            try await variety(bench)
            let tasks = [nil, "one", "two", "none"]
            let nodes = [nil, "node-1", "node-2", "node-9"]
            let outcomes: [Set<Outcome>] = [
                Set(Outcome.allCases), [.succeeded], [.failed], [.succeeded, .timedOut], [.failed, .timedOut, .lost],
            ]
            var everything: [(run: Run, task: TaskName)] = []
            for task in ["one", "two"] {
                var search = RunSearch()
                search.task = try TaskName(task)
                everything += try await bench.searched(search, limit: 1000).map { ($0, try TaskName(task)) }
            }
            try expectEqual(everything.count, 48, "runs")
            for task in tasks {
                for node in nodes {
                    for outcomes in outcomes {
                        for lateness in [Lateness.onTime, .second, .minute] {
                            var search = RunSearch()
                            search.task = try task.map(TaskName.init(_:))
                            search.node = try node.map(NodeID.init(_:))
                            search.outcomes = outcomes
                            search.lateness = lateness
                            let expected = everything.filter { run, ran in
                                outcomes.contains { run.state == .finished($0) } && run.lateness >= lateness
                                    && (task == nil || ran == search.task) && (node == nil || run.node == search.node)
                            }.map(\.run.id).sorted { $0.isListed(before: $1) }
                            let found = try await bench.searched(search, limit: 7).map(\.id)
                            try expectEqual(found, expected, "\(search)")
                        }
                    }
                }
            }
        }
        group.add("pages oldest first are those newest first backwards, whatever their size", needs: [.runSearch]) {
            bench in
            try await variety(bench)
            for task in [nil, "one"] {
                for outcomes: Set<Outcome> in [Set(Outcome.allCases), [.succeeded, .failed]] {
                    var search = RunSearch()
                    search.task = try task.map(TaskName.init(_:))
                    search.outcomes = outcomes
                    let newest = try await bench.searched(search, limit: 1000)
                    try expect(newest.count > 5, "there are some runs: \(newest.count)")
                    for limit in [1, 3, 10] {
                        search.order = .newestFirst
                        try expectEqual(
                            try await bench.searched(search, limit: limit), newest, "newest first by \(limit)")
                        search.order = .oldestFirst
                        try expectEqual(
                            try await bench.searched(search, limit: limit), newest.reversed(),
                            "oldest first by \(limit)")
                    }
                }
            }
        }
        group.add("a run is found by the task that it ran, whatever its job runs since", needs: [.runSearch]) { bench in
            try await bench.runOnce("a", task: "one")
            try await bench.store.modify(
                JobID("a"), try bench.definition(every: 100_000_000, task: "two"), at: bench.time(10))
            try expectEqual(try await bench.searched { $0.task = TaskName("one") }, ["a"], "by the task it ran")
            try expectEqual(
                try await bench.searched { $0.task = TaskName("two") }, [], "by the task of the job now")
            _ = try await bench.store.remove([JobID("a")], at: bench.time(20))
            try expectEqual(try await bench.searched { $0.task = TaskName("one") }, ["a"], "when the job is gone")
        }
        group.add("runs that were cancelled when their job was removed are found by its task", needs: [.runSearch]) {
            bench in
            try await bench.add("a", every: 100_000_000, task: "one")
            try await bench.pass(at: 0, tasks: ["one"], slots: 0)
            _ = try await bench.store.remove([JobID("a")], at: bench.time(1))
            let found = try await bench.searched {
                $0.task = TaskName("one")
                $0.outcomes = [.cancelled]
            }
            try expectEqual(found, ["a"], "cancelled runs of the task")
        }
        group.add("runs are shown without arguments, result and log, and with their error", needs: [.runSearch]) {
            bench in
            let run = try await bench.runOnce(
                "a", .failed, error: "it broke", result: Array("{}".utf8), log: Array("said".utf8))
            var expected = run
            expected.result = nil
            expected.log = nil
            let found = try await bench.searching.endedRuns(RunSearch(), page: Page())
            try expectEqual(found, [expected], "runs")
            try expectEqual(run.log, Array("said".utf8), "the log of the run itself")
            let latest = try await bench.searching.latestRuns(of: [JobID("a")], limit: 1)
            try expectEqual(latest, [JobID("a"): [expected]], "latest runs")
        }
        group.add("open runs are not found", needs: [.runSearch]) { bench in
            try await bench.add("a", every: 100_000_000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try expectEqual(try await bench.searched(), [], "while it runs")
            try await bench.pass(at: 1, completions: [bench.completion(of: run, at: 1)])
            try expectEqual(try await bench.searched(), ["a"], "when it has ended")
        }
        group.add("runs are found by the kind of their error, whatever numbers and paths it names", needs: [.runSearch])
        {
            bench in
            let first = try await bench.runOnce("a", at: 0, .failed, error: "no file /tmp/a1 (code 2)")
            try await bench.runOnce("b", task: "two", at: 10, .failed, error: "no file /var/b (code 17)")
            try await bench.runOnce("c", at: 20, .failed, error: "no disk /tmp/a1 (code 2)")
            try await bench.runOnce("d", at: 30)
            let error = try require(first.errorFingerprint, "the kind of error")
            try expectEqual(try await bench.searched { $0.error = error }, ["b", "a"], "of the kind")
            let both = try await bench.searched {
                $0.error = error
                $0.task = TaskName("two")
                $0.node = try NodeID("node-1")
            }
            try expectEqual(both, ["b"], "of the kind and the task")
        }
        group.add("runs are found by their job and by when they were scheduled", needs: [.runSearch]) { bench in
            try await bench.add("a", every: 10)
            try await bench.add("b", every: 10)
            for turn in Int64(0)..<6 {
                let taken = try await bench.pass(at: turn * 10).taken
                let outcome: Outcome = turn == 3 ? .failed : .succeeded
                try await bench.pass(
                    at: turn * 10 + 1,
                    completions: taken.map { bench.completion(of: $0, outcome, at: turn * 10 + 1, mayRetry: false) })
            }
            var search = RunSearch()
            search.job = JobID("a")
            let all = try await bench.searched(search, limit: 4)
            try expectEqual(all.map(\.id.occurrence.scheduled), [50, 40, 30, 20, 10, 0].map(bench.time), "of the job")
            search.outcomes = [.failed]
            search.task = TaskName("work")
            search.node = try NodeID("node-1")
            try expectEqual(
                try await bench.searched(search, limit: 4).map(\.id.occurrence.scheduled), [bench.time(30)],
                "failed ones")
            search = RunSearch()
            search.scheduled = bench.time(10)...bench.time(20)
            for task in [nil, "work"] {
                search.task = try task.map(TaskName.init(_:))
                let found = try await bench.searched(search, limit: 3).map(\.id.occurrence.scheduled)
                try expectEqual(found, [20, 20, 10, 10].map(bench.time), "from 10 to 20")
            }
        }
        group.add("what was pruned is not found", needs: [.runSearch]) { bench in
            try await bench.runOnce("a", .failed) { $0.history = History(runs: 0, days: 30) }
            try expectEqual(try await bench.store.prune(at: bench.time(100)), 1, "removed")
            for task in [nil, "work"] {
                try expectEqual(
                    try await bench.searched { $0.task = try task.map(TaskName.init(_:)) }, [], "found")
                try expectEqual(try await bench.searched { $0.outcomes = [.failed] }, [], "failed ones found")
            }
        }
        group.add("how late a run began is told in steps, their ends included", needs: [.runSearch]) { bench in
            let steps: [(Int64, Lateness)] = [
                (0, .onTime), (1, .second), (9, .second), (10, .tenSeconds), (59, .tenSeconds), (60, .minute),
                (599, .minute), (600, .tenMinutes), (3599, .tenMinutes), (3600, .hour), (90_000, .hour),
            ]
            for (late, lateness) in steps {
                let run = try await bench.runOnce("late \(late)", at: late * 1000, late: late)
                try expectEqual(run.lateness, lateness, "\(late) seconds")
            }
            for lateness in Lateness.allCases {
                let expected = steps.filter { $0.1 >= lateness }.map { "late \($0.0)" }
                try expectEqual(
                    try await bench.searched {
                        $0.lateness = lateness
                        $0.order = .oldestFirst
                    }, expected, "\(lateness)")
            }
        }
        group.add("the latest runs of many jobs come in one call, each job's latest first", needs: [.runSearch]) {
            bench in
            for job in 0..<30 { try await bench.add("job \(job)", every: job % 2 == 0 ? 10 : 1000) }
            for turn in Int64(0)..<5 {
                let taken = try await bench.pass(at: turn * 10).taken
                try await bench.pass(
                    at: turn * 10 + 1, completions: taken.map { bench.completion(of: $0, at: turn * 10 + 1) })
            }
            let jobs = try (0..<31).map { try JobID("job \($0)") }
            let latest = try await bench.searching.latestRuns(of: jobs, limit: 3)
            try expectEqual(latest.count, 30, "jobs with runs")
            try expectEqual(
                latest[jobs[0]]?.map(\.id.occurrence.scheduled), [40, 30, 20].map(bench.time), "of a frequent job")
            try expectEqual(latest[jobs[1]]?.map(\.id.occurrence.scheduled), [bench.time(0)], "of a rare one")
            try expectEqual(try await bench.searching.latestRuns(of: [], limit: 3), [:], "of no job")
            let many = try await bench.searching.latestRuns(of: jobs, limit: 1000)
            try expectEqual(many[jobs[0]]?.count, 5, "as many as there are")
        }
        group.add("the latest runs of a job are not those of the task for its failed runs", needs: [.runSearch]) {
            bench in
            try await bench.runOnce("a", .failed, error: "no") {
                $0.onFailure = FailureTask(TaskName("tell"))
            }
            let told = try await bench.pass(at: 5, tasks: ["tell"]).taken
            try await bench.pass(at: 6, tasks: ["tell"], completions: told.map { bench.completion(of: $0, at: 6) })
            try expectEqual(told.count, 1, "runs of the task for failed runs")
            let latest = try await bench.searching.latestRuns(of: [JobID("a")], limit: 10)
            try expectEqual(latest[JobID("a")]?.map(\.state), [.finished(.failed)], "latest runs")
            try expectEqual(try await bench.searched { $0.task = TaskName("tell") }, ["a"], "by the other task")
        }
    }

    /// Creates 48 runs of two tasks on two nodes, with several outcomes, on time and late.
    private static func variety(_ bench: ConformanceBench) async throws {
        let outcomes: [Outcome] = [.succeeded, .failed, .timedOut, .succeeded]
        var number = Int64(0)
        for late in [Int64(0), 5, 100] {
            for outcome in outcomes {
                for task in ["one", "two"] {
                    for node in ["node-1", "node-2"] {
                        try await bench.runOnce(
                            "job \(number)", task: task, node: node, at: number / 3 * 1000, late: late, outcome)
                        number += 1
                    }
                }
            }
        }
    }
}
