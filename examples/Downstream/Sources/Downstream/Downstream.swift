import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation

struct Flaky: Error {}

struct Wanted: Codable {
    var name: String
}

/// Says what was expected where that is not so, and ends the program with an error.
struct Unmet: Error, CustomStringConvertible {
    let description: String
}

func expect(_ condition: Bool, _ what: String) throws {
    if !condition { throw Unmet(description: "not so: \(what)") }
}

/// Every call of a scheduler that the documentation shows, from outside of the package.
@main
struct Downstream {
    static func main() async throws {
        try await adding()
        try await running()
        try await changing()
        try await watching()
        try await ofOnesOwn()
        try await keeping()
        print("all is as the documentation says")
    }

    private static func adding() async throws {
        let scheduler = ManualScheduler()
        try scheduler.register("clean") { print("nothing is needed to clean") }
        try scheduler.register("rest") { await Task.yield() }
        try scheduler.register("greet") { (wanted: Wanted, _) in "Hello, \(wanted.name)!" }

        // Before the start, also from a function that is not async.
        try declare(scheduler)
        try await scheduler.start()

        // An id is a literal, a JobID, a text from outside, or made.
        let literal = try await scheduler.addJob(id: "literal", trigger: .interval(hours: 1)) {}
        let outside = "from outside"
        let text = try await scheduler.addJob(id: outside, trigger: .interval(hours: 1)) {}
        let made = try await scheduler.addJob(
            task: "greet", arguments: Wanted(name: "Ada"), trigger: .interval(hours: 1))
        try expect(literal.id == "literal" && text.id.description == outside, "the ids are those that were given")
        try expect(made.id.description.hasPrefix("greet-"), "the id is made of the task's name")
        let wrong = ""
        do {
            try await scheduler.addJob(id: wrong) {}
            try expect(false, "a text that is no id is refused")
        } catch let error as CarillonError {
            try expect(error.code == .invalidName, "it is refused as a name: \(error)")
        }

        // A function may be told which run it is, and a job has a name beside its id.
        let policies = JobPolicies(maxInstances: 3, retry: .only(Flaky.self), timeout: .milliseconds(500))
        let named = try await scheduler.addJob(
            id: "told", trigger: .interval(hours: 1), JobOptions(policies: policies, name: "Told")
        ) { context in context.log("attempt \(context.attempt)") }
        try expect(named.name == "Told" && literal.name == "literal", "names")
        await scheduler.advance(by: .seconds(1))
        let runs = try await scheduler.runs(of: "told")
        let run = try await scheduler.run(runs[0].id)
        try expect(run.log.map { String(decoding: $0, as: UTF8.self) } == "attempt 1\n", "the log of \(run)")
        await scheduler.shutdown()
    }

    private static func declare(_ scheduler: some Scheduler) throws {
        try scheduler.declareJob(id: "blocking", trigger: .interval(hours: 1)) {}
        try scheduler.declareJob(id: "suspending", trigger: .interval(hours: 1)) { await Task.yield() }
        try scheduler.declareJob(id: "a task", task: "greet", arguments: Wanted(name: "Eve"))
    }

    private static func running() async throws {
        let scheduler = ManualScheduler()
        try scheduler.register("greet") { (wanted: Wanted, _) in "Hello, \(wanted.name)!" }
        try await scheduler.addJob(
            id: "greeting", task: "greet", arguments: Wanted(name: "Ada"), trigger: .interval(hours: 1))
        try await scheduler.addJob(id: "bad", trigger: .interval(hours: 1)) { throw Flaky() }
        try await scheduler.start()

        let id = try await scheduler.runJob("greeting")
        await scheduler.advance(by: .seconds(1))
        let run = try await scheduler.run(id)
        try expect(run.outcome == .succeeded, "it has succeeded: \(run)")
        try expect(try run.result(as: String.self) == "Hello, Ada!", "its result")
        let again = try await scheduler.retryRun(id)
        try expect(again?.attempt == 2, "another attempt")
        await scheduler.advance(by: .seconds(1))

        let failed = try await scheduler.runs(RunFilter(job: "bad", state: .finished(.failed)), page: Page(limit: 10))
        try expect(failed.count == 1 && failed[0].outcome == .failed, "the failed run")
        // A job that runs once is gone when it has; its history stays.
        try await scheduler.addJob(id: "one-off") {}
        await scheduler.advance(by: .seconds(1))
        try expect(try await !scheduler.jobs().contains { $0.job.id == "one-off" }, "it is removed")
        try expect(try await scheduler.runs(of: "one-off").map(\.outcome) == [.succeeded], "its history stays")

        let search = RunSearch(outcomes: [.failed], order: .oldestFirst)
        try expect(try await scheduler.endedRuns(search).map(\.id) == failed.map(\.id), "the same by a search")
        let why = try await scheduler.why("bad", at: failed[0].id.occurrence.scheduled.date)
        print(why)
        await scheduler.shutdown()
    }

