import Carillon
import CarillonTriggers
import Dispatch
import Synchronization

extension StoreConformance {
    static let concurrency = group("Many tasks at once") { group in
        group.add("8 tasks fire, take and complete: every occurrence runs exactly once") { bench in
            try await hammerAll([bench.store], bench)
        }
        group.add("8 tasks fire at the limit: every occurrence has a run or a reason, and one of them") { bench in
            try await hammerSkipping([bench.store], bench)
        }
        group.add("8 tasks add the same ids: each id is added once") { bench in
            try await race([bench.store], bench)
        }
        group.add("8 tasks edit one job: no edit is lost") { bench in
            try await editTogether([bench.store], bench)
        }
        group.add("jobs are removed while 8 tasks run them: nothing is left open") { bench in
            try await removeUnderway([bench.store], bench)
        }
    }

    static let severalHandles = group("Several handles on one storage") { group in
        func add(_ name: String, _ body: @escaping @Sendable ([any JobStore], ConformanceBench) async throws -> Void) {
            group.add(name, needs: [.severalHandles]) { bench in
                var handles = [bench.store]
                for _ in 0..<3 { handles.append(try await bench.storage.open()) }
                try await body(handles, bench)
            }
        }
        add("what one handle writes, another reads") { handles, bench in
            let other = bench.with(handles[1])
            let job = try await bench.add("a", every: 1000)
            try expectEqual(try await other.job("a"), job, "the job")
            let run = try bench.onlyRun(try await other.pass(at: 0, node: "node-2"))
            try expectEqual(try await bench.snapshot("a").open, [run], "open runs")
            try expectEqual(try await bench.due(at: 0), [], "due")
            _ = try await bench.store.cancel(run.id, at: bench.time(1))
            try expectEqual(try await other.heartbeat(node: "node-2").news.cancelRequested, [run.id], "to be cancelled")
        }
        add("of changes through two handles one is written") { handles, bench in
            try await bench.add("a")
            let other = bench.with(handles[1])
            let first = JobChange(job: try await bench.job("a"))
            let second = JobChange(job: try await other.job("a"))
            try expectEqual(try await handles[0].commit([first]), [.accepted], "through the first")
            try expectEqual(try await handles[1].commit([second]), [.changed], "through the second")
            _ = try await handles[1].remove([first.job.id], at: bench.start)
            try expectEqual(try await handles[0].commit([first]), [.gone], "through the first after a removal")
        }
        add("generations rise whichever handle adds") { handles, bench in
            var generations: [Int64] = []
            for turn in 0..<6 {
                let job = try await bench.with(handles[turn % 4]).add("a")
                generations.append(job.generation)
                _ = try await handles[(turn + 1) % 4].remove([job.id], at: bench.start)
            }
            try expectEqual(generations, Array(Set(generations)).sorted(), "generations")
        }
        add("nodes and changes are known to all") { handles, bench in
            _ = try await bench.heartbeat()
            try await bench.with(handles[1]).add("a", at: 7)
            let heartbeat = try await bench.with(handles[2]).heartbeat(node: "node-2")
            try expectEqual(heartbeat.nodes.count, 2, "nodes")
            try expectEqual(heartbeat.news.earliest.due, bench.time(7), "earliest due")
        }
        add("8 tasks on 4 handles: every occurrence runs exactly once") { try await hammerAll($0, $1) }
        add("8 tasks on 4 handles, at the limit: every occurrence has a run or a reason") {
            try await hammerSkipping($0, $1)
        }
        add("8 tasks on 4 handles add the same ids: each id is added once") { try await race($0, $1) }
        add("8 tasks on 4 handles edit one job: no edit is lost") { try await editTogether($0, $1) }
        add("jobs are removed through 4 handles while they run: nothing is left open") {
            try await removeUnderway($0, $1)
        }
        add("a removal and a commit meet: all of the change is there, or nothing of it") {
            try await removeAgainstCommit($0, $1)
        }
        add("jobs that a pass through another handle has in hand can be paused and removed") {
            try await editDuringPass($0, $1)
        }
    }

