import Carillon
import CarillonTriggers

extension StoreConformance {
    static let policies = group("Policies through pass and commit") { group in
        group.add("coalesce latest: the latest runs, the others are recorded") { bench in
            try await bench.add("a")
            let run = try bench.onlyRun(try await bench.pass(at: 185))
            try expectEqual(run.id.occurrence.scheduled, bench.time(180), "scheduled time of the run")
            try await expectReason(bench, .coalesced, from: 0, through: 120, count: 3)
        }
        group.add("coalesce earliest: the earliest runs, the others are recorded") { bench in
            try await bench.add("a") { $0.coalesce = .earliest }
            let run = try bench.onlyRun(try await bench.pass(at: 185))
            try expectEqual(run.id.occurrence.scheduled, bench.start, "scheduled time of the run")
            try await expectReason(bench, .coalesced, from: 60, through: 180, count: 3)
            try expectEqual(try await bench.job("a").next?.scheduled, bench.time(240), "next occurrence")
        }
        group.add("coalesce all: every one runs, one after another, in order") { bench in
            try await bench.add("a") { $0.coalesce = .all }
            var scheduled: [Instant] = []
            var completions: [Completion] = []
            for second in 185..<189 {
                let run = try bench.onlyRun(try await bench.pass(at: Int64(second), completions: completions))
                scheduled.append(run.id.occurrence.scheduled)
                completions = [bench.completion(of: run, at: Int64(second))]
            }
            try expectEqual(scheduled, [0, 60, 120, 180].map(bench.time), "scheduled times in order")
            try expectEqual(try await bench.reasons("a"), [], "reasons")
        }
        group.add("2.6 million occurrences of a 1-second job are one record") { bench in
            try await bench.add("a", every: 1)
            let month: Int64 = 30 * 86_400
            try await bench.pass(at: month)
            try await expectReason(bench, .coalesced, from: 0, through: month - 1, count: Int(month))
        }
        group.add("misfire grace: what was due too long ago is missed") { bench in
            try await bench.add("a") { $0.misfireGrace = .seconds(30) }
            let run = try bench.onlyRun(try await bench.pass(at: 185))
            try expectEqual(run.id.occurrence.scheduled, bench.time(180), "scheduled time of the run")
            try await expectReason(bench, .missed, from: 0, through: 120, count: 3)
        }
        group.add("misfire grace: where all are missed nothing runs, and the job goes on") { bench in
            try await bench.add("a") { $0.misfireGrace = .seconds(1) }
            try expectEqual(try await bench.pass(at: 200).taken, [], "taken")
            try await expectReason(bench, .missed, from: 0, through: 180, count: 4)
            try expectEqual(try await bench.pass(at: 240).taken.count, 1, "taken at the next time")
        }
        group.add("misfire grace: waiting for a free worker makes no miss") { bench in
            try await bench.add("a") { $0.misfireGrace = .seconds(1) }
            try await bench.pass(at: 0, slots: 0)
            try expectEqual(try await bench.pass(at: 50).taken.count, 1, "taken when a worker is free")
        }
        group.add("at the limit, skip: recorded") { bench in
            try await bench.add("a")
            try await bench.pass(at: 0)
            try expectEqual(try await bench.pass(at: 60).taken, [], "taken")
            try await expectReason(bench, .instanceLimit, from: 60, through: 60, count: 1)
        }
        group.add("at the limit, queue: stored, and run in order") { bench in
            try await bench.add("a") { $0.atLimit = .queue }
            var run = try bench.onlyRun(try await bench.pass(at: 0))
            for second in [Int64(60), 120, 180] { try await bench.pass(at: second) }
            try expectEqual(try await bench.snapshot("a").open.count { $0.state == .waiting }, 3, "waiting runs")
            for second in [Int64(60), 120, 180] {
                run = try bench.onlyRun(
                    try await bench.pass(at: 190, completions: [bench.completion(of: run, at: 190)]))
                try expectEqual(run.id.occurrence.scheduled, bench.time(second), "scheduled time")
            }
            try expectEqual(try await bench.reasons("a"), [], "reasons")
        }
        group.add("at the limit, queue: the 101st is recorded") { bench in
            try await bench.add("a", every: 1) { $0.atLimit = .queue }
            for second in Int64(0)...101 { try await bench.pass(at: second) }
            try expectEqual(try await bench.snapshot("a").open.count, 101, "open runs")
            try await expectReason(bench, .queueFull, from: 101, through: 101, count: 1)
        }
        group.add("at the limit, replace: the oldest is cancelled, and the new one runs when that has ended") { bench in
            try await bench.add("a") { $0.atLimit = .replace }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            try expectEqual(try await bench.pass(at: 60, node: "node-2").taken, [], "taken while the first runs")
            try expectEqual(
                try await bench.heartbeat().news.cancelRequested, [first.id], "to be cancelled by the first node")
            let end = bench.completion(of: first, .cancelled, at: 61)
            let second = try bench.onlyRun(try await bench.pass(at: 61, completions: [end]))
            try expectEqual(second.id.occurrence.scheduled, bench.time(60), "scheduled time of the second")
            try expectEqual(try await bench.store.run(first.id)?.state, .finished(.cancelled), "state of the first")
            try expectEqual(try await bench.heartbeat().news.cancelRequested, [], "to be cancelled after")
        }
        group.add("at the limit, replace: a run that nobody has taken gives way at once") { bench in
            try await bench.add("a") { $0.atLimit = .replace }
            try await bench.pass(at: 0, slots: 0)
            let run = try bench.onlyRun(try await bench.pass(at: 60))
            try expectEqual(run.id.occurrence.scheduled, bench.time(60), "scheduled time of the run that was taken")
            try expectEqual(
                try await bench.runs("a").map(\.state), [.finished(.cancelled), .running(node: try NodeID("node-1"))],
                "states")
        }
        group.add("at the limit, all that are due together are recorded together") { bench in
            try await bench.add("a") { $0.coalesce = .all }
            try await bench.pass(at: 0)
            try expectEqual(try await bench.pass(at: 185).taken, [], "taken")
            try await expectReason(bench, .instanceLimit, from: 60, through: 180, count: 3)
        }
        group.add("coalesce all: no more than 1,000 wait, and the rest follows") { bench in
            try await bench.add("a", every: 1) { $0.coalesce = .all }
            try await bench.pass(at: 2499, slots: 0)
            let open = try await bench.snapshot("a").open
            try expect((1000...1001).contains(open.count), "\(open.count) open runs")
            try expectEqual(try await bench.due(at: 2499), [], "due at once")
            try expectEqual(try await bench.due(at: 2501), ["a"], "due a little later")
        }
        group.add("max instances 3: three run together, the fourth is skipped") { bench in
            try await bench.add("a") { $0.maxInstances = 3 }
            for second in [Int64(0), 60, 120] {
                try expectEqual(try await bench.pass(at: second).taken.count, 1, "taken")
            }
            try expectEqual(try await bench.pass(at: 180).taken, [], "taken at the limit")
            try await expectReason(bench, .instanceLimit, from: 180, through: 180, count: 1)
        }
        group.add("a completion makes room in the same commit") { bench in
            try await bench.add("a")
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            let result = try await bench.pass(at: 60, completions: [bench.completion(of: first, at: 59)])
            try expectEqual(result.taken.count, 1, "taken")
            try expectEqual(try await bench.reasons("a"), [], "reasons")
            try expectEqual(try await bench.job("a").stateVersion, 3, "version after two commits")
        }
        group.add("retry: attempts with their delays, then success") { bench in
            try await bench.add("a", every: 1000) {
                $0.retry = RetryPolicy(count: 2, backoff: .exponential(first: .seconds(10), atMost: .seconds(15)))
            }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            try expectEqual(
                try await bench.pass(at: 1, completions: [bench.completion(of: first, .failed, at: 1)]).taken, [],
                "taken at once")
            let second = try bench.onlyRun(try await bench.pass(at: 11))
            try expectEqual([second.id.attempt, first.id.attempt], [2, 1], "attempts")
            try await bench.pass(at: 12, completions: [bench.completion(of: second, .timedOut, at: 12)])
            try expectEqual(try await bench.pass(at: 26).taken, [], "taken before the longest delay is over")
            let third = try bench.onlyRun(try await bench.pass(at: 27))
            try await bench.pass(at: 28, completions: [bench.completion(of: third, at: 28)])
            let outcomes = try await bench.runs("a").map(\.state)
            try expectEqual(outcomes, [.finished(.failed), .finished(.timedOut), .finished(.succeeded)], "outcomes")
        }
        group.add("retry: an error that the policy leaves out is final") { bench in
            try await bench.add("a", every: 1000) { $0.retry = RetryPolicy(count: 2, backoff: .constant(.seconds(0))) }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let end = bench.completion(of: run, .failed, at: 1, mayRetry: false)
            try expectEqual(try await bench.pass(at: 1, completions: [end]).taken, [], "taken")
            try expectEqual(try await bench.runs("a").count, 1, "runs")
        }
        group.add("on failure: a task runs with the failed run as its argument") { bench in
            try await failForGood(bench)
            let run = try bench.onlyRun(try await bench.pass(at: 2, tasks: ["alarm"]))
            try expectEqual(run.task?.description, "alarm", "task")
            let text = String(decoding: run.arguments ?? [], as: UTF8.self)
            try expect(text.contains("/scheduled/0/1"), "the argument does not name the failed run: \(text)")
            let end = try await bench.pass(
                at: 3, tasks: ["alarm"], completions: [bench.completion(of: run, .failed, at: 3)])
            try expectEqual(end.events, [.ended(run.id, .failed)], "what follows from its failure")
        }
        group.add("slots: no more are taken than there is room for, the highest priority first") { bench in
            for number in 0..<9 { try await bench.add("job \(number)", every: 1000) { $0.priority = number } }
            try await bench.pass(at: 0, slots: 0)
            let first = try await bench.pass(at: 1, slots: 4).taken.map(\.id.occurrence.job.description)
            try expectEqual(first, ["job 8", "job 7", "job 6", "job 5"], "taken first")
            try expectEqual(try await bench.pass(at: 1, slots: 100).taken.count, 5, "taken then")
        }
        group.add("a run that was taken says by whom, when and for which time") { bench in
            try await bench.add("a", at: 7)
            let run = try bench.onlyRun(try await bench.pass(at: 9, node: "node-7"))
            let stored = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(stored, run, "the run as it is stored")
            try expectEqual(stored.state, .running(node: try NodeID("node-7")), "state")
            try expectEqual([stored.started, stored.due], [bench.time(9), bench.time(7)], "when it began and was due")
        }
        group.add("a run that has ended says which node ran it last, or that none did") { bench in
            try await bench.add("a", every: 1000)
            try await bench.add("b", every: 1000)
            try await bench.pass(at: 0, node: "node-1")
            let taken = try await bench.pass(at: 20, node: "node-2", slots: 1, dead: ["node-1"]).taken
            let first = try bench.onlyRun(StorePass.Result(taken: taken))
            let nobody = try require(
                try await bench.allRuns(RunFilter()).first { $0.id != first.id }, "the run that nobody has now")
            try expectEqual([first.node, nobody.node], [try NodeID("node-2"), nil], "nodes of open runs")
            try await bench.pass(at: 21, slots: 0, completions: [bench.completion(of: first, at: 21)])
            _ = try await bench.store.cancel(nobody.id, at: bench.time(22))
            for (run, node) in [(first, try NodeID("node-2")), (nobody, nil)] {
                let ended = try require(try await bench.store.run(run.id), "the run")
                try expect(!ended.isOpen, "\(run.id) has not ended")
                try expectEqual(ended.node, node, "the node that ran \(run.id)")
            }
            var filter = RunFilter()
            filter.job = first.id.occurrence.job
            try expectEqual(try await bench.allRuns(filter).map(\.node), [try NodeID("node-2")], "nodes in a listing")
        }
        for outcome in Outcome.allCases {
            group.add("the outcome \(outcome.rawValue) is kept, with error, result and log") { bench in
                try await bench.add("a", every: 1000)
                let run = try bench.onlyRun(try await bench.pass(at: 0))
                let end = bench.completion(
                    of: run, outcome, at: 5, error: "why\n'é'", result: Array("{}".utf8), log: Array("line\n".utf8))
                try await bench.pass(at: 6, completions: [end])
                var wanted = run
                wanted.state = .finished(outcome)
                wanted.finished = bench.time(5)
                wanted.error = "why\n'é'"
                wanted.result = Array("{}".utf8)
                wanted.log = Array("line\n".utf8)
                try expectEqual(try await bench.store.run(run.id), wanted, "the run")
            }
        }
    }

