import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// Jobs are carried from one scheduler to another as JSON.
@Suite(.timeLimit(.minutes(10))) struct ExportImportTests {
    /// A scheduler with a job of every kind of trigger, one of them paused, one that has ended.
    private func filled(_ storage: SchedulerBench.Storage) async throws -> SchedulerBench {
        let bench = try await SchedulerBench(.async, storage) { $0.stores["other"] = MemoryJobStore() }
        try bench.scheduler.register("work") { (_: TaskContext) in }
        let berlin = try Zone("Europe/Berlin")
        let minute = try Trigger.interval(minutes: 1, start: SchedulerBench.start.date, in: berlin)
        let triggers: [(String, Trigger)] = [
            ("interval", try .interval(seconds: 90)), ("jitter", try .interval(hours: 1, jitter: .seconds(60))),
            ("late", try .interval(hours: 1, firstRun: .afterInterval)),
            ("cron", try .cron(hour: 9, dayOfWeek: "mon", in: berlin, gap: .skip)),
            ("crontab", try .crontab("*/5 * * * *")),
            ("calendar", try .calendarInterval(months: 1, hour: 4, in: berlin)),
            ("either", .any(of: minute, try .cron(hour: 9, in: .utc))),
            ("both", .all(of: minute, try .cron(hour: 9, in: berlin))),
            ("date", .date(Date(timeIntervalSince1970: 1_800_100_000))), ("once", .date(SchedulerBench.start.date)),
        ]
        // So that phases are none of whole seconds.
        bench.clock.advance(by: .microseconds(123_456))
        for (id, trigger) in triggers {
            var options = JobOptions(policies: JobPolicies(), tags: [id], store: id == "crontab" ? "other" : "default")
            options.policies?.retry = RetryPolicy(
                count: 2, backoff: .exponential(first: .seconds(1), atMost: .seconds(9)))
            options.policies?.whenEnded = .keep
            options.isPaused = id == "jitter"
            options.name = id == "cron" ? "Nine on Mondays" : nil
            try await bench.scheduler.addJob(
                id: id, task: "work", arguments: ["key": [1, 2]], trigger: trigger, options)
        }
        try await bench.start()
        return bench
    }

    @Test(arguments: SchedulerBench.Storage.allCases)
    func comesBackAsItWas(_ storage: SchedulerBench.Storage) async throws {
        let old = try await filled(storage)
        await old.advance(.seconds(1000))
        let text = try await old.scheduler.exportJobs()
        let new = try await SchedulerBench(.async, storage) { $0.stores["other"] = MemoryJobStore() }
        try new.scheduler.register("work") { (_: TaskContext) in }
        new.clock.advance(by: .seconds(1000))
        new.clock.advance(by: .microseconds(123_456))
        let imported = try await new.scheduler.importJobs(text)
        #expect(imported.added.count == 10)
        #expect(imported.replaced + imported.kept == [])
        #expect(try await new.scheduler.exportJobs() == text)
        // What is next is next, to the microsecond, for all but the paused one, which has skipped nothing yet.
        for listed in try await old.scheduler.jobs() where listed.job.id.description != "jitter" {
            let other = try await new.scheduler.job(listed.job.id.description)
            #expect(other.job.next == listed.job.next, "\(listed)")
            #expect(other.job.definition == listed.job.definition)
            #expect(other.store == listed.store)
        }
        // It works as the old one does: what had ended is not run again.
        try await new.start()
        await new.advance(.seconds(90))
        #expect(try await new.runs(of: "interval").count == 1)
        #expect(try await new.runs(of: "once").isEmpty)
        #expect(try await new.runs(of: "jitter").isEmpty)
        await old.scheduler.shutdown()
        await new.scheduler.shutdown()
    }

    @Test func oneStore() async throws {
        let bench = try await filled(.memory)
        let text = try await bench.scheduler.exportJobs(from: "other")
        #expect(try JobExport(json: Array(text.utf8)).jobs.map(\.id.description) == ["crontab"])
        let error = await #expect(throws: CarillonError.self) { try await bench.scheduler.exportJobs(from: "none") }
        #expect(error?.code == .aliasNotFound)
        // Into another store under the alias of that one.
        let new = try await SchedulerBench()
        try new.scheduler.register("work") { (_: TaskContext) in }
        #expect(try await new.scheduler.importJobs(text, into: "default").added.count == 1)
        #expect(try await new.scheduler.job("crontab").store == "default")
        await bench.scheduler.shutdown()
    }

    @Test func whatIsThere() async throws {
        let bench = try await filled(.memory)
        let text = try await bench.scheduler.exportJobs()
        var error = await #expect(throws: CarillonError.self) { try await bench.scheduler.importJobs(text) }
        #expect(error?.code == .jobExists)
        #expect(try await bench.scheduler.importJobs(text, ifExists: .keep).kept.count == 10)
        #expect(try await bench.scheduler.importJobs(text, ifExists: .replace).kept.count == 10)
        try await bench.scheduler.modifyJob("cron") { $0.tags = ["changed"] }
        try await bench.scheduler.removeJob("both")
        let kept = try await bench.scheduler.importJobs(text, ifExists: .keep)
        #expect(kept.added.map(\.description) == ["both"])
        #expect(try await bench.scheduler.job("cron").job.definition.tags == ["changed"])
        let replaced = try await bench.scheduler.importJobs(text, ifExists: .replace)
        #expect(replaced.replaced.map(\.description) == ["cron"])
        #expect(try await bench.scheduler.job("cron").job.definition.tags == ["cron"])
        // Another store has the id.
        error = await #expect(throws: CarillonError.self) {
            try await bench.scheduler.importJobs(text, ifExists: .replace, into: "other")
        }
        #expect(error?.code == .jobExists)
        #expect(try await bench.scheduler.jobs().count == 10)
        await bench.scheduler.shutdown()
    }

    private static let good = #"{"id":"good","task":"anything","trigger":{"type":"cron","hour":1}}"#

    @Test(
        "Where anything is wrong nothing is added, and the job is named",
        arguments: SchedulerBench.Storage.allCases,
        [
            ("", CarillonError.Code.invalidExport, "not JSON"),
            (#"{"id":"x","task":"t","trigger":{"type":"cron","hour":25}}"#, .invalidExport, "jobs[1].trigger.hour"),
            (#"{"id":"x","store":"no","task":"t","trigger":{"type":"cron"}}"#, .invalidExport, "jobs[1].trigger"),
            (#"{"id":"x","store":"no","task":"t","trigger":{"type":"cron","hour":1}}"#, .aliasNotFound, "jobs[1]"),
            (#"{"id":"x","executor":"no","task":"t","trigger":{"type":"cron","hour":1}}"#, .aliasNotFound, "job 'x'"),
            (
                #"{"id":"x","task":"typed","arguments":{"nom":1},"trigger":{"type":"cron","hour":1}}"#,
                .invalidArguments, "'name' is missing"
            ),
            (#"{"id":"there","task":"t","trigger":{"type":"cron","hour":1}}"#, .jobExists, "'there'"),
        ] as [(String, CarillonError.Code, String)])
    func allOrNothing(
        _ storage: SchedulerBench.Storage,
        _ wrong: (text: String, code: CarillonError.Code, word: String)
    ) async throws {
        struct Named: Codable, Sendable { var name: String }
        let bench = try await SchedulerBench(.async, storage)
        try bench.scheduler.register("typed") { (_: Named, _) in }
        for name in ["t", "anything"] { try bench.scheduler.register(name) { (_: TaskContext) in } }
        try await bench.scheduler.addJob(id: "there", trigger: .cron(hour: 1)) {}
        try await bench.start()
        let error = await #expect(throws: CarillonError.self) {
            try await bench.scheduler.importJobs(#"{"carillon":1,"jobs":[\#(Self.good),\#(wrong.text)]}"#)
        }
        #expect(error?.code == wrong.code)
        #expect(error?.reason.contains(wrong.word) == true, "\(error?.reason ?? "")")
        #expect(try await bench.scheduler.jobs().map(\.job.id.description) == ["there"])
        await bench.scheduler.shutdown()
    }

    /// A job that cannot be read is in the way of an import, in whichever way it is to be done.
    @Test func unreadableJob() async throws {
        let file = DatabaseFile()
        var options = SchedulerOptions()
        options.stores["default"] = try await SQLiteJobStore(path: file.path)
        let scheduler = AsyncScheduler(options)
        try await scheduler.addJob(id: "bad", trigger: .cron(hour: 1)) {}
        let old = try await scheduler.exportJobs()
        try await scheduler.addJob(id: "fine", trigger: .cron(hour: 1)) {}
        try file.execute("UPDATE carillon_jobs SET state = 7 WHERE id = 'bad'")
        var error = await #expect(throws: CarillonError.self) { try await scheduler.exportJobs() }
        #expect(error?.code == .jobUnreadable)
        #expect(error?.reason.contains("'bad'") == true)
        let rest = try await scheduler.exportJobs(leavingOutUnreadable: true)
        #expect(try JobExport(json: Array(rest.utf8)).jobs.map(\.id.description) == ["fine"])
        let both = old.replacing("\n]}", with: ",\n\(Self.good)\n]}")
        for ifExists in [IfExists.fail, .keep, .replace] {
            error = await #expect(throws: CarillonError.self) {
                try await scheduler.importJobs(both, ifExists: ifExists)
            }
            #expect(error?.code == .jobUnreadable)
            #expect(try await scheduler.jobs().map(\.job.id.description) == ["fine"])
        }
    }
}
