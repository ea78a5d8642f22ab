import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
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

    @Test("A task without arguments is registered with a function that takes none, or the context")
    func tasksWithoutArguments() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        let count = Counter()
        @Sendable func tick() { count.add() }
        @Sendable func tock() async throws { count.add() }
        try scheduler.register("blocking") { count.add() }
        try scheduler.register("suspending") {
            await Task.yield()
            count.add()
        }
        try scheduler.register("a function") { tick() }
        try scheduler.register("named", tick)
        try scheduler.register("named and suspending", tock)
        try scheduler.register("not looked at") { _ in count.add() }
        try scheduler.register("told") { context in
            #expect(context.jobID == "told")
            count.add()
        }
        try scheduler.register("told and suspending") { context in
            try await context.sleep(for: .zero)
            count.add()
        }
        try scheduler.register("throwing") {
            count.add()
            throw CancellationError()
        }
        try scheduler.register("nothing") {}
        try scheduler.register("with arguments") { (text: String, _) in count.add() }
        for task in scheduler.tasks {
            let arguments = task == "with arguments" ? JSONValue.string("x") : .object([])
            try scheduler.declareJob(id: JobID(task), task: task, arguments: arguments)
        }
        try await bench.start()
        await bench.advance(.seconds(1))
        #expect(count.value == 10)
        await scheduler.shutdown()
    }

    @Test("A range of dates is as good as one of instants")
    func dates() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        try scheduler.register("work") {}
        try await scheduler.addJob(id: "a", task: "work", trigger: .interval(minutes: 1))
        try await bench.start()
        await bench.advance(.seconds(300))
        let start = SchedulerBench.start
        let dates = (start + .seconds(60)).date...(start + .seconds(120)).date
        let instants = (start + .seconds(60))...(start + .seconds(120))
        #expect(try await scheduler.runs(RunFilter(job: "a", scheduled: dates)).count == 2)
        #expect(RunFilter(job: "a", scheduled: dates) == RunFilter(job: "a", scheduled: instants))
        #expect(RunSearch(job: "a", scheduled: dates) == RunSearch(job: "a", scheduled: instants))
        #expect(JobFilter(tag: "a", due: dates) == JobFilter(tag: "a", due: instants))
        var filter = AuditFilter()
        filter.time = ClosedRange(dates)
        #expect(filter.time == instants)
        let counting = try #require(bench.store as? any OutcomeCounting)
        #expect(
            try await counting.outcomeCounts(from: start.date, through: start.date, task: nil, grouping: .byDay)
                == counting.outcomeCounts(from: start, through: start, task: nil, grouping: .byDay))
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
        #expect(throws: CarillonError.self) { try [wrong].map(JobID.init(_:)) }
    }

    @Test("An id that is too long is shown with a mark where it is cut")
    func cutID() {
        let (long, tabbed) = (String(repeating: "x", count: 300), "a\tb")
        let error = #expect(throws: CarillonError.self) { try JobID(long) }
        let shown = String(repeating: "x", count: 40)
        #expect(error?.reason == "a job id has 1 to 200 bytes of UTF-8; '\(shown)…' has 300")
        let control = #expect(throws: CarillonError.self) { try JobID(tabbed) }
        #expect(control?.reason == #"a job id has no control characters; 'a\u{9}b' has"#)
    }

    private struct Person: Codable, SecretArguments {
        static let secretKeys: Set<String> = ["pin"]
        var name: String
        var age: Int
        var tags: [String]
        var pin: String
    }

    @Test(
        "Arguments that do not decode are told with what is expected and what came",
        arguments: [
            (#"{"name": 5, "age": 36, "tags": [], "pin": "1"}"#, "at 'name' a string is expected, and 5 was given"),
            (
                #"{"name": null, "age": 36, "tags": [], "pin": "1"}"#,
                "at 'name' a string is expected, and null was given"
            ),
            (
                #"{"name": true, "age": 36, "tags": [], "pin": "1"}"#,
                "at 'name' a string is expected, and true was given"
            ),
            (
                #"{"name": "A", "age": "36", "tags": [], "pin": "1"}"#,
                "at 'age' a whole number is expected, and a string was given"
            ),
            (
                #"{"name": "A", "age": 36, "tags": {}, "pin": "1"}"#,
                "at 'tags' a list is expected, and an object was given"
            ),
            (
                #"{"name": "A", "age": 36, "tags": ["x", 2.5], "pin": "1"}"#,
                "at 'tags.1' a string is expected, and 2.5 was given"
            ),
            (#"{"name": "A", "age": 36, "tags": [], "pin": 1234}"#, "at 'pin' a string is expected"),
            (#"{"name": "A"}"#, "the key 'age' is missing"),
        ])
    func undecodable(_ arguments: String, _ reason: String) async throws {
        let scheduler = AsyncScheduler()
        try scheduler.register("greet") { (_: Person, _) in }
        let json = try JSONReader.value(of: Array(arguments.utf8))
        let error = await #expect(throws: CarillonError.self) {
            try await scheduler.addJob(id: "a", task: "greet", arguments: json)
        }
        #expect(error?.reason == "the arguments do not decode as those of task 'greet': \(reason)")
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

    @Test(
        "A job has a name beside its id, which is its id unless it is given", arguments: SchedulerBench.Storage.allCases
    )
    func names(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let scheduler = bench.scheduler
        let options = JobOptions(name: "Nightly report")
        let named = try await scheduler.addJob(trigger: .interval(minutes: 1), options) {}
        #expect("\(named.id)".hasPrefix("Nightly report-") && named.name == "Nightly report")
        let plain = try await scheduler.addJob(id: "plain", trigger: .interval(minutes: 1)) {}
        #expect(plain.name == "plain")
        try await scheduler.modifyJob("plain") { $0.name = "Plain one" }
        #expect(try await scheduler.job("plain").job.name == "Plain one")
        #expect(
            "\(try await scheduler.job("plain"))".hasPrefix("plain \"Plain one\" (task closure:plain, every minute"))
        let refusals: [() async throws -> Void] = [
            { try await scheduler.addJob(id: "x", trigger: nil, JobOptions(name: "")) {} },
            { try await scheduler.addJob(trigger: nil, JobOptions(name: "a\nb")) {} },
            { try await scheduler.modifyJob("plain") { $0.name = String(repeating: "x", count: 201) } },
        ]
        for refusal in refusals {
            let error = await #expect(throws: CarillonError.self) { try await refusal() }
            #expect(error?.code == .invalidName && error?.reason.contains("a name of a job") == true)
        }
    }

    @Test("Events come as somebody wants them, and say in a line what happened")
    func events() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        let all = EventLog()
        let ended = EventLog()
        scheduler.addListener { all.append($0) }
        scheduler.addListener(for: EventFilter([.runEnded])) { ended.append($0) }
        let stream = scheduler.events(EventFilter([.runEnded, .jobAdded], job: "good"))
        try await scheduler.addJob(id: "good") {}
        try await scheduler.addJob(id: "bad") { throw Flaky() }
        try await bench.start()
        await scheduler.shutdown()
        var seen: [SchedulerEvent.Kind] = []
        for await event in stream { seen.append(event.kind) }
        let run = try #require(seen.last?.run)
        #expect(seen == [.jobAdded("good", store: "default"), .runEnded(run, .succeeded, error: nil)])
        await all.wait { $0 == .shutDown }
        await ended.wait { $0.job == "bad" }
        #expect(ended.events.allSatisfy { $0.kind.topic == .runEnded } && ended.events.count == 2)
        let lines = all.events.map(\.description)
        let occurrence = "1/2027-01-15T08:00:00+00:00/scheduled/0/1"
        #expect(lines.contains { $0.hasSuffix("run good/\(occurrence) ended: succeeded") }, "\(lines)")
        #expect(lines.contains { $0.hasSuffix("ended: failed: Flaky()") }, "\(lines)")
        #expect(lines.allSatisfy { !$0.contains("Carillon.") && !$0.contains("\n") }, "\(lines)")
    }

    @Test("Readers of events that are cancelled hold up nobody, and those that stay miss nothing")
    func cancelledReaders() async throws {
        let scheduler = BackgroundScheduler()
        try await scheduler.start()
        let stays = scheduler.events(EventFilter([.paused, .resumed]))
        let rounds = 2000
        let isOver = Mutex(false)
        let emitting = Task {
            for _ in 0..<rounds {
                await scheduler.pause()
                await scheduler.resume()
            }
            isOver.withLock { $0 = true }
        }
        while !isOver.withLock({ $0 }) {
            let events = scheduler.events()
            let reader = Task { for await _ in events {} }
            await Task.yield()
            reader.cancel()
        }
        await emitting.value
        await scheduler.shutdown()
        var count = 0
        for await _ in stays { count += 1 }
        #expect(count == 2 * rounds)
    }

    @Test("Values say in a line what they are")
    func descriptions() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        let options = JobOptions(policies: JobPolicies(maxInstances: 3, timeout: .seconds(90)), name: "Bad one")
        try await scheduler.addJob(id: "bad", trigger: .interval(hours: 1), options) { throw Flaky() }
        try await bench.start()
        let run = try #require(try await scheduler.runs(of: "bad").first)
        #expect(
            "\(run)" == "bad/1/2027-01-15T08:00:00+00:00/scheduled/0/1: failed after 0 seconds: Flaky()")
        #expect("\(try await scheduler.why("bad", at: run.id.occurrence.scheduled))" == "\(run)")
        #expect(try await "\(scheduler.why("bad", at: run.due.date + 1))" == "the trigger does not fire at this time")
        let job = try await scheduler.job("bad").job
        #expect(
            "\(job)" == "bad \"Bad one\" (task closure:bad, \(job.definition.trigger)): next 2027-01-15T09:00:00+00:00")
        try await scheduler.pauseJob("bad")
        #expect("\(try await scheduler.job("bad").job)".hasSuffix("): paused"))
        #expect("\(job.definition.policies)" == "max_instances 3, timeout 90")
        #expect("\(JobPolicies())" == "as usual")
        #expect("\(RunProgress(0.4, "reading"))" == "40 %, reading")
        #expect(
            "\(SchedulerEvent.Kind.clockSet(by: .seconds(-90)))" == "the wall clock was set back by 1 minute 30 seconds"
        )
        await scheduler.shutdown()
    }
}