    private static func removeAgainstCommit(_ handles: [any JobStore], _ bench: ConformanceBench) async throws {
        let input = Planner.Input(
            now: bench.time(185), node: try NodeID("node-1"), tasks: [TaskName("work")], slots: 0)
        for round in 0..<30 {
            let job = try await bench.add("a")
            let snapshot = try await bench.snapshot("a")
            let change = try require(Planner.plan(snapshot, input).change, "a change")
            async let committed = handles[round % 4].commit([change])
            async let removed = handles[(round + 1) % 4].remove([job.id], at: bench.time(190))
            let (statuses, answers) = try await (committed, removed)
            try expectEqual(answers, [true], "answer to the removal, round \(round)")
            let isWritten = statuses == [.accepted]
            try expect(isWritten || statuses == [.gone], "the commit was answered \(statuses)")
            let runs = try await bench.runs("a").filter { $0.id.occurrence.generation == job.generation }
            try expectEqual(runs.map(\.state), isWritten ? [.finished(.cancelled)] : [], "its runs, round \(round)")
            let reasons = try await bench.reasons("a").filter { $0.generation == job.generation }
            // Those that the commit records, or all that were due when the job was removed.
            try expectEqual(reasons.map(\.count), isWritten ? [3] : [4], "its reasons, round \(round)")
            try expectEqual(try await bench.allJobs(), [], "jobs that are left")
            try expectEqual(try await bench.ready(at: 200), [], "ready")
        }
    }

    private static func editDuringPass(_ handles: [any JobStore], _ bench: ConformanceBench) async throws {
        for id in ["paused", "removed"] { try await bench.add(id, every: 1000) }
        let (planning, isPlanning) = AsyncStream.makeStream(of: Void.self)
        let (areBegun, areEdited) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let passed = bench.pass(at: 0) { pass in
            pass.planned = { _, _ in
                isPlanning.yield()
                for _ in 0..<2 { _ = areBegun.wait(timeout: .now() + .seconds(5)) }
                // A store with transactions makes the edits wait for this pass, so this wait times out.
                _ = areEdited.wait(timeout: .now() + .milliseconds(150))
                for semaphore in [areBegun, areBegun, areEdited] { semaphore.signal() }
            }
        }
        _ = await planning.first { true }
        async let paused = {
            areBegun.signal()
            return try await handles[1].pause(JobID("paused"), at: bench.time(1))
        }()
        async let removed = {
            areBegun.signal()
            return try await handles[2].remove([JobID("removed")], at: bench.time(1))
        }()
        try expectEqual(try await paused, true, "answer to the pause")
        try expectEqual(try await removed, [true], "answer to the removal")
        areEdited.signal()
        _ = try await passed
        try expectEqual(try await bench.allJobs().map(\.id.description), ["paused"], "jobs that are left")
        try expectEqual(try await bench.job("paused").state, .paused(since: bench.time(1)), "state")
    }

