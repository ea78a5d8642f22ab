import Carillon
import CarillonTriggers

extension StoreConformance {
    static let fencing = group("Fencing") { group in
        group.add("each take raises the fence") { bench in
            try await bench.add("a", every: 1000)
            var fences: [Int64] = []
            var completions: [Completion] = []
            for second in Int64(0)..<5 {
                try await bench.pass(at: second, slots: 0, completions: completions)
                let run = try bench.onlyRun(try await bench.pass(at: second))
                fences.append(run.fence)
                completions = [bench.givenBack(run, at: second)]
            }
            try expectEqual(fences, fences.sorted(), "fences in order")
            try expectEqual(Set(fences).count, 5, "different fences")
        }
        group.add("a completion that comes late, after recovery, is refused") { bench in
            try await bench.add("a", every: 1000)
            let old = try bench.onlyRun(try await bench.pass(at: 0))
            let new = try bench.onlyRun(try await bench.pass(at: 20, node: "node-2", dead: ["node-1"]))
            try expectEqual(new.id, old.id, "the run")
            let late = try await bench.pass(at: 21, completions: [bench.completion(of: old, .failed, at: 5)])
            try expectEqual(late.refused.map(\.fence), [old.fence], "refused")
            try expectEqual(try await bench.store.run(new.id)?.state, .running(node: try NodeID("node-2")), "state")
            let end = try await bench.pass(at: 22, node: "node-2", completions: [bench.completion(of: new, at: 22)])
            try expectEqual(end.refused, [], "refused of the new node's")
            try expectEqual(try await bench.store.run(new.id)?.state, .finished(.succeeded), "state at the end")
        }
        group.add("a second completion is refused, and the first stands") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let first = bench.completion(of: run, at: 1)
            let second = bench.completion(of: run, .failed, at: 2)
            try await bench.pass(at: 1, completions: [first])
            try expectEqual(try await bench.pass(at: 2, completions: [second]).refused, [second], "refused")
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.succeeded), "state")
        }
        group.add("a completion of a run that nobody has taken is refused") { bench in
            try await bench.add("a", every: 1000)
            try await bench.pass(at: 0, slots: 0)
            let run = try require(try await bench.snapshot("a").open.first, "the run")
            let completion = bench.completion(of: run, at: 1)
            try expectEqual(
                try await bench.pass(at: 1, slots: 0, completions: [completion]).refused, [completion], "refused")
            try expectEqual(try await bench.store.run(run.id)?.state, .ready, "state")
        }
        group.add("refusals are for each run by itself") { bench in
            for id in ["a", "b", "c"] { try await bench.add(id, every: 1000) }
            let taken = try await bench.pass(at: 0).taken.sorted { $0.id.occurrence.job < $1.id.occurrence.job }
            var completions = taken.map { bench.completion(of: $0, at: 1) }
            let middle = try require(taken.dropFirst().first, "the second run")
            completions[1] = Completion(
                run: middle.id, fence: middle.fence + 1, finished: bench.time(1), result: .ended(.failed))
            try expectEqual(try await bench.pass(at: 1, completions: completions).refused, [completions[1]], "refused")
            var finished = RunFilter()
            finished.state = .finished(.succeeded)
            try expectEqual(try await bench.allRuns(finished).count, 2, "finished runs")
        }
        group.add("two nodes take a run at the same moment: one has it") { bench in
            try await bench.add("a", every: 1000)
            try await bench.pass(at: 0, slots: 0)
            let snapshot = try await bench.snapshot("a")
            var answers: [CommitStatus] = []
            for node in ["node-1", "node-2"] {
                let input = Planner.Input(
                    now: bench.time(1), node: try NodeID(node), tasks: [TaskName("work")], slots: 1)
                let change = try require(Planner.plan(snapshot, input).change, "a change")
                answers += try await bench.store.commit([change])
            }
            try expectEqual(answers, [.accepted, .changed], "answers")
            try expectEqual(
                try await bench.snapshot("a").open.map(\.state), [.running(node: try NodeID("node-1"))], "states")
        }
    }

    static let removal = group("Removal with runs") { group in
        group.add("runs that nobody has taken end with their job") { bench in
            try await bench.add("a") { $0.atLimit = .queue }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 60)
            try await bench.pass(at: 61, slots: 0, completions: [bench.completion(of: first, at: 61)])
            try await bench.pass(at: 120, slots: 0)
            try expectEqual(try await bench.snapshot("a").open.count, 2, "open runs")
            _ = try await bench.store.remove([JobID("a")], at: bench.time(130))
            let runs = try await bench.runs("a")
            try expectEqual(
                runs.map(\.state), [.finished(.succeeded), .finished(.cancelled), .finished(.cancelled)], "states")
            try expectEqual(runs.last?.finished, bench.time(130), "when the last one ended")
            try expect(
                runs.last?.error?.contains("removed") == true, "the error does not say why: \(runs.last?.error ?? "")")
            try expectEqual(try await bench.ready(at: 200), [], "ready")
            try expectEqual(try await bench.heartbeat().news.earliest.available, nil, "earliest available")
        }
        group.add("a running run goes on, and ends after its job, once") { bench in
            let run = try await removedWhileRunning(bench)
            try expectEqual(try await bench.store.run(run.id)?.state, run.state, "state after the removal")
            let wrong = Completion(run: run.id, fence: run.fence + 1, finished: bench.time(2), result: .ended(.failed))
            let right = bench.completion(of: run, at: 3, result: Array("1".utf8))
            let result = try await bench.pass(at: 3, completions: [wrong, right, right])
            try expectEqual(result.refused, [wrong, right], "refused")
            try expectEqual(result.events, [.ended(run.id, .succeeded)], "events")
            let ended = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(ended.state, .finished(.succeeded), "state")
            try expectEqual(ended.finished, bench.time(3), "when it ended")
            try expectEqual(ended.result, Array("1".utf8), "result")
            try expectEqual(ended.node, try NodeID("node-1"), "the node that ran it")
        }
        group.add("a run that is given back after its job was removed is cancelled") { bench in
            let run = try await removedWhileRunning(bench)
            let result = try await bench.pass(at: 3, completions: [bench.givenBack(run, at: 3)])
            try expectEqual([result.refused.count, result.taken.count], [0, 0], "refused, and taken")
            let ended = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(ended.state, .finished(.cancelled), "state")
            try expect(ended.node == nil && ended.started == nil, "it was never begun, and has a node or a beginning")
        }
        group.add("a run that is interrupted after its job was removed is lost") { bench in
            let run = try await removedWhileRunning(bench)
            let result = try await bench.pass(at: 3, completions: [bench.interrupted(run, at: 3)])
            try expectEqual([result.refused.count, result.taken.count], [0, 0], "refused, and taken")
            let lost = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(lost.state, .finished(.lost), "state")
            try expect(lost.error?.contains("removed") == true, "the error does not say why: \(lost.error ?? "")")
        }
        group.add("a run that fails after its job was removed is not tried again") { bench in
            try await bench.add("a", every: 1000) { $0.retry = RetryPolicy(count: 3, backoff: .constant(.seconds(0))) }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.remove([JobID("a")], at: bench.time(1))
            try await bench.pass(at: 2, completions: [bench.completion(of: run, .failed, at: 2)])
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.failed)], "states")
        }
        group.add("an end of an unknown run is refused") { bench in
            let id = Run.ID(Occurrence(job: JobID("none"), generation: 1, scheduled: bench.start))
            let completion = Completion(run: id, fence: 1, finished: bench.start, result: .ended(.succeeded))
            try expectEqual(try await bench.pass(at: 0, completions: [completion]).refused, [completion], "refused")
        }
        group.add("a job added anew has nothing of the runs of the old one") { bench in
            let old = try await removedWhileRunning(bench)
            try await bench.add("a", every: 1000)
            try expectEqual(try await bench.snapshot("a").open, [], "open runs")
            let new = try bench.onlyRun(try await bench.pass(at: 0, node: "node-2"))
            try expect(new.id != old.id, "both generations have the same run")
            let result = try await bench.pass(at: 5, completions: [bench.completion(of: old, at: 5)])
            try expectEqual(result.refused, [], "refused")
            try expectEqual(try await bench.store.run(old.id)?.state, .finished(.succeeded), "state of the old run")
            try expectEqual(try await bench.store.run(new.id), new, "the new run")
        }
        group.add("history outlives the job") { bench in
            try await bench.add("a")
            let run = try bench.onlyRun(try await bench.pass(at: 185))
            try await bench.pass(at: 186, completions: [bench.completion(of: run, at: 186)])
            _ = try await bench.store.remove([JobID("a")], at: bench.time(190))
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.succeeded)], "runs")
            try expectEqual(try await bench.reasons("a").count, 1, "reasons")
            try expectEqual(try await bench.allRuns(RunFilter()).count, 1, "runs in the listing of all")
        }
        group.add("a run of a removed job on a dead node is found by its node, and can be ended") { bench in
            let run = try await removedWhileRunning(bench)
            var filter = RunFilter()
            filter.node = try NodeID("node-1")
            filter.state = .running
            try expectEqual(try await bench.allRuns(filter), [run], "runs on the node")
            try await bench.pass(at: 30, node: "node-2", completions: [bench.completion(of: run, .lost, at: 30)])
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.lost), "state")
            try expectEqual(try await bench.allRuns(filter), [], "runs on the node after")
        }
        group.add("the runs of removed jobs that a dead node leaves are ended, those of others are ready again") {
            bench in
            for id in ["kept", "removed", "unwanted"] { try await bench.add(id, every: 1000) }
            try await bench.add("elsewhere", every: 1000, at: 1)
            let taken = try await bench.pass(at: 0).taken
            let other = try bench.onlyRun(try await bench.pass(at: 1, node: "node-2"))
            func run(_ id: String) throws -> Run {
                try require(taken.first { $0.id.occurrence.job.description == id }, "the run of \(id)")
            }
            _ = try await bench.store.cancel(try run("unwanted").id, at: bench.time(2))
            let gone = try ["removed", "unwanted", "elsewhere"].map { try JobID($0) }
            _ = try await bench.store.remove(gone, at: bench.time(3))
            let result = try await bench.pass(at: 30, node: "node-3", slots: 0, dead: ["node-1"])
            let ends: [PlanEvent] = [.ended(try run("removed").id, .lost), .ended(try run("unwanted").id, .cancelled)]
            let ended = result.events.filter { if case .ended = $0 { true } else { false } }
            try expectEqual(Set(ended), Set(ends), "runs that were ended")
            let lost = try require(try await bench.store.run(try run("removed").id), "the run")
            try expectEqual(lost.state, .finished(.lost), "state of the one without a job")
            try expectEqual([lost.finished, lost.started], [bench.time(30), bench.start], "when it ended and began")
            try expect(lost.error?.contains("removed") == true, "the error does not say why: \(lost.error ?? "")")
            let cancelled = try await bench.store.run(try run("unwanted").id)
            try expectEqual(cancelled?.state, .finished(.cancelled), "state of the one that was to be cancelled")
            try expectEqual(try await bench.store.run(try run("kept").id)?.state, .ready, "the one with a job")
            try expectEqual(try await bench.store.run(other.id), other, "the one on another node")
            let left = try await bench.found(at: 31) { $0.runningOn = [try NodeID("node-1")] }
            try expectEqual(left, [], "units with runs on the dead node")
        }
        group.add("a removed job is a unit until its runs have ended, and found by its generation alone") { bench in
            let before = try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let planned = try await bench.snapshot("a")
            _ = try await bench.store.remove([before.id], at: bench.time(1))
            let unit = try await bench.snapshot(of: run)
            try expect(unit.isRemoved, "the unit does not say that its job was removed")
            try expectEqual(unit.open, [run], "its open runs")
            try expect(unit.job.stateVersion > planned.job.stateVersion, "its version has not risen")
            try expectEqual(unit.job.next, nil, "its next occurrence")
            try expectEqual(try await bench.found(at: 5000) { $0.ids = [before.id] }, [], "by id")
            try expectEqual(try await bench.due(at: 5000), [], "due")
            try expectEqual(try await bench.allRows(limit: 10), [], "rows of the listing")
            try await whereListable(bench, JobFilter(), .beginningByDue) {
                try expectEqual(try await bench.allRows(from: .beginningByDue, limit: 10), [], "rows by due time")
            }
            try expectEqual(try await bench.heartbeat().news.earliest.due, nil, "earliest due")
            // Earlier plans have to be made again.
            let late = planned.ranNow(at: bench.time(2))
            try expectEqual(try await bench.store.commit([late]), [.changed], "a change that was planned before")
            try await bench.pass(at: 3, completions: [bench.completion(of: run, at: 3)])
            try expectEqual(try await bench.store.found(unit.job.unit, at: bench.start), nil, "the unit at the end")
            try expectEqual(try await bench.store.commit([late]), [.gone], "the change then")
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.succeeded)], "its history")
        }
        group.add("a run of a removed job is cancelled on whichever node it runs, also beside a new job") { bench in
            let run = try await removedWhileRunning(bench)
            try await bench.add("a", every: 1000)
            try expectEqual(try await bench.store.cancel(run.id, at: bench.time(2)), true, "answer")
            try expectEqual(try await bench.heartbeat().news.cancelRequested, [run.id], "what its node is told")
            try expectEqual(try await bench.snapshot("a").open, [], "open runs of the new job")
            try await bench.pass(at: 3, slots: 0, completions: [bench.completion(of: run, .cancelled, at: 3)])
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.cancelled), "state")
            try expectEqual(try await bench.store.cancel(run.id, at: bench.time(4)), false, "answer once it has ended")
        }
        group.add("units of one id end side by side") { bench in
            var runs: [Run] = []
            for second in Int64(0)..<3 {
                try await bench.add("a", every: 1000, at: second)
                runs.append(try bench.onlyRun(try await bench.pass(at: second)))
                if second < 2 { _ = try await bench.store.remove([JobID("a")], at: bench.time(second)) }
            }
            try expectEqual(try await bench.runs("a").map(\.id), runs.map(\.id), "runs while all are running")
            let ends = runs.reversed().map { bench.completion(of: $0, at: 9) }
            try expectEqual(try await bench.pass(at: 9, completions: ends).refused, [], "refused")
            try expectEqual(try await bench.runs("a").map(\.id), runs.map(\.id), "runs when all have ended")
            let job = try await bench.job("a")
            try expectEqual(job.generation, runs[2].id.occurrence.generation, "the job that is left")
            _ = try await bench.store.remove([job.id], at: bench.time(10))
            try expectEqual(try await bench.runs("a").map(\.id), runs.map(\.id), "runs without a job")
        }
    }

    private static func removedWhileRunning(_ bench: ConformanceBench) async throws -> Run {
        try await bench.add("a", every: 1000)
        let run = try bench.onlyRun(try await bench.pass(at: 0))
        _ = try await bench.store.remove([JobID("a")], at: bench.time(1))
        return run
    }

    static let recovery = group("Recovery") { group in
        group.add("a run of a dead node is taken by another") { bench in
            try await bench.add("a", every: 1000)
            let old = try bench.onlyRun(try await bench.pass(at: 0))
            let new = try bench.onlyRun(try await bench.pass(at: 20, node: "node-2", dead: ["node-1"]))
            try expectEqual(new.id, old.id, "the run")
            try expectEqual([new.recoveries, 0], [1, old.recoveries], "recoveries")
            try expectEqual(new.started, bench.time(20), "when it began again")
        }
        group.add("runs of nodes that live are left alone") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 20, node: "node-2", dead: ["node-3"])
            try expectEqual(try await bench.snapshot("a").open, [run], "open runs")
        }
        group.add("a recovered run that nobody takes is ready for all") { bench in
            try await bench.add("a", every: 1000)
            try await bench.pass(at: 0)
            try await bench.pass(at: 20, node: "node-2", slots: 0, dead: ["node-1"])
            try expectEqual(try await bench.ready(at: 20), ["a"], "ready")
            try expectEqual(
                try await bench.found(at: 20) { $0.runningOn = [try NodeID("node-1")] }, [], "on the dead node")
        }
        group.add("a run whose nodes died four times is lost") { bench in
            try await bench.add("a", every: 1000)
            try await bench.pass(at: 0, node: "node-0")
            for number in 1...3 {
                let run = try bench.onlyRun(
                    try await bench.pass(at: Int64(number), node: "node-\(number)", dead: ["node-\(number - 1)"]))
                try expectEqual(run.recoveries, number, "recoveries")
            }
            try expectEqual(
                try await bench.pass(at: 9, node: "node-4", dead: ["node-3"]).taken, [], "taken after the fourth")
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.lost)], "states")
            let words = "its node was gone before it ended; it had been run again 3 times, which is the limit"
            try expectEqual(try await bench.runs("a").map(\.error), [words], "errors")
        }
        group.add("markLost: a run whose node died is lost at once") { bench in
            try await bench.add("a", every: 1000) { $0.recovery = .markLost }
            try await bench.pass(at: 0)
            try expectEqual(try await bench.pass(at: 20, node: "node-2", dead: ["node-1"]).taken, [], "taken")
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.lost)], "states")
            try expectEqual(try await bench.runs("a").map(\.error), ["its node was gone before it ended"], "errors")
        }
        group.add("a run that the stop of its node interrupts is taken by another, and says so while it is open") {
            bench in
            try await bench.add("a", every: 1000)
            let old = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 5, slots: 0, completions: [bench.interrupted(old, at: 4)])
            try expectEqual(try await bench.ready(at: 5), ["a"], "ready")
            let words = "interrupted by the stop of node 'node-1'"
            try expectEqual(try await bench.snapshot("a").open.map(\.error), [words], "errors of open runs")
            let new = try bench.onlyRun(try await bench.pass(at: 6, node: "node-2"))
            try expectEqual(new.id, old.id, "the run")
            try expectEqual(try await bench.store.run(new.id), new, "the run as it is read")
            try expectEqual(new.recoveries, 1, "recoveries")
            try await bench.pass(at: 7, node: "node-2", completions: [bench.completion(of: new, at: 7)])
            let ended = try await bench.store.run(new.id)
            try expectEqual(ended?.state, .finished(.succeeded), "state")
            try expectEqual(ended?.error, nil, "error at the end")
        }
        group.add("a run that was to be cancelled when its node died is cancelled") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.cancel(run.id, at: bench.time(1))
            try await bench.pass(at: 20, node: "node-2", dead: ["node-1"])
            try expectEqual(try await bench.store.run(run.id)?.state, .finished(.cancelled), "state")
        }
        group.add("runs of one job on several dead nodes are recovered together") { bench in
            try await bench.add("a", every: 10) { $0.maxInstances = 3 }
            for number in 0..<3 { try await bench.pass(at: Int64(number) * 10, node: "node-\(number)") }
            let taken = try await bench.pass(at: 25, node: "node-9", dead: ["node-0", "node-2"]).taken
            try expectEqual(taken.map(\.id.occurrence.scheduled), [bench.start, bench.time(20)], "taken")
        }
        group.add("the runs of a node that is back since it was taken for dead stay its own") { bench in
            try await bench.add("a", every: 1000)
            _ = try await bench.heartbeat(node: "node-1")
            let run = try bench.onlyRun(try await bench.pass(at: 0, node: "node-1"))
            let node = try NodeID("node-1")
            let record = try await bench.heartbeat(node: "node-2").nodes.first { $0.report.id == node }
            let last = try require(record, "the record of node-1").lastHeartbeat
            func recover(judgedBy heartbeat: Instant) async throws -> StorePass.Result {
                try await bench.pass(at: 20, node: "node-2", dead: ["node-1"]) { $0.lastHeartbeats = [node: heartbeat] }
            }
            let refused = try await recover(judgedBy: last.advanced(byMicroseconds: -1))
            try expectEqual(refused.statuses, [.changed], "what was done by an earlier heartbeat")
            try expectEqual(refused.taken, [], "taken by it")
            try expectEqual(try await bench.store.run(run.id)?.state, .running(node: node), "the run's state after it")
            let recovered = try await recover(judgedBy: last)
            try expectEqual(recovered.taken.map(\.id), [run.id], "taken by the last heartbeat")
        }
        group.add("the runs of a node without a record can be recovered whatever it was judged by") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0, node: "node-1"))
            let recovered = try await bench.pass(at: 20, node: "node-2", dead: ["node-1"]) {
                $0.lastHeartbeats = [try NodeID("node-1"): bench.time(5)]
            }
            try expectEqual(recovered.taken.map(\.id), [run.id], "taken")
        }
        group.add("a dead node is judged by one that has held its lease unbroken", needs: [.steppableClock]) { bench in
            _ = try await bench.heartbeat(node: "node-1")
            try await bench.storage.stepClock(by: .seconds(60))
            var watch = NodeWatch(try bench.report(node: "node-2", process: 2))
            var dead: [Set<NodeID>] = []
            for _ in 0..<3 {
                dead.append(watch.dead(in: try await bench.heartbeat(node: "node-2", process: 2)) { _, _ in false })
                try await bench.storage.stepClock(by: .seconds(6))
            }
            try expectEqual(dead, [[], [], [try NodeID("node-1")]], "dead at the first, second and third heartbeat")
        }
        group.add("after the store was away nobody is judged by the silence", needs: [.steppableClock]) { bench in
            var watch = NodeWatch(try bench.report(node: "node-2", process: 2))
            var dead: Set<NodeID> = []
            for step in [Int64(0), 6, 6, 60] {
                try await bench.storage.stepClock(by: .seconds(step))
                if step < 60 { _ = try await bench.heartbeat(node: "node-1") }
                dead.formUnion(watch.dead(in: try await bench.heartbeat(node: "node-2", process: 2)) { _, _ in false })
            }
            try expectEqual(dead, [], "dead")
            _ = try await bench.heartbeat(node: "node-1")
            try await bench.storage.stepClock(by: .seconds(6))
            dead = watch.dead(in: try await bench.heartbeat(node: "node-2", process: 2)) { _, _ in false }
            try expectEqual(dead, [], "dead once both are back")
        }
        group.add("a process that has ended on the same host is dead at once") { bench in
            _ = try await bench.heartbeat(node: "node-1", host: "here", process: 41)
            _ = try await bench.heartbeat(node: "node-3", host: "there", process: 41)
            var watch = NodeWatch(try bench.report(node: "node-2", host: "here", process: 42))
            let heartbeat = try await bench.heartbeat(node: "node-2", host: "here", process: 42)
            let dead = watch.dead(in: heartbeat) { process, _ in process == 41 }
            try expectEqual(dead, [try NodeID("node-1")], "dead")
        }
        group.add("a node that is forgotten is no longer known") { bench in
            _ = try await bench.heartbeat(node: "node-1")
            _ = try await bench.heartbeat(node: "node-2")
            try await bench.store.forget([try NodeID("node-1"), try NodeID("never-seen")])
            let nodes = try await bench.heartbeat(node: "node-2").nodes.map(\.report.id.description)
            try expectEqual(nodes, ["node-2"], "nodes")
        }
        group.add("a node is known for as long as a run is running on it, its job removed or not") { bench in
            func nodes() async throws -> [String] {
                try await bench.heartbeat(node: "node-2").nodes.map(\.report.id.description)
            }
            for id in ["kept", "removed"] { try await bench.add(id, every: 1000) }
            _ = try await bench.heartbeat(node: "node-1", host: "here", process: 41)
            let taken = try await bench.pass(at: 0, node: "node-1").taken
            _ = try await bench.store.remove([JobID("removed")], at: bench.time(1))
            try await bench.store.forget([try NodeID("node-1")])
            let heartbeat = try await bench.heartbeat(node: "node-2")
            try expect(
                heartbeat.nodes.map(\.report).contains(try bench.report(node: "node-1", host: "here", process: 41)),
                "what the node said of itself is gone, though it has runs")
            let kept = try require(taken.first { $0.id.occurrence.job.description == "kept" }, "the run of kept")
            try await bench.pass(at: 2, node: "node-1", slots: 0, completions: [bench.completion(of: kept, at: 2)])
            try await bench.store.forget([try NodeID("node-1")])
            try expectEqual(try await nodes(), ["node-1", "node-2"], "nodes while a run of a removed job is left")
            try await bench.pass(at: 3, node: "node-2", slots: 0, dead: ["node-1"])
            try await bench.store.forget([try NodeID("node-1")])
            try expectEqual(try await nodes(), ["node-2"], "nodes at the end")
        }
        group.add(
            "a node that takes a run and was never heard of, or was forgotten, is found dead a lease later",
            needs: [.steppableClock]
        ) { bench in
            try await bench.add("a", every: 1000)
            _ = try await bench.heartbeat(node: "node-1")
            try await bench.store.forget([try NodeID("node-1")])
            let run = try bench.onlyRun(try await bench.pass(at: 0, node: "node-1"))
            var watch = NodeWatch(try bench.report(node: "node-2", process: 2), lease: .seconds(100))
            var dead: [Set<NodeID>] = []
            for _ in 0..<4 {
                let heartbeat = try await bench.heartbeat(node: "node-2", process: 2)
                dead.append(watch.dead(in: heartbeat) { process, _ in process == 1 })
                try await bench.storage.stepClock(by: .seconds(60))
            }
            let node = try NodeID("node-1")
            try expectEqual(dead, [[], [], [node], [node]], "dead, every 60 seconds")
            let again = try bench.onlyRun(try await bench.pass(at: 24, node: "node-2", dead: ["node-1"]))
            try expectEqual(again.id, run.id, "the run that is recovered")
        }
    }

    static let parked = group("Parked jobs") { group in
        group.add("jobs whose task nobody runs are listed as such") { bench in
            try await bench.add("a", task: "known")
            try await bench.add("b", task: "unknown")
            try await bench.add("c", task: "other")
            let parked = try await bench.ids { $0.exceptTasks = [TaskName("known"), TaskName("other")] }
            try expectEqual(parked, ["b"], "parked")
        }
        group.add("a parked job is not touched by nodes that lack its task") { bench in
            let job = try await bench.add("a", task: "unknown")
            for second in Int64(0)..<5 { try await bench.pass(at: second * 100) }
            try expectEqual(try await bench.job("a"), job, "the job")
            let heartbeat = try await bench.heartbeat()
            try expectEqual(heartbeat.news.earliest.due, nil, "earliest due")
        }
        group.add("a node that recovers or moves up runs of a parked job fires nothing of it") { bench in
            try await bench.add("a", task: "unknown") { policies in
                policies.atLimit = .queue
                policies.misfireGrace = .seconds(1)
            }
            let run = try bench.onlyRun(try await bench.pass(at: 0, tasks: ["unknown"]))
            try await bench.pass(at: 60, tasks: ["unknown"])
            try await bench.pass(at: 500, node: "node-2", dead: ["node-1"])
            try expectEqual(try await bench.store.run(run.id)?.state, .ready, "state of the run")
            try expectEqual(try await bench.reasons("a"), [], "reasons")
            try expectEqual(try await bench.job("a").next?.scheduled, bench.time(120), "next occurrence")
        }
        group.add("a parked job goes on when a node runs its task") { bench in
            try await bench.add("a", task: "unknown")
            try await bench.pass(at: 100)
            try expectEqual(try await bench.pass(at: 185, tasks: ["work", "unknown"]).taken.count, 1, "taken")
            try await expectReason(bench, .coalesced, from: 0, through: 120, count: 3)
        }
        group.add("many parked jobs hide none that can run") { bench in
            let parked = try (0..<bench.storage.many).map {
                try bench.new("parked-\($0)", bench.definition(task: "unknown"))
            }
            _ = try await bench.store.insert(parked)
            try await bench.add("mine", at: 60)
            let result = try await bench.pass(at: 60) { pass in
                pass.dueLimit = 1
                pass.readyLimit = 1
            }
            try expectEqual(result.taken.map(\.id.occurrence.job.description), ["mine"], "taken")
        }
    }
}
