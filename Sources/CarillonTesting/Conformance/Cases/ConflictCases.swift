import Carillon
import CarillonTriggers
import Synchronization

extension StoreConformance {
    static let conflicts = group("Commits") { group in
        group.add("of two changes to one snapshot the first is written, the second nothing of") { bench in
            try await bench.add("a")
            let snapshot = try await bench.snapshot("a")
            var first = JobChange(job: snapshot.job)
            first.job.next = Job.Next(scheduled: bench.time(60), due: bench.time(60))
            first.runs = [run(snapshot.job, at: bench.start)]
            var second = first
            second.job.next = nil
            second.job.state = .ended
            second.runs = [run(snapshot.job, at: bench.time(1))]
            second.reasons = [reason(snapshot.job, at: bench.start)]
            try expectEqual(try await bench.store.commit([first]), [.accepted], "the first")
            try expectEqual(try await bench.store.commit([second]), [.changed], "the second")
            var wanted = first.job
            wanted.stateVersion += 1
            try await expectSnapshot(bench, wanted, first.runs)
            try expectEqual(try await bench.runs("a").count, 1, "runs")
            try expectEqual(try await bench.reasons("a"), [], "reasons")
        }
        group.add("a change to a removed job is gone, and writes nothing") { bench in
            try await bench.add("a")
            let snapshot = try await bench.snapshot("a")
            _ = try await bench.store.remove([snapshot.job.id], at: bench.start)
            var change = JobChange(job: snapshot.job)
            change.runs = [run(snapshot.job, at: bench.start)]
            change.reasons = [reason(snapshot.job, at: bench.start)]
            try expectEqual(try await bench.store.commit([change]), [.gone], "answer")
            try expectEqual(try await bench.allJobs(), [], "jobs")
            try expectEqual(try await bench.runs("a"), [], "runs")
            // Only that of the removal.
            try expectEqual(try await bench.reasons("a").map(\.reason), [.jobRemoved], "reasons")
        }
        group.add("a change to an earlier generation of an id is gone") { bench in
            try await bench.add("a")
            let snapshot = try await bench.snapshot("a")
            _ = try await bench.store.remove([snapshot.job.id], at: bench.start)
            let anew = try await bench.add("a")
            try expectEqual(try await bench.store.commit([JobChange(job: snapshot.job)]), [.gone], "answer")
            try expectEqual(try await bench.job("a"), anew, "the new job")
        }
        group.add("each change raises the state version by one, and only a new definition the other") { bench in
            try await bench.add("a", every: 10)
            for version in 1...5 {
                try expectEqual(try await bench.job("a").stateVersion, Int64(version), "state version")
                try await bench.pass(at: Int64(version) * 10)
            }
            try expectEqual(try await bench.job("a").definitionVersion, 1, "definition version")
            try await bench.store.modify(JobID("a"), bench.definition(every: 7), at: bench.time(60))
            let job = try await bench.job("a")
            try expectEqual([job.definitionVersion, job.stateVersion], [2, 7], "versions")
        }
        group.add("the same change again is refused, and written once") { bench in
            try await bench.add("a")
            let snapshot = try await bench.snapshot("a")
            var change = JobChange(job: snapshot.job)
            change.reasons = [reason(snapshot.job, at: bench.start)]
            try expectEqual(try await bench.store.commit([change]), [.accepted], "the first time")
            try expectEqual(try await bench.store.commit([change]), [.changed], "the second time")
            try expectEqual(try await bench.reasons("a").count, 1, "reasons")
        }
        group.add("an ended run is never written over, and nothing of such a change is written") { bench in
            let ended = try await bench.runOnce("a")
            try await bench.add("b")
            for state in [Run.State.ready, .waiting, .finished(.lost)] {
                let job = try await bench.job("a")
                var again = ended
                again.state = state
                let new = run(job, at: bench.time(500))
                var change = JobChange(job: job, runs: [new, again])
                change.reasons = [reason(job, at: bench.start)]
                let free = try await bench.job("b")
                let other = JobChange(job: free, runs: [run(free, at: bench.start)])
                try expectEqual(try await bench.store.commit([change, other]), [.changed, .accepted], "\(state)")
                try expectEqual(try await bench.store.run(ended.id), ended, "the ended run, brought as \(state)")
                try expectEqual(try await bench.store.run(new.id), nil, "the other run of the change, \(state)")
                try expectEqual(try await bench.snapshot("a"), JobSnapshot(job: job), "the job, \(state)")
                try expectEqual(try await bench.reasons("a"), [], "reasons, \(state)")
                try expectEqual(try await bench.snapshot("b").open.count, 1, "runs of the other job, \(state)")
                _ = try await bench.store.remove([other.job.id], at: bench.time(1))
                try await bench.add("b")
            }
            let both = try await bench.snapshot("b").job
            let taken = JobChange(job: both, runs: [run(both, at: bench.start)])
            try expectEqual(try await bench.store.commit([taken]), [.accepted], "the next change")
        }
        group.add("a pass that would write over an ended run writes the others") { bench in
            let ended = try await bench.runOnce("a")
            try await bench.add("b")
            var again = ended
            again.state = .ready
            let (brought, start) = (again, bench.start)
            var query = JobQuery(now: bench.time(5))
            query.ids = [JobID("a"), JobID("b")]
            let result = try await bench.store.pass(query) { found in
                found.map { unit in
                    let isOld = unit.job.id == ended.id.occurrence.job
                    return JobChange(job: unit.job, runs: [isOld ? brought : run(unit.job, at: start)])
                }
            }
            try expectEqual(result.statuses.count { $0 == .changed }, 1, "changes that are refused")
            try expectEqual(try await bench.store.run(ended.id), ended, "the ended run")
            try expectEqual(try await bench.snapshot("a").open, [], "open runs of its job")
            try expectEqual(try await bench.snapshot("b").open.count, 1, "open runs of the other job")
        }
        group.add("one job twice in a call: the second change is refused") { bench in
            try await bench.add("a")
            let change = JobChange(job: try await bench.job("a"))
            try expectEqual(try await bench.store.commit([change, change]), [.accepted, .changed], "answers")
            try expectEqual(try await bench.job("a").stateVersion, 2, "version")
        }
        group.add("a refused change in a batch holds up no other, and answers are in order") { bench in
            for id in ["a", "b", "c", "d"] { try await bench.add(id) }
            var changes: [JobChange] = []
            for id in ["d", "b", "a", "c"] { changes.append(JobChange(job: try await bench.job(id))) }
            _ = try await bench.store.remove([JobID("a")], at: bench.start)
            _ = try await bench.store.pause(JobID("b"), at: bench.start)
            let answers = try await bench.store.commit(changes)
            try expectEqual(answers, [.accepted, .changed, .gone, .accepted], "answers")
            try expectEqual(try await bench.job("c").stateVersion, 2, "version of c")
            try expectEqual(try await bench.job("b").state, .paused(since: bench.start), "state of b")
        }
        group.add("everything of a job and its runs that can change is written") { bench in
            try await bench.add("a")
            let snapshot = try await bench.snapshot("a")
            var change = JobChange(job: snapshot.job)
            change.job.state = .paused(since: bench.time(5))
            change.job.next = Job.Next(scheduled: bench.time(60), due: bench.time(61))
            var full = run(snapshot.job, at: bench.start)
            full.state = .running(node: try NodeID("nöde"))
            full.task = TaskName("other")
            full.arguments = Array("[1]".utf8)
            full.available = bench.time(2)
            full.fence = 7
            full.recoveries = 2
            full.isCancelRequested = true
            full.started = bench.time(3)
            full.error = "é\n\u{1F514}"
            change.runs = [full]
            try expectEqual(try await bench.store.commit([change]), [.accepted], "answer")
            change.job.stateVersion += 1
            try await expectSnapshot(bench, change.job, [full])
            full.state = .finished(.timedOut)
            full.finished = bench.time(9)
            full.result = Array("null".utf8)
            full.log = [0, 255, 10]
            change.runs = [full]
            try expectEqual(try await bench.store.commit([change]), [.accepted], "answer to the second")
            try expectEqual(try await bench.store.run(full.id), full, "the run")
            try expectEqual(try await bench.snapshot("a").open, [], "open runs")
        }
        group.add("runs of every kind, number and attempt are different") { bench in
            try await bench.add("a", every: 1000) { $0.maxInstances = 100 }
            let job = try await bench.job("a")
            var change = JobChange(job: job)
            for kind in Occurrence.Kind.allCases {
                for number in 0..<2 {
                    for attempt in 1...2 {
                        let occurrence = Occurrence(
                            job: job.id, generation: job.generation, scheduled: bench.start, kind: kind, number: number)
                        change.runs.append(
                            Run(
                                id: Run.ID(occurrence, attempt: attempt), state: .ready, due: bench.start,
                                available: bench.start))
                    }
                }
            }
            _ = try await bench.store.commit([change])
            try expectEqual(Set(try await bench.runs("a")), Set(change.runs), "runs")
            for run in change.runs { try expectEqual(try await bench.store.run(run.id), run, "run \(run.id)") }
        }
        group.add("a definition is changed only at the version that was seen") { bench in
            try await bench.add("a")
            let id = JobID("a")
            try await bench.store.modify(id, bench.definition(task: "new"), ifVersion: 1, at: bench.time(1))
            try await expectError(.jobChanged, "modify at an old version") {
                try await bench.store.modify(id, bench.definition(task: "newer"), ifVersion: 1, at: bench.time(2))
            }
            try expectEqual(try await bench.job("a").definition.task.description, "new", "task")
        }
        group.add("what is asked of an unknown job or run is answered clearly") { bench in
            let id = JobID("none")
            try await expectError(.jobNotFound, "pause") { try await bench.store.pause(id, at: bench.start) }
            try await expectError(.jobNotFound, "modify") {
                try await bench.store.modify(id, bench.definition(), at: bench.start)
            }
            try await expectError(.runNotFound, "retry") {
                let run = Run.ID(Occurrence(job: id, generation: 1, scheduled: bench.start))
                return try await bench.store.retry(run, at: bench.start)
            }
        }
        group.add("many changes are committed in one call") { bench in
            let jobs = try (0..<bench.storage.many).map { try bench.new("job-\($0)", bench.definition()) }
            let added = try await bench.store.insert(jobs).compactMap { $0 }
            let changes = added.map { job in
                var change = JobChange(job: job)
                change.job.next = Job.Next(scheduled: bench.time(60), due: bench.time(60))
                change.runs = [run(job, at: bench.start)]
                return change
            }
            let answers = try await bench.store.commit(changes)
            try expectEqual(answers.count { $0 == .accepted }, bench.storage.many, "accepted")
            try expectEqual(try await bench.due(at: 59, limit: 20_000).count, 0, "due")
            try expectEqual(try await bench.ready(at: 0, limit: 20_000).count, bench.storage.many, "ready")
        }
        group.add("a pass of many jobs fires and takes each once") { bench in
            let jobs = try (0..<bench.storage.many).map { try bench.new("job-\($0)", bench.definition()) }
            _ = try await bench.store.insert(jobs)
            let result = try await bench.pass(at: 0, slots: 20_000) { pass in
                pass.dueLimit = 20_000
                pass.readyLimit = 20_000
            }
            try expectEqual(Set(result.taken.map(\.id)).count, bench.storage.many, "runs that were taken")
            let completions = result.taken.map { bench.completion(of: $0, at: 1) }
            let end = try await bench.pass(at: 1, completions: completions)
            try expectEqual(end.refused.count + end.unwritten.count, 0, "completions that do not count")
            try expectEqual(end.events.count, bench.storage.many, "events")
        }
        group.add("what a plan answers nothing for is left as it is") { bench in
            let job = try await bench.add("a")
            var query = JobQuery(now: bench.start)
            query.dueLimit = 1
            let answers = try await bench.store.pass(query) { $0.map { _ in nil } }.statuses
            try expectEqual(answers, [nil], "answers")
            try expectEqual(try await bench.job("a"), job, "the job")
        }
        group.add("a pass plans each job once: the highest priority first, then the earliest due") { bench in
            try await bench.add("ready-low", every: 1000) { $0.priority = 1 }
            try await bench.add("ready-high", every: 1000) { $0.priority = 2 }
            try await bench.pass(at: 0, slots: 0)
            try await bench.add("due-late", at: 20)
            try await bench.add("due-early", at: 10)
            var query = JobQuery(now: bench.time(30))
            query.dueLimit = 10
            query.readyLimit = 10
            let order = Mutex<[String]>([])
            let answers = try await bench.store.pass(query) { batch in
                order.withLock { $0 = batch.map(\.job.id.description) }
                return batch.map { $0.job.id.description == "ready-low" ? nil : JobChange(job: $0.job) }
            }.statuses
            let found = order.withLock(\.self)
            try expectEqual(found, ["ready-high", "ready-low", "due-early", "due-late"], "order")
            try expectEqual(answers, [.accepted, nil, .accepted, .accepted], "answers")
        }
        group.add("a pass answers what is due and can be taken next, once it is written, for its tasks") { bench in
            for (id, task, second) in [("a", "work", Int64(30)), ("b", "work", 50), ("c", "other", 10)] {
                try await bench.add(id, every: 1000, task: task, at: second)
            }
            let work: Set = [TaskName("work")]
            func pass(_ tasks: Set<TaskName>?, at second: Int64, due: Int) async throws -> EarliestTimes {
                var query = JobQuery(now: bench.time(second))
                query.tasks = tasks
                query.dueLimit = due
                let input = Planner.Input(
                    now: bench.time(second), node: try NodeID("node-1"), tasks: work, slots: 0)
                return try await bench.store.pass(query) { $0.map { Planner.plan($0, input).change } }.earliest
            }
            let none = EarliestTimes(due: bench.time(30))
            try expectEqual(try await pass(work, at: 0, due: 5), none, "where nothing is found")
            try expectEqual(try await pass(nil, at: 0, due: 0).due, bench.time(10), "for all tasks")
            let fired = EarliestTimes(due: bench.time(50), available: bench.time(30))
            try expectEqual(try await pass(work, at: 30, due: 5), fired, "after the pass that fired a")
            try expectEqual(try await pass([], at: 30, due: 0), EarliestTimes(), "for no tasks")
        }
        group.add("a pass that finds nothing plans an empty batch") { bench in
            let batches = Mutex<[Int]>([])
            var query = JobQuery(now: bench.start)
            query.dueLimit = 1
            let answers = try await bench.store.pass(query) { batch in
                batches.withLock { $0.append(batch.count) }
                return []
            }.statuses
            try expectEqual(batches.withLock { $0.last }, 0, "jobs in the last batch")
            try expectEqual(answers, [], "answers")
        }
        group.add("one worker free, and jobs due together: the one with the highest priority is taken") { bench in
            for priority in [0, 3, 1, 5, 2, 4] {
                try await bench.add("p\(priority)", every: 1000) { $0.priority = priority }
            }
            var order: [String] = []
            for second in 0..<6 {
                let taken = try await bench.pass(at: Int64(second), slots: 1).taken
                order += taken.map(\.id.occurrence.job.description)
            }
            try expectEqual(order, ["p5", "p4", "p3", "p2", "p1", "p0"], "order")
        }
    }

    /// Fails the case if the job `a` or the set of its open runs differs from what is expected.
    static func expectSnapshot(
        _ bench: ConformanceBench, _ job: Job, _ open: [Run], file: String = #fileID, line: Int = #line
    ) async throws {
        let snapshot = try await bench.snapshot("a")
        try expectEqual(snapshot.job, job, "the job", file: file, line: line)
        try expectEqual(Set(snapshot.open), Set(open), "its open runs", file: file, line: line)
    }

    /// Returns a ready run of a job.
    static func run(_ job: Job, at scheduled: Instant) -> Run {
        let occurrence = Occurrence(job: job.id, generation: job.generation, scheduled: scheduled)
        return Run(id: Run.ID(occurrence), state: .ready, due: scheduled, available: scheduled)
    }

    /// Returns a reason for one occurrence.
    static func reason(_ job: Job, at scheduled: Instant, _ reason: ReasonRange.Reason = .missed) -> NewReason {
        NewReason(
            ReasonRange(
                job: job.id, generation: job.generation, first: scheduled, last: scheduled, count: 1, reason: reason,
                recorded: scheduled))
    }
}
