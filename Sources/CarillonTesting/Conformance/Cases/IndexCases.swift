import Carillon
import CarillonTriggers

extension StoreConformance {
    static let dueIndex = group("Due jobs") { group in
        group.add("the earliest due comes first") { bench in
            for (id, added) in [("c", Int64(30)), ("a", 10), ("d", 40), ("b", 20)] {
                try await bench.add(id, at: added)
            }
            try expectEqual(try await bench.due(at: 100), ["a", "b", "c", "d"], "due")
        }
        group.add("a job is due at its time, and not a microsecond earlier") { bench in
            try await bench.add("a", at: 10)
            var query = JobQuery(now: bench.time(10).advanced(byMicroseconds: -1))
            query.dueLimit = 1
            try expectEqual(try await bench.store.find(query).count, 0, "found before")
            query.now = bench.time(10)
            try expectEqual(try await bench.store.find(query).count, 1, "found at its time")
        }
        group.add("no more are found than asked for, the earliest of all") { bench in
            for number in 0..<20 { try await bench.add("job \(number)", at: Int64((number * 7) % 20)) }
            let wanted = (0..<20).sorted { ($0 * 7) % 20 < ($1 * 7) % 20 }.prefix(5).map { "job \($0)" }
            try expectEqual(try await bench.due(at: 100, limit: 5), wanted, "due")
            try expectEqual(try await bench.due(at: 100, limit: 0), [], "due with a limit of 0")
        }
        group.add("of many due at the same time every one gets its turn") { bench in
            for number in 0..<50 { try await bench.add("job \(number)") }
            var fired: [JobID] = []
            for _ in 0..<5 {
                fired += try await bench.pass(at: 0) { pass in
                    pass.dueLimit = 10
                    pass.readyLimit = 0
                }.taken.map(\.id.occurrence.job)
            }
            try expectEqual(Set(fired).count, 50, "jobs that were fired")
            try expectEqual(fired.count, 50, "runs")
        }
        group.add("only jobs of the tasks that are named are found") { bench in
            try await bench.add("a", task: "one")
            try await bench.add("b", task: "two")
            try await bench.add("c", task: "three")
            try expectEqual(try await bench.due(at: 0, tasks: ["two"]), ["b"], "of one task")
            try expectEqual(
                try await bench.due(at: 0, tasks: ["one", "three", "unknown"]).sorted(), ["a", "c"], "of two")
            try expectEqual(try await bench.due(at: 0, tasks: []), [], "of no task")
            try expectEqual(try await bench.due(at: 0, tasks: nil).sorted(), ["a", "b", "c"], "of all")
        }
        group.add("jobs of other tasks that are due earlier hide nothing") { bench in
            let others = try (0..<300).map { try bench.new("other \($0)", bench.definition(task: "other")) }
            _ = try await bench.store.insert(others)
            try await bench.add("mine", at: 50)
            try expectEqual(try await bench.due(at: 100, limit: 3, tasks: ["work"]), ["mine"], "due")
        }
        group.add("jobs of several tasks come in one order") { bench in
            for (id, task, added) in [("d", "one", Int64(4)), ("a", "two", 1), ("c", "two", 3), ("b", "three", 2)] {
                try await bench.add(id, task: task, at: added)
            }
            try expectEqual(try await bench.due(at: 9, tasks: ["one", "two", "three"]), ["a", "b", "c", "d"], "due")
        }
        group.add("a job that is asked for in several ways is found once") { bench in
            try await bench.add("a", every: 10)
            try await bench.pass(at: 0, slots: 0)
            let found = try await bench.found(at: 10) { query in
                query.dueLimit = 5
                query.readyLimit = 5
                query.sweepsWaiting = true
                query.ids = [JobID("a"), JobID("a")]
                query.runningOn = [try NodeID("node-1")]
            }
            try expectEqual(found, ["a"], "found")
        }
        group.add("jobs named by id are found in any state, unknown ones are left out") { bench in
            try await bench.add("active", at: 500)
            try await bench.add("paused", bench.definition(), paused: true)
            try await bench.add("ended", bench.definition(trigger: try .cron(month: 2, day: 30)))
            let found = try await bench.found(at: 0, tasks: ["other"]) { query in
                query.ids = try ["ended", "unknown", "active", "paused"].map { try JobID($0) }
            }
            try expectEqual(found.sorted(), ["active", "ended", "paused"], "found")
        }
        group.add("a paused job is not due, and is again when it is resumed") { bench in
            try await bench.add("a", every: 10)
            try expect(try await bench.store.pause(JobID("a"), at: bench.time(1)), "it could not be paused")
            try expectEqual(try await bench.due(at: 100), [], "due while paused")
            try expect(try await bench.store.resume(JobID("a"), at: bench.time(95)), "it could not be resumed")
            try expectEqual(try await bench.due(at: 99), [], "due before the next time")
            try expectEqual(try await bench.due(at: 100), ["a"], "due at the next time")
        }
        group.add("a removed job is not due") { bench in
            try await bench.add("a")
            try await bench.add("b")
            _ = try await bench.store.remove([JobID("a")], at: bench.start)
            try expectEqual(try await bench.due(at: 100), ["b"], "due")
        }
        group.add("a job that has ended is not due") { bench in
            try await bench.add("a", bench.definition(trigger: .date(bench.start.date)))
            try await bench.pass(at: 0)
            try expectEqual(try await bench.job("a").state, .ended, "state")
            try expectEqual(try await bench.job("a").next, nil, "next occurrence")
            try expectEqual(try await bench.due(at: 100_000), [], "due")
        }
        group.add("a fired job is due at its next time") { bench in
            try await bench.add("a", every: 10)
            try await bench.pass(at: 0)
            try expectEqual(try await bench.due(at: 9), [], "due before")
            try expectEqual(try await bench.due(at: 10), ["a"], "due then")
        }
        group.add("another trigger moves a job in the order") { bench in
            try await bench.add("a", at: 10)
            try await bench.add("b", at: 20)
            let trigger = try Trigger.interval(seconds: 60, start: bench.time(30).date)
            try await bench.store.modify(JobID("a"), bench.definition(trigger: trigger), at: bench.time(1))
            try expectEqual(try await bench.due(at: 25), ["b"], "due before the new time")
            try expectEqual(try await bench.due(at: 30), ["b", "a"], "due then")
        }
        group.add("another task moves a job to those who run that task") { bench in
            try await bench.add("a", task: "old")
            try await bench.store.modify(JobID("a"), bench.definition(task: "new"), at: bench.time(1))
            try expectEqual(try await bench.due(at: 100, tasks: ["old"]), [], "due of the old task")
            try expectEqual(try await bench.due(at: 100, tasks: ["new"]), ["a"], "due of the new task")
        }
        group.add("an ended job with a new trigger is due again") { bench in
            try await bench.add("a", bench.definition(trigger: .date(bench.start.date)))
            try await bench.pass(at: 0)
            let trigger = Trigger.date(bench.time(50).date)
            try await bench.store.modify(JobID("a"), bench.definition(trigger: trigger), at: bench.time(10))
            try expectEqual(try await bench.due(at: 49), [], "due before")
            try expectEqual(try await bench.due(at: 50), ["a"], "due then")
        }
        group.add("jobs are due at their time with jitter") { bench in
            let trigger = try Trigger.interval(hours: 1, jitter: .seconds(600))
            let job = try await bench.add("a", bench.definition(trigger: trigger))
            let due = try require(job.next?.due, "when it is due")
            try expect(due > bench.start, "no jitter was drawn; this id is badly chosen")
            var query = JobQuery(now: due.advanced(byMicroseconds: -1))
            query.dueLimit = 1
            try expectEqual(try await bench.store.find(query).count, 0, "found before")
            query.now = due
            try expectEqual(try await bench.store.find(query).map(\.job), [job], "found then")
        }
        group.add("times before 1970 and in the year 9999 are in order") { bench in
            for (id, date) in [
                ("late", "9999-12-31T23:59:59Z"), ("old", "1950-01-01T00:00:00Z"), ("now", "2027-01-01T00:00:00Z"),
            ] {
                try await bench.add(id, bench.definition(trigger: try .date(date)))
            }
            try expectEqual(try await bench.due(at: 0), ["old", "now"], "due")
            var query = JobQuery(now: .latest)
            query.dueLimit = 9
            try expectEqual(
                try await bench.store.find(query).map(\.job.id.description), ["old", "now", "late"], "due at the end")
        }
        group.add("many jobs come in order after many changes") { bench in
            var random = SeededRandom(seed: 3)
            var due: [String: Int64] = [:]
            for number in 0..<min(bench.storage.many, 500) {
                due["job \(number)"] = Int64.random(in: 0..<100_000, using: &random)
            }
            let jobs = try due.map { try bench.new($0.key, bench.definition(every: 200_000), at: $0.value) }
            _ = try await bench.store.insert(jobs)
            let snapshots = try await bench.store.find(query(bench, due.keys.sorted()))
            var changes: [JobChange] = []
            for snapshot in snapshots where Bool.random(using: &random) {
                var change = JobChange(job: snapshot.job)
                let seconds = Int64.random(in: 0..<100_000, using: &random)
                change.job.next = Job.Next(scheduled: bench.time(seconds), due: bench.time(seconds))
                due[snapshot.job.id.description] = seconds
                changes.append(change)
            }
            _ = try await bench.store.commit(changes)
            let found = try await bench.due(at: 50_000)
            let times = found.map { due[$0] ?? -1 }
            try expectEqual(times, due.values.filter { $0 <= 50_000 }.sorted(), "due times in order")
        }
    }

