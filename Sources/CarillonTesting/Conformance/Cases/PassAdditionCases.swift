import Carillon
import CarillonTriggers
import Synchronization

extension StoreConformance {
    static let passAdditions = group("Adding in a pass") { group in
        func add(_ name: String, _ body: @escaping @Sendable (ConformanceBench) async throws -> Void) {
            group.add(name, body)
            group.add("\(name); by the default pass") { try await body($0.with(StepwiseStore(store: $0.store))) }
        }
        add("a due job is added, fired and taken in one pass") { bench in
            let new = try bench.new("a", bench.definition(every: 1000, tags: ["x"]))
            let result = try await bench.pass(at: 5) { $0.adding = [new] }
            let job = try require(result.added.first ?? nil, "the job that was added")
            try expectEqual(job, new.job(generation: job.generation), "the answer")
            let run = try bench.onlyRun(result)
            try expectEqual(run.id.occurrence.scheduled, bench.start, "its occurrence")
            try expectEqual(run.state, .running(node: try NodeID("node-1")), "its state")
            try expectEqual(result.definitions, [job.definition], "definitions of the runs that were taken")
            try expectEqual(result.earliest, EarliestTimes(due: bench.time(1000)), "what comes next")
            let snapshot = try await bench.snapshot("a")
            try expectEqual(snapshot.open, [run], "open runs")
            try expectEqual(snapshot.job.definition, job.definition, "definition")
            try expectEqual(snapshot.job.next?.due, bench.time(1000), "due")
            if bench.hasAllListings {
                try expectEqual(try await bench.ids { $0.tag = "x" }, ["a"], "jobs with its tag")
                try expectEqual(try await bench.ids { $0.text = "a" }, ["a"], "jobs with its text")
            }
            let end = try await bench.pass(at: 6, completions: [bench.completion(of: run, at: 6)])
            try expectEqual(end.refused.count + end.unwritten.count, 0, "completions that do not count")
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.succeeded)], "runs")
        }
        add("a due job is fired and left to others where there is no room") { bench in
            let new = try bench.new("a", bench.definition(every: 1000))
            let result = try await bench.pass(at: 0, slots: 0) { $0.adding = [new] }
            try expectEqual(result.taken, [], "taken")
            try expectEqual(result.earliest.available, bench.start, "what can be taken next")
            try expectEqual(try await bench.ready(at: 0), ["a"], "ready")
        }
        add("a job that fires once and is due has ended when it is taken") { bench in
            let new = try bench.new("a", bench.definition(trigger: .date(bench.start.date)))
            let result = try await bench.pass(at: 0) { $0.adding = [new] }
            try expectEqual(result.taken.count, 1, "runs taken")
            try expectEqual(result.earliest, EarliestTimes(), "what comes next")
            try expectEqual(try await bench.job("a").state, .ended, "state")
        }
        add("jobs that are not due, or paused, are added and not planned") { bench in
            let jobs = [
                try bench.new("later", bench.definition(), at: 10),
                try bench.new("paused", bench.definition(), paused: true),
                try bench.new("never", bench.definition(trigger: try .cron(month: 2, day: 30))),
            ]
            let (answer, planned) = try await StoreConformance.planned(bench, at: 9, adding: jobs, dueLimit: 10)
            try expectEqual(planned, [], "jobs that were planned")
            try expectEqual(answer.added, try await jobs.asFound(bench), "answers")
            try expectEqual(answer.earliest.due, bench.time(10), "due next")
        }
        add("a taken id is answered nil, and its job is left as it is") { bench in
            let there = try await bench.add("b", every: 60, at: 500)
            let jobs = try ["a", "b", "c", "a"].map { try bench.new($0, bench.definition(task: "other")) }
            let (answer, planned) = try await StoreConformance.planned(bench, at: 0, adding: jobs, dueLimit: 10)
            try expectEqual(answer.added.map { $0?.id.description }, ["a", nil, "c", nil], "answers")
            try expectEqual(planned.sorted(), ["a", "c"], "jobs that were planned")
            try expectEqual(try await bench.job("b"), there, "the job that was there")
        }
        add("policies that are out of range are refused, and nothing of the pass is done") { bench in
            try await bench.add("due")
            for (index, set) in outOfRange.enumerated() {
                let jobs = [
                    try bench.new("good", bench.definition()), try bench.new("bad", bench.definition { set(&$0) }),
                ]
                try await expectError(.invalidPolicy, "policies \(index)") {
                    try await bench.pass(at: 0) { $0.adding = jobs }
                }
            }
            try expectEqual(try await bench.allJobs().map(\.id.description), ["due"], "jobs")
            try expectEqual(try await bench.runs("due"), [], "runs")
        }
        add("jobs that are added count under no limit, and each is planned once") { bench in
            try await bench.add("first")
            try await bench.add("second", at: 1)
            let jobs = try (0..<5).map { try bench.new("new-\($0)", bench.definition(), at: 2) }
            let names = jobs.map(\.id.description)
            let (_, planned) = try await StoreConformance.planned(bench, at: 2, adding: jobs, dueLimit: 1)
            try expectEqual(planned.sorted(), ["first"] + names, "jobs that were planned")
            let others = try (0..<5).map { try bench.new("other-\($0)", bench.definition(task: "other")) }
            let (_, alone) = try await StoreConformance.planned(bench, at: 2, adding: others, dueLimit: 0)
            try expectEqual(alone.sorted(), others.map(\.id.description), "jobs that were planned without a search")
        }
        add("jobs that are added have their turn by priority") { bench in
            try await bench.add("middle", every: 1000) { $0.priority = 5 }
            let jobs = try [1, 9].map { priority in
                try bench.new("p\(priority)", bench.definition(every: 1000) { $0.priority = priority })
            }
            let first = try await bench.pass(at: 0, slots: 1) { $0.adding = jobs }
            try expectEqual(first.taken.map(\.id.occurrence.job.description), ["p9"], "taken first")
            let second = try await bench.pass(at: 1, slots: 1)
            try expectEqual(second.taken.map(\.id.occurrence.job.description), ["middle"], "taken second")
        }
        add("a pass that adds writes completions and recovers as any other") { bench in
            try await bench.add("a", every: 1000)
            try await bench.add("b", every: 1000)
            let ended = try require(
                try await bench.pass(at: 0).taken.first { $0.id.occurrence.job.description == "a" }, "the run of a")
            let result = try await bench.pass(
                at: 1, node: "node-2", completions: [bench.completion(of: ended, at: 1)], dead: ["node-1"]
            ) { $0.adding = [try bench.new("c", bench.definition(every: 1000))] }
            try expectEqual(result.refused.count, 0, "refused")
            try expectEqual(
                result.taken.map(\.id.occurrence.job.description).sorted(), ["b", "c"], "jobs of the runs taken")
            try expectEqual(try await bench.runs("a").map(\.state), [.finished(.succeeded)], "the run that ended")
        }
        add("an id is free again once its job is removed, with a higher generation") { bench in
            var generation: Int64 = 0
            for second in 0..<3 {
                let result = try await bench.pass(at: Int64(second)) {
                    $0.adding = [try bench.new("a", bench.definition(every: 1000), at: Int64(second))]
                }
                let run = try bench.onlyRun(result)
                let job = try require(result.added.first ?? nil, "the job")
                try expect(job.generation > generation, "generation \(job.generation) is not above \(generation)")
                try expectEqual(run.id.occurrence.generation, job.generation, "generation of its run")
                generation = job.generation
                _ = try await bench.store.remove([job.id], at: bench.time(Int64(second)))
                try await bench.pass(at: Int64(second), completions: [bench.completion(of: run, at: Int64(second))])
            }
        }
        add("many jobs are added, fired and taken in a pass, each once") { bench in
            let count = min(bench.storage.many, 1000)
            let jobs = try (0..<count).map { try bench.new("job-\($0)", bench.definition(every: 1000)) }
            let result = try await bench.pass(at: 0, slots: 2000) { $0.adding = jobs }
            try expectEqual(result.added.compactMap { $0?.id }, jobs.map(\.id), "ids that were added")
            try expectEqual(Set(result.taken.map(\.id)).count, count, "runs that were taken")
            let completions = result.taken.map { bench.completion(of: $0, at: 1) }
            let end = try await bench.pass(at: 1, completions: completions)
            try expectEqual(end.refused.count + end.unwritten.count, 0, "completions that do not count")
        }
        add("an answer that is lost: the job is there, and its node finds the run") { bench in
            let new = try bench.new("a", bench.definition(every: 1000))
            try await expectError(.storeUnavailable, "a pass whose answer is lost") {
                try await bench.with(AnswerLosingStore(store: bench.store)).pass(at: 0) { $0.adding = [new] }
            }
            let again = try await bench.pass(at: 1, node: "node-2") { $0.adding = [new] }
            try expectEqual(again.added, [nil], "added again")
            try expectEqual(again.taken, [], "taken by another node")
            var filter = RunFilter()
            filter.node = try NodeID("node-1")
            filter.state = .running
            let run = try require(try await bench.allRuns(filter).first, "the run that the node has")
            let generation = try await bench.job("a").generation
            try expectEqual(run.id.occurrence.unit, UnitKey(new.id, generation: generation), "its unit")
        }
        group.add("of many passes that add one id on several handles one does", needs: [.severalHandles]) { bench in
            var handles = [bench.store]
            for _ in 0..<3 { handles.append(try await bench.storage.open()) }
            let results = try await together(handles) { number, store in
                let jobs = try (0..<20).map { try bench.new("job \($0)", bench.definition(every: 1000)) }
                return try await bench.with(store).pass(at: 0, node: "node-\(number)") { $0.adding = jobs }
            }
            try expectEqual(results.flatMap(\.added).compactMap(\.self).count, 20, "jobs that were added")
            try expectEqual(Set(results.flatMap(\.taken).map(\.id)).count, 20, "different runs that were taken")
            try expectEqual(results.flatMap(\.taken).count, 20, "runs that were taken")
        }
        group.add("what it added is there when the storage is opened anew", needs: [.reopening]) { bench in
            let new = try bench.new("a", bench.definition(every: 1000, tags: ["x"], origin: "file"))
            let run = try bench.onlyRun(try await bench.pass(at: 0) { $0.adding = [new] })
            let again = bench.with(try await bench.storage.reopen())
            let snapshot = try await again.snapshot("a")
            try expectEqual(snapshot.open, [run], "open runs")
            let definition = new.job(generation: snapshot.job.generation).definition
            try expectEqual(snapshot.job.definition, definition, "definition")
        }
        group.add("a job that it adds for later is told", needs: [.changeNotification]) { bench in
            try await expectTold(bench, "a job that is due later") {
                try await bench.pass(at: 0) { $0.adding = [try bench.new("a", bench.definition(), at: 100)] }
            }
            try await expectTold(bench, "a job that is due, and again later") {
                try await bench.pass(at: 0) { $0.adding = [try bench.new("b", bench.definition())] }
            }
            try await expectTold(bench, "a run that it leaves to others") {
                let new = try bench.new("c", bench.definition(trigger: .date(bench.start.date)))
                try await bench.pass(at: 0, slots: 0) { $0.adding = [new] }
            }
        }
    }

    /// Returns the answer of a pass that changes nothing, and the jobs that it planned.
    private static func planned(
        _ bench: ConformanceBench, at second: Int64, adding jobs: [NewJob], dueLimit: Int
    ) async throws -> (answer: PassResult, jobs: [String]) {
        let ids = Mutex<[String]>([])
        var query = JobQuery(now: bench.time(second))
        query.tasks = [TaskName("work")]
        query.dueLimit = dueLimit
        let answer = try await bench.store.pass(query, adding: jobs) { found in
            ids.withLock { $0 = found.map(\.job.id.description) }
            return found.map { _ in nil }
        }
        return (answer, ids.withLock(\.self))
    }
}

extension [NewJob] {
    /// Returns the jobs as they are in the store.
    fileprivate func asFound(_ bench: ConformanceBench) async throws -> [Job?] {
        var jobs: [Job?] = []
        for new in self { jobs.append(try await bench.job(new.id.description)) }
        return jobs
    }
}
