import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

/// Nothing is deleted because it cannot be read or run.
@Suite(.timeLimit(.minutes(10))) struct ParkedTests {
    private struct Report: Codable, Sendable { var name: String }

    /// A job whose row is damaged, one whose task nobody registers, and one whose arguments do not decode, beside one
    /// that is well: all stay, the well one runs, and whoever asks is told why the others do not.
    @Test func unreadableJobsAreKept() async throws {
        let file = DatabaseFile()
        let clock = ManualClock(now: SchedulerBench.start)
        let store = try await SQLiteJobStore(path: file.path, clock: { clock.now })
        func job(_ id: String, _ task: String, _ arguments: String) throws -> NewJob {
            let definition = JobDefinition(
                task: try TaskName(task), arguments: Array(arguments.utf8), trigger: try .interval(seconds: 10))
            return NewJob(id: try JobID(id), definition: definition, added: SchedulerBench.start)
        }
        _ = try await store.insert([
            try job("damaged", "report", #"{"name":"a"}"#), try job("strange", "unknown", "{}"),
            try job("typo", "report", #"{"nom":"a"}"#), try job("well", "report", #"{"name":"a"}"#),
        ])
        try file.execute("UPDATE carillon_jobs SET state = 7 WHERE id = 'damaged'")

        var options = SchedulerOptions()
        options.stores["default"] = store
        let scheduler = ManualScheduler(clock, options)
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        let count = Counter()
        try scheduler.register("report") { (_: Report, _) in count.add() }
        try await scheduler.start()
        await scheduler.advance(by: .seconds(60))

        #expect(count.value == 7)
        #expect(try await scheduler.runs(of: "well").count == 7)
        #expect(try await scheduler.runs(of: "typo").allSatisfy { $0.state == .finished(.failed) })
        #expect(try await scheduler.runs(of: "strange").isEmpty)
        // What fell due of it is not missed: it is due still.
        #expect(try await store.reasons(JobID("strange"), from: .earliest, through: .latest, limit: 10).isEmpty)
        let parked = try await scheduler.jobs().map { "\($0.job.id): \($0.parked ?? "-")" }
        #expect(parked.count == 3)
        #expect(parked[0] == "strange: no task 'unknown' is registered")
        #expect(parked[1].contains("the key 'name' is missing"))
        #expect(parked[2] == "well: -")
        let unreadable = try await scheduler.unreadableJobs()
        #expect(unreadable.map(\.id) == ["damaged"])
        #expect(unreadable.first?.reason.contains("state") == true)
        for id in ["damaged", "strange", "typo"] {
            await log.wait { if case .jobParked(let job, _) = $0 { job.description == id } else { false } }
        }
        #expect(!log.events.contains { if case .jobRemoved = $0.kind { true } else { false } })

        // Mended, registered and corrected, all of them run.
        try file.execute("UPDATE carillon_jobs SET state = 0 WHERE id = 'damaged'")
        try scheduler.register("unknown") { (_: TaskContext) in count.add() }
        try await scheduler.modifyJob("typo") { $0.arguments = Array(#"{"name":"a"}"#.utf8) }
        await scheduler.advance(by: .seconds(60))
        for id in ["damaged", "strange", "typo", "well"] {
            let run = try #require(try await scheduler.runs(of: id, limit: 1).first)
            #expect(run.state == .finished(.succeeded), "\(id)")
        }
        await scheduler.shutdown()
    }
}
