import Carillon
import CarillonTriggers

extension StoreConformance {
    static let heartbeats = group("Heartbeats") { group in
        group.add("the earliest due time is that of the node's tasks") { bench in
            try await bench.add("a", task: "one", at: 30)
            try await bench.add("b", task: "two", at: 10)
            try await bench.add("c", task: "one", at: 20)
            try expectEqual(try await bench.heartbeat(tasks: ["one"]).news.earliest.due, bench.time(20), "of task one")
            try expectEqual(
                try await bench.heartbeat(tasks: ["one", "two"]).news.earliest.due, bench.time(10), "of both")
            try expectEqual(
                try await bench.heartbeat(tasks: ["three"]).news.earliest.due, nil, "of a task without jobs")
            try expectEqual(try await bench.heartbeat(tasks: []).news.earliest.due, nil, "of no task")
        }
        group.add("the earliest due time follows every change") { bench in
            func due() async throws -> Instant? {
                let heartbeat = try await bench.heartbeat()
                return heartbeat.news.earliest.due
            }
            try expectEqual(try await due(), nil, "in an empty store")
            try await bench.add("a", every: 100, at: 50)
            try await bench.add("b", every: 100, at: 60)
            try expectEqual(try await due(), bench.time(50), "after adding")
            try await bench.pass(at: 50)
            try expectEqual(try await due(), bench.time(60), "after firing")
            _ = try await bench.store.pause(JobID("b"), at: bench.time(51))
            try expectEqual(try await due(), bench.time(150), "after a pause")
            _ = try await bench.store.resume(JobID("b"), at: bench.time(52))
            try expectEqual(try await due(), bench.time(60), "after resuming")
            let trigger = Trigger.date(bench.time(55).date)
            try await bench.store.modify(JobID("a"), bench.definition(trigger: trigger), at: bench.time(53))
            try expectEqual(try await due(), bench.time(55), "after another trigger")
            _ = try await bench.store.remove([JobID("a"), JobID("b")], at: bench.time(54))
            try expectEqual(try await due(), nil, "after removing")
        }
        group.add("what a node says of its time zone data is told") { bench in
            for (node, zones) in [("node-1", "2025b"), ("node-2", nil), ("node-1", "2026f")] {
                var report = try bench.report(node: node)
                report.zones = zones
                _ = try await bench.store.heartbeat(report)
            }
            let nodes = try await bench.store.heartbeat(try bench.report(node: "node-3")).nodes
            try expectEqual(nodes.map(\.report.zones), ["2026f", nil, nil], "zone data, by node")
        }
        group.add("the earliest time of a ready run follows every change") { bench in
            func available() async throws -> Instant? {
                let heartbeat = try await bench.heartbeat()
                return heartbeat.news.earliest.available
            }
            try await bench.add("a", every: 1000, at: 5) {
                $0.retry = RetryPolicy(count: 5, backoff: .constant(.seconds(40)))
            }
            try expectEqual(try await available(), nil, "before firing")
            try await bench.pass(at: 9, slots: 0)
            try expectEqual(try await available(), bench.time(5), "once fired")
            let run = try bench.onlyRun(try await bench.pass(at: 10))
            try expectEqual(try await available(), nil, "once taken")
            try await bench.pass(at: 11, completions: [bench.completion(of: run, .failed, at: 11)])
            try expectEqual(try await available(), bench.time(51), "once failed")
            try await bench.store.runNow(JobID("a"), at: bench.time(12))
            let waiting = try require(try await bench.snapshot("a").open.first { $0.state == .ready }, "the retry")
            _ = try await bench.store.cancel(waiting.id, at: bench.time(13))
            try await bench.pass(at: 14, slots: 0)
            try expectEqual(
                try await available(), bench.time(12), "once the retry is cancelled and another run has its place")
        }
        group.add("the earliest time is found among all priorities and tasks of the node") { bench in
            try await bench.add("a", task: "one", at: 30) { $0.priority = 9 }
            try await bench.add("b", task: "two", at: 10) { $0.priority = -9 }
            try await bench.add("c", task: "three", at: 5)
            try await bench.pass(at: 50, tasks: ["one", "two", "three"], slots: 0)
            let heartbeat = try await bench.heartbeat(tasks: ["one", "two"])
            try expectEqual(heartbeat.news.earliest.available, bench.time(10), "earliest available")
        }
        group.add("only the node that has taken a run is asked to cancel it") { bench in
            try await bench.add("a", every: 1000)
            try await bench.add("b", every: 1000, task: "other")
            let first = try bench.onlyRun(try await bench.pass(at: 0, node: "node-1"))
            let second = try bench.onlyRun(try await bench.pass(at: 0, node: "node-2", tasks: ["other"]))
            for run in [first, second] { _ = try await bench.store.cancel(run.id, at: bench.time(1)) }
            try expectEqual(try await bench.heartbeat(node: "node-1").news.cancelRequested, [first.id], "of node-1")
            try expectEqual(try await bench.heartbeat(node: "node-2").news.cancelRequested, [second.id], "of node-2")
            try expectEqual(try await bench.heartbeat(node: "node-3").news.cancelRequested, [], "of node-3")
        }
        group.add("every node is known with what it said last") { bench in
            _ = try await bench.heartbeat(node: "nöde 1", host: "höst", process: .max, tasks: ["b", "a"])
            _ = try await bench.heartbeat(node: "node-2", tasks: [])
            let heartbeat = try await bench.heartbeat(node: "node-2", host: "other", process: 7, tasks: ["c"])
            let wanted = [
                try bench.report(node: "nöde 1", host: "höst", process: .max, tasks: ["a", "b"]),
                try bench.report(node: "node-2", host: "other", process: 7, tasks: ["c"]),
            ]
            try expectEqual(Set(heartbeat.nodes.map(\.report)), Set(wanted), "nodes")
            try expectEqual(heartbeat.nodes.count, 2, "number of nodes")
        }
        group.add("a heartbeat is noted with the store's clock") { bench in
            let heartbeat = try await bench.heartbeat()
            try expectEqual(heartbeat.nodes.map(\.lastHeartbeat), [heartbeat.storeTime], "last heartbeats")
        }
        group.add("a heartbeat since a version names all nodes again when one comes, changes or is forgotten") {
            bench in
            var known: KnownNodes?
            func answer(zones: String? = "2026a") async throws -> Heartbeat {
                var report = try bench.report(node: "node-1")
                report.zones = zones
                let answer = try await bench.store.heartbeat(report, since: known)
                known = KnownNodes(version: answer.nodesVersion, silence: 3_600_000_000)
                return answer
            }
            func names(_ heartbeat: Heartbeat) -> [String] { heartbeat.nodes.map(\.report.id.description) }
            let first = try await answer()
            try expectEqual([first.namesAll ? "all" : "news"] + names(first), ["all", "node-1"], "the first answer")
            for turn in 1...3 {
                let next = try await answer()
                try expectEqual([next.namesAll ? "all" : "news"] + names(next), ["news"], "answer \(turn) to the same")
            }
            _ = try await bench.heartbeat(node: "node-2")
            let joined = try await answer()
            try expectEqual(names(joined), ["node-1", "node-2"], "when another one has come")
            try expect(joined.namesAll, "the answer says that it names all")
            _ = try await bench.heartbeat(node: "node-2")
            try expectEqual(names(try await answer()), [], "when that says the same")
            _ = try await bench.heartbeat(node: "node-2", tasks: ["other"])
            let changed = try await answer()
            try expectEqual(changed.nodes.last?.report.tasks, [TaskName("other")], "when that says something else")
            try expectEqual(names(try await answer(zones: "2026b")), ["node-1", "node-2"], "when it has other zones")
            try expectEqual(names(try await answer(zones: "2026b")), [], "when nothing has changed since")
            try await bench.store.forget([try NodeID("node-2")])
            let left = try await answer(zones: "2026b")
            try expectEqual([left.namesAll ? "all" : "news"] + names(left), ["all", "node-1"], "when one is forgotten")
            try await bench.add("a", every: 1000)
            _ = try await bench.pass(at: 0, node: "node-3")
            try expectEqual(names(try await answer(zones: "2026b")), ["node-1", "node-3"], "when one has taken a run")
        }
        group.add("a heartbeat since a version names the nodes that are silent", needs: [.steppableClock]) { bench in
            var report = try bench.report(node: "node-1")
            report.zones = "2026a"
            _ = try await bench.heartbeat(node: "node-2")
            let version = try await bench.store.heartbeat(report, since: nil).nodesVersion
            let known = KnownNodes(version: version, silence: 5_000_000)
            for (step, silent) in [(Int64(3), []), (3, ["node-2"]), (3, ["node-2"]), (-3600, ["node-2"])] {
                try await bench.storage.stepClock(by: .seconds(step))
                let answer = try await bench.store.heartbeat(report, since: known)
                try expect(!answer.namesAll, "the answer says that it does not name all")
                let others = answer.nodes.map(\.report.id.description).filter { $0 != "node-1" }
                try expectEqual(others, silent, "silent nodes after a step by \(step) s")
            }
            _ = try await bench.heartbeat(node: "node-2")
            let answer = try await bench.store.heartbeat(report, since: known)
            try expectEqual(answer.nodes, [], "once it is heard of again")
            let all = try await bench.store.heartbeat(report, since: nil).nodes.map(\.lastHeartbeat)
            try expectEqual(all.count, 2, "nodes")
            let stamp = try await bench.heartbeat(node: "node-3").nodes.first?.lastHeartbeat
            try expectEqual(all.first, stamp, "its stamp")
        }
        group.add("a heartbeat of a node that is known stamps it", needs: [.steppableClock]) { bench in
            var report = try bench.report(node: "node-1")
            report.zones = "2026a"
            let version = try await bench.store.heartbeat(report, since: nil).nodesVersion
            try await bench.storage.stepClock(by: .seconds(4))
            let known = KnownNodes(version: version, silence: 60_000_000)
            let answer = try await bench.store.heartbeat(report, since: known)
            let record = try await bench.heartbeat(node: "node-2").nodes.first
            try expectEqual(record, NodeRecord(report: report, lastHeartbeat: answer.storeTime), "its record")
        }
        group.add("news has what heartbeats say of jobs and runs, and records no heartbeat") { bench in
            let node = try NodeID("node-1")
            func news() async throws -> StoreNews {
                try await bench.store.news(for: node, tasks: [TaskName("work")])
            }
            try expectEqual(try await news().earliest, EarliestTimes(), "times in an empty store")
            try await bench.add("a", every: 1000, at: 5)
            try await bench.add("other", task: "other", at: 1)
            try expectEqual(try await news().earliest, EarliestTimes(due: bench.time(5)), "times after adding")
            try await bench.pass(at: 5, slots: 0)
            let ready = try await news()
            try expectEqual(
                ready.earliest, EarliestTimes(due: bench.time(1005), available: bench.time(5)), "times once fired")
            let run = try bench.onlyRun(try await bench.pass(at: 6))
            try expectEqual(try await news().cancelRequested, [], "to be cancelled before")
            _ = try await bench.store.cancel(run.id, at: bench.time(7))
            let last = try await news()
            try expectEqual(last.cancelRequested, [run.id], "to be cancelled")
            try expectEqual(
                try await bench.store.news(for: try NodeID("node-2"), tasks: []).cancelRequested, [], "of another node")
            let heartbeat = try await bench.heartbeat(node: "node-2")
            try expectEqual(heartbeat.news.earliest, last.earliest, "the times of a heartbeat")
            try expectEqual(heartbeat.nodes.first?.report, NodeReport(unheardOf: node), "who is known of the node")
        }
        group.add("a heartbeat changes no job") { bench in
            let job = try await bench.add("a")
            for _ in 0..<3 { _ = try await bench.heartbeat() }
            try expectEqual(try await bench.job("a"), job, "the job")
        }
        group.add("a node with 1,000 tasks is answered for all of them") { bench in
            let tasks = (0..<1000).map { "task \($0)" }
            _ = try await bench.store.insert(
                try tasks.enumerated().map {
                    try bench.new("job \($0)", bench.definition(task: $1), at: Int64(2000 - $0))
                })
            let heartbeat = try await bench.heartbeat(tasks: tasks)
            try expectEqual(heartbeat.news.earliest.due, bench.time(1001), "earliest due")
            try expectEqual(heartbeat.nodes.first?.report.tasks.count, 1000, "tasks of the node")
            try expectEqual(
                try await bench.due(at: 1500, limit: 3, tasks: tasks), ["job 999", "job 998", "job 997"], "due")
        }
    }