    private static func query(_ bench: ConformanceBench, _ ids: [String]) throws -> JobQuery {
        var query = JobQuery(now: bench.start)
        query.ids = try ids.map { try JobID($0) }
        return query
    }

    static let readyIndex = group("Ready runs") { group in
        group.add("a run that nobody took is found as ready") { bench in
            try await bench.add("a")
            try await bench.pass(at: 0, slots: 0)
            try expectEqual(try await bench.due(at: 1), [], "due")
            try expectEqual(try await bench.ready(at: 1), ["a"], "ready")
            let run = try bench.onlyRun(try await bench.pass(at: 1))
            try expectEqual(run.state, .running(node: try NodeID("node-1")), "state once taken")
            try expectEqual(try await bench.ready(at: 1), [], "ready once taken")
        }
        group.add("the highest priority comes first, then the earliest available") { bench in
            for (id, priority, added) in [
                ("e", 0, Int64(1)), ("b", 5, 9), ("a", 5, 2), ("f", -3, 0), ("c", 1, 3), ("d", 1, 4),
            ] {
                try await bench.add(id, at: added) { $0.priority = priority }
            }
            try await bench.pass(at: 10, slots: 0)
            try expectEqual(try await bench.ready(at: 10), ["a", "b", "c", "d", "e", "f"], "ready")
            try expectEqual(try await bench.ready(at: 10, limit: 2), ["a", "b"], "the first two")
        }
        group.add("priorities of jobs of several tasks are one order") { bench in
            for (id, task, priority) in [("b", "one", 1), ("a", "two", 2), ("c", "three", 0)] {
                try await bench.add(id, task: task) { $0.priority = priority }
            }
            let tasks = ["one", "two", "three"]
            try await bench.pass(at: 0, tasks: tasks, slots: 0)
            try expectEqual(try await bench.ready(at: 0, tasks: tasks), ["a", "b", "c"], "ready")
        }
        group.add("a retry is ready when its delay is over, and hides nothing until then") { bench in
            try await bench.add("urgent", every: 1000) { policies in
                policies.priority = 9
                policies.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(30)))
            }
            try await bench.add("plain", every: 1000, at: 5)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 5, slots: 0, completions: [bench.completion(of: run, .failed, at: 5)])
            try expectEqual(try await bench.ready(at: 34, limit: 1), ["plain"], "ready before")
            try expectEqual(try await bench.ready(at: 35, limit: 1), ["urgent"], "ready then")
        }
        group.add("a job with many ready runs is found once") { bench in
            try await bench.add("a", every: 10) { policies in
                policies.coalesce = .all
                policies.maxInstances = 8
            }
            try await bench.add("b", every: 1000)
            try await bench.pass(at: 50, slots: 0)
            try expectEqual(try await bench.snapshot("a").open.count { $0.state == .ready }, 6, "ready runs of a")
            try expectEqual(try await bench.ready(at: 50, limit: 2).sorted(), ["a", "b"], "ready")
        }
        group.add("only ready runs of the tasks that are named are found") { bench in
            try await bench.add("a", task: "one")
            try await bench.add("b", task: "two")
            try await bench.pass(at: 0, tasks: ["one", "two"], slots: 0)
            try expectEqual(try await bench.ready(at: 0, tasks: ["two"]), ["b"], "of one task")
            try expectEqual(try await bench.ready(at: 0, tasks: []), [], "of no task")
            try expectEqual(try await bench.ready(at: 0, tasks: nil).sorted(), ["a", "b"], "of all")
        }
        group.add("a run with a task of its own is found by that task") { bench in
            try await failForGood(bench)
            try expectEqual(try await bench.ready(at: 1, tasks: ["work"]), [], "for those who run the job's task")
            try expectEqual(try await bench.ready(at: 1, tasks: ["alarm"]), ["a"], "for those who run the run's task")
            let heartbeat = try await bench.heartbeat(tasks: ["work"])
            try expectEqual(heartbeat.news.earliest.available, nil, "earliest available for the job's task")
            let other = try await bench.heartbeat(node: "node-2", tasks: ["alarm"])
            try expectEqual(other.news.earliest.available, bench.time(1), "earliest available for the run's task")
            let run = try bench.onlyRun(try await bench.pass(at: 2, node: "node-2", tasks: ["alarm"]))
            try expectEqual(run.id.occurrence.kind, .onFailure, "kind of the run that was taken")
            let report = String(decoding: run.arguments ?? [], as: UTF8.self)
            let isReport = report.hasPrefix(#"{"job":"a","run":"a/"#) && report.hasSuffix(#","error":"no disk"}"#)
            try expect(isReport, "the report that the run is given: \(report)")
        }
        group.add("ready runs of a paused job wait, and are ready when it is resumed") { bench in
            try await bench.add("a", every: 1000)
            try await bench.pass(at: 0, slots: 0)
            _ = try await bench.store.pause(JobID("a"), at: bench.time(1))
            try expectEqual(try await bench.ready(at: 2), [], "ready while paused")
            try expectEqual(try await bench.heartbeat().news.earliest.available, nil, "earliest available while paused")
            try expectEqual(try await bench.snapshot("a").open.count, 1, "open runs while paused")
            _ = try await bench.store.resume(JobID("a"), at: bench.time(3))
            try expectEqual(try await bench.ready(at: 4), ["a"], "ready after")
            try expectEqual(try await bench.pass(at: 4).taken.count, 1, "taken after")
        }
        group.add("a retry that comes while its job is paused waits") { bench in
            try await bench.add("a", every: 1000) { $0.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(0))) }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.pause(JobID("a"), at: bench.time(1))
            try await bench.pass(at: 2, completions: [bench.completion(of: run, .failed, at: 2)])
            try expectEqual(try await bench.ready(at: 3), [], "ready while paused")
            _ = try await bench.store.resume(JobID("a"), at: bench.time(4))
            try expectEqual(try await bench.ready(at: 5), ["a"], "ready after")
        }
        group.add("another priority moves ready runs in the order") { bench in
            try await bench.add("a", every: 1000)
            try await bench.add("b", every: 1000, at: 1)
            try await bench.pass(at: 1, slots: 0)
            try expectEqual(try await bench.ready(at: 2), ["a", "b"], "before")
            try await bench.store.modify(
                JobID("b"), bench.definition(every: 1000) { $0.priority = 1 }, at: bench.time(2))
            try expectEqual(try await bench.ready(at: 2), ["b", "a"], "after")
        }
        group.add("another task moves ready runs to those who run that task") { bench in
            try await bench.add("a", every: 1000)
            try await bench.pass(at: 0, slots: 0)
            try await bench.store.modify(JobID("a"), bench.definition(every: 1000, task: "new"), at: bench.time(1))
            try expectEqual(try await bench.ready(at: 2, tasks: ["work"]), [], "for the old task")
            try expectEqual(try await bench.ready(at: 2, tasks: ["new"]), ["a"], "for the new task")
        }
        group.add("a run that was given back is ready again") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 1, slots: 0, completions: [bench.givenBack(run, at: 1)])
            try expectEqual(try await bench.ready(at: 1), ["a"], "ready")
            let again = try bench.onlyRun(try await bench.pass(at: 2, node: "node-2"))
            try expectEqual(again.id, run.id, "the run")
            try expect(again.fence > run.fence, "fence \(again.fence) is not above \(run.fence)")
        }
        group.add("a run of a job that has ended is ready all the same") { bench in
            try await bench.add("a", bench.definition(trigger: .date(bench.start.date)))
            try await bench.pass(at: 0, slots: 0)
            try expectEqual(try await bench.job("a").state, .ended, "state")
            try expectEqual(try await bench.ready(at: 0), ["a"], "ready")
        }
        group.add("a run that waits for others is not ready until there is room") { bench in
            try await bench.add("a", every: 10) { $0.atLimit = .queue }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 10)
            try expectEqual(try await bench.ready(at: 11), [], "ready while the first runs")
            try expectEqual(try await bench.roomy(at: 11), [], "with room while the first runs")
            try await bench.pass(at: 12, slots: 0, completions: [bench.completion(of: first, at: 12)])
            try expectEqual(try await bench.ready(at: 12), ["a"], "ready after")
        }
        group.add("waiting runs are found when a job is given more room") { bench in
            try await bench.add("a", every: 10) { $0.atLimit = .queue }
            try await bench.pass(at: 0)
            try await bench.pass(at: 10)
            let definition = try bench.definition(every: 10) { policies in
                policies.atLimit = .queue
                policies.maxInstances = 2
            }
            try await bench.store.modify(JobID("a"), definition, at: bench.time(11))
            try expectEqual(try await bench.roomy(at: 12), ["a"], "with room")
            for tasks in [["work"], ["other"]] {
                let news = try await bench.heartbeat(tasks: tasks).news
                try expectEqual(news.earliest.available, bench.time(10), "when it has room, for \(tasks)")
            }
            try expectEqual(try await bench.pass(at: 12).taken.count, 1, "taken by a pass that sweeps")
            try expectEqual(try await bench.roomy(at: 12), [], "with room after")
        }
        group.add("waiting runs of a paused job are left alone") { bench in
            try await bench.add("a", every: 10) { $0.atLimit = .queue }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 10)
            _ = try await bench.store.pause(JobID("a"), at: bench.time(11))
            try await bench.pass(at: 12, completions: [bench.completion(of: first, at: 12)])
            try expectEqual(try await bench.roomy(at: 13), [], "with room while paused")
            try expectEqual(try await bench.heartbeat().news.earliest, EarliestTimes(), "times while paused")
            _ = try await bench.store.resume(JobID("a"), at: bench.time(14))
            try expectEqual(try await bench.roomy(at: 15), ["a"], "with room after")
            try expectEqual(try await bench.heartbeat().news.earliest.available, bench.time(10), "when, after")
            try expectEqual(try await bench.pass(at: 15).taken.count, 1, "taken after")
        }
        group.add("jobs are found by the nodes their runs are on") { bench in
            try await bench.add("a", task: "one")
            try await bench.add("b", task: "two")
            try await bench.add("c", task: "three")
            let a = try bench.onlyRun(try await bench.pass(at: 0, node: "node-1", tasks: ["one"]))
            try await bench.pass(at: 0, node: "node-2", tasks: ["two"])
            func on(_ nodes: String...) async throws -> [String] {
                try await bench.found(at: 1) { $0.runningOn = Set(try nodes.map { try NodeID($0) }) }.sorted()
            }
            try expectEqual(try await on("node-1"), ["a"], "on node-1")
            try expectEqual(try await on("node-2", "node-1", "node-9"), ["a", "b"], "on both")
            try await bench.pass(at: 2, tasks: ["one"], completions: [bench.completion(of: a, at: 2)])
            try expectEqual(try await on("node-1"), [], "on node-1 after its run has ended")
        }
        group.add("a job is found with its open runs and no others") { bench in
            try await bench.add("a", every: 10) { policies in
                policies.atLimit = .queue
                policies.maxInstances = 2
            }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 10)
            try await bench.pass(at: 20)
            try await bench.pass(at: 25, slots: 0, completions: [bench.completion(of: first, at: 25)])
            let open = try await bench.snapshot("a").open.sorted {
                $0.id.occurrence.scheduled < $1.id.occurrence.scheduled
            }
            try expectEqual(open.map(\.id.occurrence.scheduled), [bench.time(10), bench.time(20)], "open runs")
            try expectEqual(open.map(\.state), [.running(node: try NodeID("node-1")), .ready], "their states")
        }
    }

    /// Adds a job `a` whose only attempt has failed, so that its failure task, `alarm`, runs at second 1.
    static func failForGood(_ bench: ConformanceBench) async throws {
        let alarm = TaskName("alarm")
        try await bench.add("a", every: 1000) { $0.onFailure = FailureTask(alarm) }
        let run = try bench.onlyRun(try await bench.pass(at: 0))
        try await bench.pass(at: 1, completions: [bench.completion(of: run, .failed, at: 1, error: "no disk")])
    }
}
