import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// What a scheduler answers to those who ask, and what it refuses.
@Suite(.timeLimit(.minutes(10))) struct AskingTests {
    typealias Storage = SchedulerBench.Storage

    private struct Named: Codable, Sendable { var name: String }

    @Test("Edits are refused for what an addition is refused for", arguments: Storage.allCases)
    func edits(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        try bench.scheduler.register("report") { (_: Named, _) in }
        try await bench.scheduler.addJob(
            id: "a", task: "report", arguments: Named(name: "x"), trigger: .interval(minutes: 1))
        let before = try await bench.scheduler.job("a").job
        func code(_ change: @escaping @Sendable (inout JobDefinition) -> Void) async -> CarillonError.Code? {
            await #expect(throws: CarillonError.self) { try await bench.scheduler.modifyJob("a", change) }?.code
        }
        #expect(await code { $0.executor = "no" } == .aliasNotFound)
        #expect(await code { $0.arguments = Array(#"{"nom":"x"}"#.utf8) } == .invalidArguments)
        #expect(await code { $0.policies.maxInstances = 0 } == .invalidPolicy)
        let task = TaskName("report")
        #expect(
            await code { $0.policies.onFailure = FailureTask(task, arguments: .object([])) } == .invalidArguments)
        #expect(try await bench.scheduler.job("a").job == before)
        // What an edit leaves as it is was right when the job was added.
        try await bench.scheduler.addExecutor(AsyncExecutor(), as: "passing")
        try await bench.scheduler.modifyJob("a") { $0.executor = "passing" }
        try await bench.scheduler.removeExecutor("passing")
        try await bench.scheduler.modifyJob("a") { $0.tags = ["daily"] }
        #expect(try await bench.scheduler.job("a").job.definition.tags == ["daily"])
    }

    @Test("Jobs of an origin may use executors that were added later", arguments: Storage.allCases)
    func laterExecutors(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        try bench.scheduler.register("work") { (_: TaskContext) in }
        try await bench.start()
        var definition = JobDefinition(
            task: TaskName("work"), arguments: Array("{}".utf8), trigger: try .interval(minutes: 1))
        definition.origin = "file"
        definition.executor = "later"
        let jobs = [OriginJob(id: JobID("a"), definition: definition)]
        func keep() async throws -> JobsDifference {
            try await bench.scheduler.keepJobs(ofOrigins: ["file"], equalTo: jobs)
        }
        let early = await #expect(throws: CarillonError.self) { try await keep() }
        #expect(early?.code == .aliasNotFound)
        try await bench.scheduler.addExecutor(AsyncExecutor(), as: "later")
        #expect(try await keep().added.count == 1)
        try bench.scheduler.check(definition)
        await bench.advance(.seconds(60))
        #expect(try await bench.runs(of: "a").count == 2)
        try await bench.scheduler.removeExecutor("later")
        #expect(throws: CarillonError.self) { try bench.scheduler.check(definition) }
        await bench.scheduler.shutdown()
    }

    @Test("Runs that somebody asks for are told of when they are made, and when they end", arguments: Storage.allCases)
    func eventsOfRequests(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let attempts = Counter()
        try bench.scheduler.register("work") { (_: TaskContext) in attempts.add() }
        try await bench.scheduler.addJob(id: "a", task: "work", trigger: .interval(hours: 1))
        try await bench.start()
        let first = try #require(try await bench.runs(of: "a").first).id
        bench.clock.advance(by: .seconds(1))
        try await bench.scheduler.runJob("a")
        await bench.log.expect("a manual run is made") {
            if case .runQueued(let run) = $0 { run.occurrence.kind == .manual } else { false }
        }
        #expect(try await bench.scheduler.retryRun(first) == Run.ID(first.occurrence, attempt: 2))
        await bench.log.expect("another attempt is made") {
            if case .runQueued(let run) = $0 { run == Run.ID(first.occurrence, attempt: 2) } else { false }
        }
        await bench.scheduler.engine.waitUntilSettled()
        try await bench.scheduler.pauseJob("a")
        try await bench.scheduler.runJob("a")
        let waiting = try #require(try await bench.runs(of: "a").first { $0.isOpen }).id
        try await bench.scheduler.cancelRun(waiting)
        await bench.log.expect("a run that has not begun is cancelled") {
            if case .runEnded(waiting, .cancelled, _) = $0 { true } else { false }
        }
        await bench.scheduler.shutdown()
    }

    @Test("As many runs as are asked for", arguments: Storage.allCases, [-1, 0, 1, 7, 1200])
    func limits(_ storage: Storage, _ limit: Int) async throws {
        let bench = try await SchedulerBench(.async, storage)
        try bench.scheduler.register("work") { (_: TaskContext) in }
        var policies = JobPolicies()
        policies.history.runs = 2000
        try await bench.scheduler.addJob(
            id: "a", task: "work", trigger: .interval(seconds: 1), JobOptions(policies: policies))
        try await bench.start()
        await bench.advance(.seconds(limit > 1000 ? 1300 : 20))
        let runs = try await bench.scheduler.runs(of: "a", limit: limit)
        #expect(runs.count == max(0, limit))
        #expect(Set(runs.map(\.id)).count == runs.count)
        await bench.scheduler.shutdown()
    }

    @Test("What is known of a job outlives it", arguments: Storage.allCases)
    func removedJob(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage) { $0.stores["other"] = MemoryJobStore() }
        try bench.scheduler.register("work") { (_: TaskContext) in }
        try await bench.scheduler.addJob(id: "a", task: "work", trigger: .interval(minutes: 1))
        try await bench.start()
        await bench.advance(.seconds(60))
        try await bench.scheduler.pauseJob("a")
        await bench.advance(.seconds(120))
        try await bench.scheduler.resumeJob("a")
        let runs = try await bench.runs(of: "a")
        try await bench.scheduler.removeJob("a")
        #expect(try await bench.runs(of: "a") == runs && runs.count == 2)
        let start = SchedulerBench.start
        #expect(try await bench.scheduler.why("a", at: start) == .ran([runs[1]]))
        let why = try await bench.scheduler.why("a", at: start.advanced(byMicroseconds: 120_000_000))
        if case .notRun(let range) = why { #expect(range.reason == .jobPaused) } else { Issue.record("\(why)") }
        for id in ["never"] {
            await #expect(throws: CarillonError.self) { try await bench.runs(of: id) }
            await #expect(throws: CarillonError.self) { try await bench.scheduler.why(id, at: start) }
        }
        await bench.scheduler.shutdown()
    }

    @Test("A listed job shows the same on every store")
    func listing() async throws {
        var texts: [[String]] = []
        for storage in Storage.allCases {
            let berlin = try Zone("Europe/Berlin")
            let bench = try await SchedulerBench(.async, storage) { $0.zone = berlin }
            try bench.scheduler.register("work") { (_: TaskContext) in }
            let cron = try Trigger.cron(hour: 9)
            let tokyo = try Trigger.cron(hour: 9, in: Zone("Asia/Tokyo"))
            let triggers: [(String, Trigger)] = [
                ("cron", cron), ("tokyo", tokyo), ("interval", try .interval(minutes: 1)),
                ("calendar", try .calendarInterval(days: 1, hour: 4)), ("date", .date(SchedulerBench.start.date)),
                ("wall", try .date("2027-02-01T09:00:00")), ("either", .any(of: cron, cron)),
                ("mixed", .any(of: cron, tokyo)),
            ]
            for (id, trigger) in triggers { try await bench.scheduler.addJob(id: id, task: "work", trigger: trigger) }
            texts.append(try await bench.scheduler.jobs().map(\.description))
            #expect(texts.last?.first { $0.hasPrefix("cron ") }?.contains("next 2027-01-15T09:00:00+01:00") == true)
        }
        #expect(texts[0] == texts[1])
    }
}