    static let clockSteps = group("Clock steps") { group in
        group.add("the wall clock goes back: what has fired does not fire again") { bench in
            try await bench.add("a", bench.definition(trigger: try .crontab("* * * * *")))
            let run = try bench.onlyRun(try await bench.pass(at: 300))
            try await bench.pass(at: 301, completions: [bench.completion(of: run, at: 301)])
            for second in stride(from: Int64(0), through: 359, by: 30) {
                try expectEqual(try await bench.pass(at: second).taken, [], "taken at second \(second) once more")
            }
            try expectEqual(try await bench.pass(at: 360).taken.count, 1, "taken at the next time")
        }
        group.add("the wall clock goes back: a ready run waits for its time") { bench in
            try await bench.add("a", every: 1000, at: 100)
            try await bench.pass(at: 100, slots: 0)
            try expectEqual(try await bench.ready(at: 99), [], "ready earlier")
            try expectEqual(try await bench.ready(at: 100), ["a"], "ready at its time")
        }
        group.add("the wall clock goes on: times passed are late, and coalesce") { bench in
            try await bench.add("a")
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let result = try await bench.pass(at: 86_400, completions: [bench.completion(of: run, at: 1)])
            try expectEqual(try bench.onlyRun(result).id.occurrence.scheduled, bench.time(86_400), "scheduled time")
            try await expectReason(bench, .coalesced, from: 60, through: 86_340, count: 1439)
        }
        group.add("the store's clock goes on: heartbeats tell", needs: [.steppableClock]) { bench in
            let before = try await bench.heartbeat().storeTime
            try await bench.storage.stepClock(by: .seconds(3600))
            let heartbeat = try await bench.heartbeat(node: "node-2")
            let elapsed = heartbeat.storeTime.microseconds - before.microseconds
            try expect((3_600_000_000..<3_660_000_000).contains(elapsed), "an hour is \(elapsed) microseconds")
            let old = heartbeat.nodes.first { $0.report.id.description == "node-1" }
            try expectEqual(old?.lastHeartbeat, before, "last heartbeat of the silent node")
        }
        group.add("the store's clock goes back: nobody is judged dead", needs: [.steppableClock]) { bench in
            var watch = NodeWatch(try bench.report(node: "node-2", process: 2))
            var dead: Set<NodeID> = []
            for step in [Int64(0), 6, 6, -3600, 6] {
                try await bench.storage.stepClock(by: .seconds(step))
                _ = try await bench.heartbeat(node: "node-1")
                dead.formUnion(watch.dead(in: try await bench.heartbeat(node: "node-2", process: 2)) { _, _ in false })
            }
            try expectEqual(dead, [], "dead")
        }
        group.add("a node's clock is an hour ahead: nobody is judged dead, and nothing of others is taken") { bench in
            try await bench.add("a", every: 1000)
            let mine = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.heartbeat(node: "node-1")
            var watch = NodeWatch(try bench.report(node: "node-2", process: 2))
            for _ in 0..<2 {
                let dead = watch.dead(in: try await bench.heartbeat(node: "node-2", process: 2)) { _, _ in false }
                try expectEqual(dead, [], "dead")
            }
            // To its own mind it is late for three occurrences, and the job is at its limit.
            let ahead = try await bench.pass(at: 3600, node: "node-2")
            try expectEqual(ahead.taken, [], "taken by the node that is ahead")
            let end = try await bench.pass(at: 10, completions: [bench.completion(of: mine, at: 10)])
            try expectEqual(end.refused, [], "refused")
            try expectEqual(try await bench.store.run(mine.id)?.state, .finished(.succeeded), "state")
            // What was fired early is not fired once more in its time.
            try expectEqual(try await bench.pass(at: 1000).taken, [], "taken in its time")
            let next = try bench.onlyRun(try await bench.pass(at: 4000))
            try expectEqual(next.id.occurrence.scheduled, bench.time(4000), "the next one")
        }
        group.add(
            "the store's clock goes back: a node that fell silent later is found out all the same",
            needs: [.steppableClock]
        ) {
            bench in
            var watch = NodeWatch(try bench.report(node: "node-2", process: 2))
            _ = try await bench.heartbeat(node: "node-1")
            try await bench.storage.stepClock(by: .seconds(-3600))
            _ = try await bench.heartbeat(node: "node-1")
            var dead: Set<NodeID> = []
            for _ in 0..<4 {
                dead = watch.dead(in: try await bench.heartbeat(node: "node-2", process: 2)) { _, _ in false }
                try await bench.storage.stepClock(by: .seconds(6))
            }
            try expectEqual(dead, [try NodeID("node-1")], "dead")
        }
    }
}