    static func expectReason(
        _ bench: ConformanceBench, _ reason: ReasonRange.Reason, from first: Int64, through last: Int64, count: Int,
        file: String = #fileID, line: Int = #line
    ) async throws {
        let reasons = try await bench.reasons("a")
        try expectEqual(reasons.count, 1, "reasons", file: file, line: line)
        let found = try require(reasons.first, "a reason", file: file, line: line)
        try expectEqual(found.reason, reason, "reason", file: file, line: line)
        try expectEqual(
            [found.first, found.last], [first, last].map(bench.time), "first and last", file: file, line: line)
        try expectEqual(found.count, count, "count", file: file, line: line)
    }

    static let edits = group("What people ask for") { group in
        group.add("a scheduler that was paused: what was due meanwhile is recorded, and does not run late") { bench in
            try await bench.add("a") { $0.misfireGrace = .seconds(1) }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let during = try await bench.pass(at: 70, completions: [bench.completion(of: run, at: 20)]) {
                $0.pause = SchedulerPause(since: bench.time(30))
            }
            try expectEqual(during.taken, [], "taken during the pause")
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.succeeded), "what ended meanwhile")
            try expectEqual(try await bench.reasons("a"), [], "reasons during the pause")
            let pause = SchedulerPause(since: bench.time(30), until: bench.time(200))
            let after = try await bench.pass(at: 201) { $0.pause = pause }
            try expectEqual(after.taken, [], "taken after the pause")
            try await expectReason(bench, .schedulerPaused, from: 60, through: 180, count: 3)
            let next = try bench.onlyRun(try await bench.pass(at: 240) { $0.pause = pause })
            try expectEqual(next.id.occurrence.scheduled, bench.time(240), "the first after the pause")
        }
        group.add("pause and resume: the times of the pause are recorded, and nothing fires late") { bench in
            try await bench.add("a")
            try await bench.pass(at: 0, slots: 0)
            _ = try await bench.store.pause(JobID("a"), at: bench.time(30))
            try expectEqual(try await bench.job("a").state, .paused(since: bench.time(30)), "state")
            _ = try await bench.store.resume(JobID("a"), at: bench.time(200))
            try await expectReason(bench, .jobPaused, from: 60, through: 180, count: 3)
            try expectEqual(try await bench.job("a").next?.scheduled, bench.time(240), "next occurrence")
        }
        group.add("pausing twice and resuming twice answer false the second time") { bench in
            try await bench.add("a")
            let id = JobID("a")
            try expectEqual(try await bench.store.pause(id, at: bench.time(1)), true, "pause")
            try expectEqual(try await bench.store.pause(id, at: bench.time(2)), false, "pause again")
            try expectEqual(try await bench.store.resume(id, at: bench.time(3)), true, "resume")
            try expectEqual(try await bench.store.resume(id, at: bench.time(4)), false, "resume again")
            try expectEqual(try await bench.job("a").stateVersion, 3, "version")
        }
        group.add("a running run ends while its job is paused") { bench in
            try await bench.add("a")
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.pause(JobID("a"), at: bench.time(1))
            let result = try await bench.pass(at: 2, completions: [bench.completion(of: run, at: 2)])
            try expectEqual(result.refused, [], "refused")
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.succeeded), "state")
        }
        group.add("run now: a run of its own, with arguments of its own") { bench in
            try await bench.add("a", at: 500)
            try await bench.store.runNow(JobID("a"), arguments: Array("[7]".utf8), at: bench.time(3))
            let run = try bench.onlyRun(try await bench.pass(at: 3))
            try expectEqual(run.id.occurrence.kind, .manual, "kind")
            try expectEqual(run.arguments, Array("[7]".utf8), "arguments")
            try expectEqual(try await bench.job("a").next?.scheduled, bench.time(500), "next occurrence")
        }
        group.add("run now at the limit: the run waits") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.store.runNow(JobID("a"), at: bench.time(1))
            try await bench.store.runNow(JobID("a"), at: bench.time(1))
            try expectEqual(try await bench.pass(at: 2).taken, [], "taken while the first runs")
            let second = try bench.onlyRun(try await bench.pass(at: 3, completions: [bench.completion(of: run, at: 3)]))
            let third = try bench.onlyRun(
                try await bench.pass(at: 4, completions: [bench.completion(of: second, at: 4)]))
            try expect(
                second.id.occurrence.number < third.id.occurrence.number,
                "numbers \(second.id.occurrence.number) and \(third.id.occurrence.number) are not in order")
        }
        group.add("cancel: a run that nobody took has ended") { bench in
            try await bench.add("a", every: 1000)
            try await bench.pass(at: 0, slots: 0)
            let run = try require(try await bench.snapshot("a").open.first, "the run")
            try expectEqual(try await bench.store.cancel(run.id, at: bench.time(1)), true, "answer")
            try expectEqual(try await bench.ready(at: 2), [], "ready")
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.cancelled), "state")
            try expectEqual(try await bench.store.cancel(run.id, at: bench.time(3)), false, "answer to the second time")
        }
        group.add("cancel: the node of a running run is told, once for all") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try expectEqual(try await bench.heartbeat().news.cancelRequested, [], "to be cancelled before")
            _ = try await bench.store.cancel(run.id, at: bench.time(1))
            try expectEqual(try await bench.heartbeat().news.cancelRequested, [run.id], "to be cancelled")
            try await bench.pass(at: 2, completions: [bench.completion(of: run, .cancelled, at: 2)])
            try expectEqual(try await bench.heartbeat().news.cancelRequested, [], "to be cancelled after")
        }
        group.add("cancel: a run that succeeds all the same has succeeded") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.cancel(run.id, at: bench.time(1))
            try await bench.pass(at: 2, completions: [bench.completion(of: run, at: 2)])
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.succeeded), "state")
        }
        group.add("retry: another attempt at a run that has ended") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try expectEqual(try await bench.store.retry(run.id, at: bench.time(1)), false, "answer while it runs")
            try await bench.pass(at: 2, completions: [bench.completion(of: run, .failed, at: 2)])
            try expectEqual(try await bench.store.retry(run.id, at: bench.time(3)), true, "answer after")
            let again = try bench.onlyRun(try await bench.pass(at: 4))
            try expectEqual(again.id, Run.ID(run.id.occurrence, attempt: 2), "the run")
        }
        group.add("modify: a trigger that stays the same keeps phase and next occurrence") { bench in
            let definition = try bench.definition(every: 60)
            try await bench.add("a", definition)
            try await bench.pass(at: 0)
            var changed = definition
            changed.tags = ["new"]
            try await bench.store.modify(JobID("a"), changed, at: bench.time(17))
            let job = try await bench.job("a")
            try expectEqual(job.next?.scheduled, bench.time(60), "next occurrence")
            try expectEqual(job.definition.tags, ["new"], "tags")
        }
        group.add("modify: everything of a definition can be changed") { bench in
            let added = try await bench.add("a")
            var other = try bench.definition(
                task: "other", tags: ["x"], origin: "file", trigger: try .crontab("0 9 * * *")
            ) { policies in
                policies.priority = 3
                policies.atLimit = .replace
                policies.history = History(runs: 1, days: 1)
            }
            other.arguments = Array("[true]".utf8)
            other.executor = "elastic"
            try await bench.store.modify(added.id, other, at: bench.time(1))
            let job = try await bench.job("a")
            try expectEqual(job.definition, other, "definition")
            try expectEqual([job.generation, job.definitionVersion], [added.generation, 2], "generation and version")
            try expectEqual(job.added, added.added, "when it was added")
        }
        group.add("modify: policies that are out of range are refused, and nothing is changed") { bench in
            let job = try await bench.add("a")
            for (index, set) in outOfRange.enumerated() {
                let definition = try bench.definition(every: 5) { set(&$0) }
                try await expectError(.invalidPolicy, "policies \(index)") {
                    try await bench.store.modify(job.id, definition, at: bench.time(1))
                }
            }
            try expectEqual(try await bench.job("a"), job, "the job")
        }
        group.add("modify: open runs go on") { bench in
            try await bench.add("a")
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.store.modify(JobID("a"), bench.definition(every: 5), at: bench.time(1))
            try expectEqual(try await bench.snapshot("a").open, [run], "open runs")
            let result = try await bench.pass(at: 3, completions: [bench.completion(of: run, at: 3)])
            try expectEqual(result.refused, [], "refused")
        }
    }
}