    private static func changing() async throws {
        let scheduler = ManualScheduler()
        try await scheduler.addJob(id: "report", trigger: .interval(hours: 1)) {}
        try await scheduler.modifyJob("report") { $0.tags = ["daily"] }
        try await scheduler.modifyJob("report") { $0.trigger = try .crontab("0 9 * * *") }
        do {
            try await scheduler.modifyJob("report") { _ in throw Flaky() }
            try expect(false, "what a change throws comes out")
        } catch is Flaky {}
        try await scheduler.rescheduleJob("report", trigger: .interval(minutes: 5))
        try expect(try await scheduler.pauseJob("report"), "it is paused")
        try expect(try await scheduler.resumeJob("report"), "it is resumed")
        let listed = try await scheduler.job("report")
        try expect(listed.job.definition.tags == ["daily"] && listed.job.id == "report", "\(listed)")
        try expect(try await scheduler.jobs(JobFilter(tag: "daily")).count == 1, "it is listed by its tag")
        let now = scheduler.clock.now.date
        let filled = try await scheduler.backfillJob("report", from: now, through: now)
        try expect(filled.count <= 1, "what it was run for: \(filled)")
        let text = try await scheduler.exportJobs()
        try await scheduler.removeJob("report")
        try expect(text.contains("\"report\""), "it was exported")
    }

    private static func watching() async throws {
        let scheduler = ManualScheduler()
        let ended = scheduler.events(EventFilter([.runEnded], job: "good"))
        let listener = scheduler.addListener { event in print(event) }
        try await scheduler.addJob(id: "good") {}
        try await scheduler.addJob(id: "bad") { throw Flaky() }
        try await scheduler.start()
        await scheduler.shutdown()
        scheduler.removeListener(listener)
        var kinds: [SchedulerEvent.Kind] = []
        for await event in ended { kinds.append(event.kind) }
        try expect(kinds.count == 1 && kinds[0].run?.occurrence.job == "good", "one run of it has ended: \(kinds)")
        try expect(kinds[0].topic == .runEnded, "its topic")
    }

    private static func ofOnesOwn() async throws {
        let scheduler = QueueScheduler(
            SchedulerOptions(
                stores: ["default": StoreOfOnesOwn()], executors: ["one by one": OneByOneExecutor()]))
        let ended = scheduler.events(EventFilter([.runEnded]))
        for _ in 1...3 { try scheduler.declareJob(JobOptions(executor: "one by one")) {} }
        try await scheduler.start()
        var count = 0
        for await _ in ended {
            count += 1
            if count == 3 { break }
        }
        await scheduler.shutdown()
        await scheduler.waitForEnd()
    }

    private static func keeping() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "downstream-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteJobStore(path: folder.appending(path: "jobs.sqlite").path)
        let scheduler = BackgroundScheduler(SchedulerOptions(stores: ["default": store]))
        let ended = scheduler.events(EventFilter([.runEnded]))
        try await scheduler.addJob(
            id: "once", JobOptions(policies: JobPolicies(whenEnded: .keep), name: "Just once")
        ) {}
        try await scheduler.start()
        for await event in ended {
            try expect(event.kind.job == "once", "it ran: \(event)")
            break
        }
        try expect(try await scheduler.job("once").job.name == "Just once", "its name is kept")
        await scheduler.shutdown()
        await store.close()
    }
}
