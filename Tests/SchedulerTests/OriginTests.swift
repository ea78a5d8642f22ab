import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// Jobs that are kept equal to a set.
@Suite(.timeLimit(.minutes(10))) struct OriginTests {
    private static let stores: [SchedulerBench.Storage] = SchedulerBench.Storage.allCases

    private func bench(_ storage: SchedulerBench.Storage) async throws -> SchedulerBench {
        let bench = try await SchedulerBench(.async, storage) { $0.stores["second"] = MemoryJobStore() }
        try bench.scheduler.register("nothing") { (_: TaskContext) in }
        return bench
    }

    private func job(
        _ id: String,
        every minutes: Int? = 10,
        origin: String = "file",
        store: String = "default",
        pause: OriginJob.Pause = .leave,
        task: String = "nothing"
    ) throws -> OriginJob {
        let trigger = try minutes.map { try Trigger.interval(minutes: $0) } ?? .date(SchedulerBench.start.date)
        return OriginJob(
            id: try JobID(id),
            definition: JobDefinition(task: try TaskName(task), trigger: trigger, origin: origin),
            runsWhenAdded: minutes == nil,
            store: store,
            pause: pause
        )
    }

    private func keep(_ bench: SchedulerBench, _ jobs: [OriginJob], of origin: String = "file") async throws
        -> JobsDifference
    {
        try await bench.scheduler.keepJobs(ofOrigins: [origin], equalTo: jobs)
    }

    @Test("Jobs are added, changed and removed, and those of others are left alone", arguments: stores)
    func difference(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await bench(storage)
        _ = try await keep(bench, [job("foreign", origin: "other")], of: "other")
        try await bench.scheduler.addJob(id: "own", task: "nothing", trigger: .interval(minutes: 1))
        let first = try await keep(bench, [job("a"), job("b"), job("c")])
        #expect(first.added.map(\.description) == ["a", "b", "c"] && first.unchangedCount == 0)
        let second = try await keep(bench, [job("a"), job("b", every: 20), job("d")])
        #expect(second.added.map(\.description) == ["d"])
        #expect(second.changed.map(\.description) == ["b"])
        #expect(second.removed.map(\.description) == ["c"])
        #expect(second.unchangedCount == 1)
        let ids = try await bench.scheduler.jobs().map(\.job.id.description)
        #expect(ids == ["a", "b", "d", "foreign", "own"])
        let none = try await keep(bench, [])
        #expect(none.removed.count == 3)
        #expect(try await bench.scheduler.jobs().count == 2)
    }

    @Test("What is the same is not written, while the scheduler runs too, and keeps its phase", arguments: stores)
    func phase(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await bench(storage)
        _ = try await keep(bench, [job("a"), job("once", every: nil)])
        try await bench.start()
        await bench.advance(.seconds(330))
        let before = try await bench.scheduler.job("a").job
        #expect(try await keep(bench, [job("a"), job("once", every: nil)]).isEmpty)
        #expect(try await bench.scheduler.job("a").job == before)
        await bench.advance(.seconds(300))
        #expect(try await bench.runs(of: "a").count == 2)
        #expect(try await bench.runs(of: "once").count == 1)
        await bench.scheduler.shutdown()
    }

    @Test("An error anywhere changes nothing", arguments: stores)
    func errors(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await bench(storage)
        _ = try await keep(bench, [job("a")])
        let wrong: [([OriginJob], CarillonError.Code)] = [
            ([try job("b"), try job("c", task: "unknown")], .taskNotFound),
            ([try job("b"), try job("c", store: "third")], .aliasNotFound),
            ([try job("b"), try job("b")], .jobExists),
        ]
        for (jobs, code) in wrong {
            let error = await #expect(throws: CarillonError.self) { try await keep(bench, jobs) }
            #expect(error?.code == code)
            #expect(try await bench.scheduler.jobs().map(\.job.id.description) == ["a"])
        }
    }

    @Test("A job of another origin is taken over, and one that moves to another store is moved", arguments: stores)
    func origins(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await bench(storage)
        _ = try await keep(bench, [job("a", origin: "old")], of: "old")
        let taken = try await keep(bench, [job("a")])
        #expect(taken.takenOver.map(\.description) == ["a"] && taken.changed == taken.takenOver)
        #expect(taken.formerOrigins == [JobID("a"): "old"])
        let moved = try await keep(bench, [job("a", store: "second")])
        #expect(moved.changed.map(\.description) == ["a"] && moved.added.isEmpty && moved.removed.isEmpty)
        #expect(try await bench.scheduler.job("a").store == "second")
        // The other store has the id, and its job is nobody's here.
        let error = await #expect(throws: CarillonError.self) {
            try await keep(bench, [job("a", origin: "third")], of: "third")
        }
        #expect(error?.code == .jobExists)
    }

    @Test("A pause is applied each time, its absence leaves a person's alone, and its end resumes", arguments: stores)
    func pauses(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await bench(storage)
        func isPaused() async throws -> Bool {
            if case .paused = try await bench.scheduler.job("a").job.state { true } else { false }
        }
        _ = try await keep(bench, [job("a", pause: .pause)])
        #expect(try await isPaused())
        try await bench.scheduler.resumeJob("a")
        #expect(try await keep(bench, [job("a", pause: .pause)]).changed.count == 1)
        #expect(try await isPaused())
        #expect(try await keep(bench, [job("a")]).isEmpty)
        #expect(try await isPaused())
        #expect(try await keep(bench, [job("a", pause: .resume)]).changed.count == 1)
        #expect(try await !isPaused())
    }

    @Test("More jobs than a store takes at once are all kept, and told of on the way", arguments: stores)
    func many(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await bench(storage)
        let progress = Counter()
        let jobs = try (0..<2500).map { try job("job \($0)") }
        let added = try await bench.scheduler.keepJobs(ofOrigins: [], equalTo: jobs) { _ in progress.add() }
        #expect(added.added.count == 2500 && progress.value == 3)
        let changed = try await keep(bench, (0..<2500).map { try job("job \($0)", every: $0 < 1500 ? 20 : 10) })
        #expect(changed.changed.count == 1500 && changed.unchangedCount == 1000)
        #expect(try await keep(bench, []).removed.count == 2500)
    }

    @Test("A job is not late because somebody woke the scheduler within a second before")
    func wokenBefore() async throws {
        let bench = try await bench(.memory)
        _ = try await keep(bench, [job("a"), job("other")])
        try await bench.start()
        await bench.advance(.milliseconds(599_500))
        try await bench.scheduler.pauseJob("other")
        await bench.advance(.milliseconds(500))
        #expect(try await bench.runs(of: "a").count == 2)
        await bench.scheduler.shutdown()
    }
}