    /// Runs eight tasks together, each with its number and one of the handles.
    static func together<Value: Sendable>(
        _ handles: [any JobStore], _ work: @escaping @Sendable (Int, any JobStore) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for number in 0..<8 {
                let store = handles[number % handles.count]
                group.addTask { try await work(number, store) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Runs eight tasks that share a clock of `seconds` seconds, make a pass each second, and finish what they took.
    /// Returns the runs that each took.
    private static func run(_ handles: [any JobStore], _ bench: ConformanceBench, seconds: Int64) async throws -> [Run]
    {
        let clock = Mutex<Int64>(0)
        let taken = try await together(handles) { number, store in
            let bench = bench.with(store)
            var taken: [Run] = []
            var completions: [Completion] = []
            while true {
                let second = clock.withLock { second in
                    second += 1
                    return second
                }
                guard second <= seconds || !completions.isEmpty else { return taken }
                let result = try await bench.pass(
                    at: min(second, seconds), node: "node-\(number)", slots: second <= seconds ? 20 : 0,
                    completions: completions)
                try expectEqual(result.refused, [], "completions that were refused")
                taken += result.taken
                completions = result.unwritten + result.taken.map { bench.completion(of: $0, at: second) }
            }
        }
        // What is left after all have stopped.
        var all = taken.flatMap { $0 }
        var completions: [Completion] = []
        repeat {
            let result = try await bench.pass(at: seconds, node: "node-9", completions: completions)
            all += result.taken
            completions = result.unwritten + result.taken.map { bench.completion(of: $0, at: seconds) }
        } while !completions.isEmpty
        return all
    }

    private static func hammerAll(_ handles: [any JobStore], _ bench: ConformanceBench) async throws {
        for number in 0..<12 {
            try await bench.add("job \(number)", every: 1) { policies in
                policies.coalesce = .all
                policies.maxInstances = 5
                policies.atLimit = .queue
            }
        }
        let taken = try await run(handles, bench, seconds: 60)
        try expectEqual(taken.count, 12 * 61, "runs that were taken")
        try expectEqual(Set(taken.map(\.id)).count, 12 * 61, "different runs")
        var filter = RunFilter()
        filter.state = .finished(.succeeded)
        let finished = try await bench.allRuns(filter)
        try expectEqual(Set(finished.map(\.id)), Set(taken.map(\.id)), "runs that succeeded")
        try expectEqual(finished.count { $0.fence != 1 }, 0, "runs that were taken more than once")
    }

    private static func hammerSkipping(_ handles: [any JobStore], _ bench: ConformanceBench) async throws {
        for number in 0..<12 { try await bench.add("job \(number)", every: 1) }
        _ = try await run(handles, bench, seconds: 60)
        for number in 0..<12 {
            let runs = try await bench.runs("job \(number)").map(\.id.occurrence.scheduled)
            let reasons = try await bench.reasons("job \(number)")
            try expectEqual(runs.count + reasons.reduce(0) { $0 + $1.count }, 61, "runs and reasons of job \(number)")
            let times = (Int64(0)...60).map(bench.time)
            let unexplained = times.filter { time in
                runs.count { $0 == time } + reasons.count { $0.first <= time && time <= $0.last } != 1
            }
            try expectEqual(unexplained, [], "times of job \(number) that have neither or both")
        }
    }

    private static func race(_ handles: [any JobStore], _ bench: ConformanceBench) async throws {
        let added = try await together(handles) { number, store in
            let jobs = try (0..<50).map { try bench.new("job \($0)", bench.definition(task: "task \(number)")) }
            return try await store.insert(jobs).compactMap { $0 }
        }.flatMap { $0 }
        try expectEqual(added.count, 50, "jobs that were added")
        let listed = try await bench.allJobs()
        try expectEqual(Set(listed), Set(added), "jobs in the store")
    }

    private static func editTogether(_ handles: [any JobStore], _ bench: ConformanceBench) async throws {
        let id = try await bench.add("a").id
        _ = try await together(handles) { number, store in
            for edit in 0..<10 {
                try await store.edit(id, at: bench.start) { (snapshot) throws(CarillonError) in
                    var definition = snapshot.job.definition
                    definition.tags.append("\(number)/\(edit)")
                    return try snapshot.modified(definition, at: bench.start)
                }
            }
        }
        let job = try await bench.job("a")
        try expectEqual(Set(job.definition.tags).count, 80, "tags")
        try expectEqual([job.definitionVersion, job.stateVersion], [81, 81], "versions")
    }

    private static func removeUnderway(_ handles: [any JobStore], _ bench: ConformanceBench) async throws {
        for number in 0..<40 {
            try await bench.add("job \(number)", every: 1) { policies in
                policies.maxInstances = 3
                policies.atLimit = .queue
            }
        }
        _ = try await together(handles) { number, store in
            var completions: [Completion] = []
            for second in Int64(0)..<20 {
                if second % 4 == 3 {
                    _ = try await store.remove(
                        [try JobID("job \(number * 5 + Int(second) / 4)")], at: bench.time(second))
                }
                let result = try await bench.with(store).pass(
                    at: second, node: "node-\(number)", slots: 10, completions: completions)
                try expectEqual(result.refused, [], "completions that were refused")
                completions = result.unwritten + result.taken.map { bench.completion(of: $0, at: second) }
            }
            while !completions.isEmpty {
                completions = try await bench.with(store).pass(at: 20, slots: 0, completions: completions).unwritten
            }
        }
        try expectEqual(try await bench.allJobs(), [], "jobs that are left")
        let open = try await bench.allRuns(RunFilter()).filter(\.isOpen)
        try expectEqual(open, [], "open runs")
        try expectEqual(try await bench.heartbeat(node: "node-1").news.earliest.available, nil, "earliest available")
    }

    static let persistence = group("Reopening") { group in
        func add(_ name: String, _ body: @escaping @Sendable (ConformanceBench) async throws -> Void) {
            group.add(name, needs: [.reopening], body)
        }
        add("jobs, runs and reasons are there again, to the letter") { bench in
            try await bench.add("a", every: 10) { $0.atLimit = .queue }
            try await bench.add("b", bench.definition(task: "other", tags: ["é"], origin: "o"), paused: true)
            try await bench.add("c", bench.definition(trigger: .date(bench.start.date)))
            let taken = try await bench.pass(at: 0).taken
            let first = try require(taken.first { $0.id.occurrence.job.description == "c" }, "the run of c")
            try await bench.pass(
                at: 35, completions: [bench.completion(of: first, .failed, at: 1, error: "x", log: [1, 2, 3])])
            let jobs = try await bench.allJobs()
            let runs = try await bench.allRuns(RunFilter())
            let reasons = try await bench.reasons("a")
            let again = bench.with(try await bench.storage.reopen())
            try expectEqual(try await again.allJobs(), jobs, "jobs")
            try expectEqual(try await again.allRuns(RunFilter()), runs, "runs")
            try expectEqual(try await again.reasons("a"), reasons, "reasons")
            try expectEqual(
                Set(try await again.snapshot("a").open),
                Set(runs.filter { $0.isOpen && $0.id.occurrence.job.description == "a" }), "open runs of a")
        }
        add("indexes are there again") { bench in
            try await bench.add("late", at: 20)
            try await bench.add("early", at: 10)
            try await bench.add("ready", every: 1000) { $0.priority = 2 }
            try await bench.pass(at: 0, slots: 0)
            let again = bench.with(try await bench.storage.reopen())
            try expectEqual(try await again.due(at: 30), ["early", "late"], "due")
            try expectEqual(try await again.ready(at: 30), ["ready"], "ready")
        }
        add("an acknowledged completion is kept") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await bench.pass(at: 1, completions: [bench.completion(of: run, at: 1)])
            let again = bench.with(try await bench.storage.reopen())
            try expectEqual(try await again.store.run(run.id)?.state, .finished(.succeeded), "state")
        }
        add("a running run is still its node's, and its fence holds") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            let again = bench.with(try await bench.storage.reopen())
            try expectEqual(try await again.snapshot("a").open, [run], "open runs")
            let result = try await again.pass(at: 2, completions: [bench.completion(of: run, at: 2)])
            try expectEqual(result.refused, [], "refused")
        }
        add("generations of removed jobs are remembered") { bench in
            let old = try await bench.add("a")
            _ = try await bench.store.remove([old.id], at: bench.start)
            let again = bench.with(try await bench.storage.reopen())
            let new = try await again.add("a")
            try expect(new.generation > old.generation, "generation \(new.generation) is not above \(old.generation)")
        }
        add("nodes are still known") { bench in
            _ = try await bench.heartbeat(node: "node-1", host: "here", process: 7)
            let again = bench.with(try await bench.storage.reopen())
            let nodes = try await again.heartbeat(node: "node-2").nodes.map(\.report)
            try expect(
                nodes.contains(try bench.report(node: "node-1", host: "here", process: 7)), "node-1 is not known")
        }
        add("closing waits for what was asked, and whatever comes later is refused") { bench in
            let store = bench.store
            let ids = try (0..<20).map { try JobID("job-\($0)") }
            let definition = try bench.definition()
            let added = await withTaskGroup(of: JobID?.self) { group in
                for id in ids {
                    group.addTask {
                        let new = NewJob(id: id, definition: definition, added: bench.start)
                        return try? await store.insert([new]).first??.id
                    }
                }
                group.addTask {
                    await store.close()
                    return nil
                }
                return await group.reduce(into: Set<JobID>()) { if let id = $1 { $0.insert(id) } }
            }
            try await expectError(.storeUnavailable, "a heartbeat after the end") { try await bench.heartbeat() }
            try await expectError(.storeUnavailable, "a listing after the end") { try await bench.allJobs() }
            await store.close()
            let again = bench.with(try await bench.storage.reopen())
            try expectEqual(Set(try await again.allJobs().map(\.id)), added, "jobs that are there")
        }
        add("a run of a removed job is there again, and can be ended") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.remove([JobID("a")], at: bench.time(1))
            let again = bench.with(try await bench.storage.reopen())
            let result = try await again.pass(at: 2, completions: [bench.completion(of: run, at: 2)])
            try expectEqual(result.refused, [], "refused")
            try expectEqual(try await again.store.run(run.id)?.state, .finished(.succeeded), "state")
        }
    }
}
