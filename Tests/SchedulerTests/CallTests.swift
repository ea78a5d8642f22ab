import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// What a program says to a scheduler, and what it is answered.
@Suite(.timeLimit(.minutes(10))) struct CallTests {
    private struct Flaky: Error {}

    @Test("A job is declared before the start, and refused after it with what to do instead")
    func declared() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        let (blocking, suspending, told) = (Counter(), Counter(), Counter())
        try scheduler.register("task") { (_: TaskContext) in told.add() }
        #expect(try scheduler.declareJob(id: "blocking") { blocking.add() } == "blocking")
        try scheduler.declareJob(id: "suspending") {
            await Task.yield()
            suspending.add()
        }
        try scheduler.declareJob(id: "blocking, told") { context in
            #expect(context.jobID == "blocking, told")
            told.add()
        }
        try scheduler.declareJob(id: "suspending, told") { context in
            await Task.yield()
            #expect(context.attempt == 1)
            told.add()
        }
        let text = "of a task"
        try scheduler.declareJob(id: text, task: "task")
        try await bench.start()
        #expect(blocking.value == 1 && suspending.value == 1 && told.value == 3)
        let error = #expect(throws: CarillonError.self) { try scheduler.declareJob(id: "late") {} }
        #expect(error?.code == .wrongState)
        #expect(error?.reason.contains("add job 'late' with 'try await addJob'") == true)
        await scheduler.shutdown()
    }

    @Test("A job that is added is told which run it is, whether it blocks or suspends")
    func contexts() async throws {
        let bench = try await SchedulerBench()
        let count = Counter()
        try await bench.start()
        try await bench.scheduler.addJob(id: "blocking") { context in
            context.log("one")
            count.add()
        }
        try await bench.scheduler.addJob(id: "suspending") { context in
            try await context.sleep(for: .seconds(1))
            context.log("two")
            count.add()
        }
        await bench.advance(.seconds(1))
        #expect(count.value == 2)
        for (id, line) in [("blocking", "one\n"), ("suspending", "two\n")] {
            let listed = try #require(try await bench.scheduler.runs(of: id).first)
            let run = try await bench.scheduler.run(listed.id)
            #expect(run.log == Array(line.utf8))
        }
        await bench.scheduler.shutdown()
    }

    @Test("A job without an id gets one of its own")
    func madeIDs() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        try scheduler.register("report") { (_: TaskContext) in }
        let first = try await scheduler.addJob(task: "report", trigger: .interval(minutes: 1))
        let second = try await scheduler.addJob(task: "report", trigger: .interval(minutes: 1))
        let third = try await scheduler.addJob(trigger: .interval(minutes: 1)) {}
        let fourth = try scheduler.declareJob(trigger: .interval(minutes: 1)) { _ in }
        let form = /(report|job)-[0-9a-z]{13}/
        for id in [first.id, second.id, third.id, fourth] {
            #expect("\(id)".wholeMatch(of: form) != nil, "\(id)")
        }
        #expect("\(first.id)".hasPrefix("report-") && "\(third.id)".hasPrefix("job-"))
        #expect(Set([first.id, second.id, third.id, fourth]).count == 4)
        try await bench.start()
        #expect(try await scheduler.jobs().count == 4)
        await scheduler.shutdown()
        // A long name leaves room.
        let long = String(repeating: "é", count: 100)
        try scheduler.register(long) { (_: TaskContext) in }
        let job = try await scheduler.addJob(task: long, trigger: .interval(minutes: 1))
        #expect(try JobID(job.id.description) == job.id)
    }

    @Test("An id that is a literal is a JobID, and one from outside may be refused")
    func texts() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        try await scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) {}
        let outside = "a"
        #expect(try await scheduler.job("a").job == scheduler.job(outside).job)
        #expect(try await scheduler.job(JobID(outside)).job.id == "a")
        let wrong = ""
        let error = await #expect(throws: CarillonError.self) { try await scheduler.job(wrong) }
        #expect(error?.code == .invalidName)
        // The function is the initializer that throws.
        #expect(["", "a"].map { try? JobID($0) } == [nil, "a"])
        #expect(throws: CarillonError.self) { try [wrong].map(JobID.init) }
    }

    @Test("A literal that is no id stops the program and says why")
    func wrongLiterals() async throws {
        let ends = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let id: JobID = ""
            print(id)
        }
        let text = String(decoding: ends?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("a job id has 1 to 200 bytes of UTF-8; '' has 0"))
        await #expect(processExitsWith: .failure) {
            let task: TaskName = "a\tb"
            print(task)
        }
    }

    @Test("Somebody who runs a job is told which run that is", arguments: SchedulerBench.Storage.allCases)
    func ranNow(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let scheduler = bench.scheduler
        try scheduler.register("sum") { (_: NoArguments, _) in 42 }
        try await scheduler.addJob(id: "sum", task: "sum", trigger: .interval(hours: 1))
        try await scheduler.addJob(id: "held", trigger: .interval(hours: 1)) { context in
            try await context.sleep(for: .seconds(100_000))
        }
        // Before the start it is made by a change of the job alone.
        let early = try await scheduler.runJob("sum")
        #expect(try await scheduler.run(early).outcome == nil)
        try await bench.start()
        let id = try await scheduler.runJob("sum")
        await bench.advance(.seconds(1))
        #expect(id != early && id.occurrence.kind == .manual && id.occurrence.job == "sum")
        for id in [early, id] {
            let run = try await scheduler.run(id)
            #expect(run.outcome == .succeeded)
            #expect(try run.result(as: Int.self) == 42)
            #expect(throws: DecodingError.self) { try run.result(as: [String].self) }
        }
        let missing = Run.ID(id.occurrence, attempt: 9)
        let error = await #expect(throws: CarillonError.self) { try await scheduler.run(missing) }
        #expect(error?.code == .runNotFound)
        // Tried again it is another attempt, and while that is open there is none.
        let attempt = try #require(try await scheduler.retryRun(id))
        #expect(attempt == Run.ID(id.occurrence, attempt: 2))
        await bench.advance(.seconds(1))
        #expect(try await scheduler.run(attempt).outcome == .succeeded)
        let held = try #require(try await scheduler.runs(of: "held").first)
        #expect(held.outcome == nil)
        #expect(try await scheduler.retryRun(held.id) == nil)
        await scheduler.shutdown(.cancel)
    }

    @Test("A change that throws changes nothing, and what it throws comes out")
    func changes() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        try await scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) {}
        await #expect(throws: Flaky.self) {
            try await scheduler.modifyJob("a") {
                $0.tags = ["wrong"]
                throw Flaky()
            }
        }
        #expect(try await scheduler.job("a").job.definition.tags.isEmpty)
        let crontab = "0 9 * * *"
        try await scheduler.modifyJob("a") { $0.trigger = try .crontab(crontab) }
        try await scheduler.modifyJob("a") { $0.tags = ["daily"] }
        let job = try await scheduler.job("a").job
        #expect(job.definition.tags == ["daily"] && "\(job.definition.trigger)".contains("09:00"))
    }

    @Test("Runs of all jobs and stores come in pages, and ended ones by what became of them")
    func pages() async throws {
        let other = MemoryJobStore { SchedulerBench.start }
        let bench = try await SchedulerBench { $0.stores["other"] = other }
        let scheduler = bench.scheduler
        try await scheduler.addJob(id: "good", trigger: .interval(seconds: 10)) {}
        try await scheduler.addJob(id: "bad", trigger: .interval(seconds: 20), JobOptions(store: "other")) {
            throw Flaky()
        }
        try await bench.start()
        await bench.advance(.seconds(100))
        let all = try await scheduler.runs(RunFilter(), page: Page(limit: 100))
        #expect(all.count == 17)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.id.isListed(before: $1.id) })
        var paged: [Run] = []
        var page = Page<Run.ID>(limit: 5)
        repeat {
            let runs = try await scheduler.runs(RunFilter(), page: page)
            paged += runs
            page.after = runs.count < page.limit ? nil : runs.last?.id
        } while page.after != nil
        #expect(paged == all)
        let failed = try await scheduler.runs(RunFilter(job: "bad", state: .finished(.failed)))
        #expect(failed.count == 6 && failed.allSatisfy { $0.outcome == .failed })
        #expect(try await scheduler.runs(RunFilter(), in: "other").map(\.id) == failed.map(\.id))
        let search = RunSearch(outcomes: [.failed], order: .oldestFirst)
        #expect(try await scheduler.endedRuns(search).map(\.id) == failed.reversed().map(\.id))
        await scheduler.shutdown()
    }
}
