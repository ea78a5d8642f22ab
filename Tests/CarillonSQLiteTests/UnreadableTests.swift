import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

@Suite("Rows that cannot be read")
struct UnreadableTests {
    private let file: StoreFile
    private let store: SQLiteJobStore

    init() async throws {
        file = try StoreFile()
        store = try await file.open()
    }

    private static let damages = [
        "trigger_json = '{\"type\": \"lunar\"}'", "trigger_json = 'x'", "trigger_json = x'ff'",
        "trigger_json = '{\"type\": \"cron\", \"hour\": 1, \"timezone\": \"Mars/Olympus\"}'", "policies = '[]'",
        "policies = '{\"colour\": 1}'", "tags = '{}'", "tags = '[1]'", "task = ''", "task = x'ff'", "state = 7",
        "next_scheduled = 'soon'", "state_version = 'x'", "executor = x'ff'",
        "added = 1.5", "added = -9223372036854775808", "next_scheduled = 9223372036854775807",
        "next_due = 9223372036854775806", "state_version = 9223372036854775807", "state_version = 4503599627370497",
        "state_version = 0", "definition_version = 9223372036854775807", "definition_version = -9223372036854775808",
        "state = 'x'", "state = -1",
    ]

    /// A trigger of the user's own whose type a program has forgotten to register.
    private struct Forgotten: CustomTrigger {
        static let typeName = "forgotten"
        var hours = 3
        func next(after time: Instant) -> Instant? { time + .seconds(hours * 3600) }
    }

    @Test("A job whose trigger's type is not registered is kept, says what to do, and works once it is registered")
    func unregisteredTrigger() async throws {
        let stored = #"{"type":"forgotten","parameters":{"hours":5}}"#
        _ = try await store.insert([try TestJobs.job("moon")])
        try harm("trigger_json = '\(stored)'", where: "id = 'moon'")
        let before = try row("moon")
        #expect(try await TestJobs.pass(store).isEmpty)
        guard case .unreadable("moon", _, let reason)? = try await store.jobs(JobFilter(), page: Page()).first else {
            Issue.record("it can be read")
            return
        }
        #expect(reason.contains("'forgotten'") && reason.contains("Trigger.register"), "\(reason)")
        #expect(try row("moon") == before)

        try Trigger.register(Forgotten.self)
        guard case .job(let job)? = try await store.jobs(JobFilter(), page: Page()).first else {
            Issue.record("it cannot be read")
            return
        }
        #expect(job.definition.trigger.custom(as: Forgotten.self) == Forgotten(hours: 5))
        // Also to the store that has found it unreadable before.
        #expect(try await TestJobs.pass(store).map(\.job.id.description) == ["moon"])
    }

    private static let runDamages = [
        "kind = 9", "fence = 9223372036854775807", "fence = -1", "recoveries = 9223372036854775807",
        "attempt = 9223372036854775807", "attempt = 0", "scheduled = 9223372036854775807",
        "available = -9223372036854775808", "due = 9223372036854775807", "started = 9223372036854775807",
    ]

    /// Sets a column, in whichever of the two tables it is read from.
    private func harm(_ assignment: String, where condition: String) throws {
        let inDefinition = ["trigger_json", "policies", "tags", "executor", "task", "added", "history"]
            .contains { assignment.hasPrefix($0) }
        let table = inDefinition ? "carillon_definitions" : "carillon_jobs"
        try RawDatabase(file.path).execute(
            "UPDATE \(table) SET \(assignment) "
                + "WHERE generation IN (SELECT generation FROM carillon_jobs WHERE \(condition))")
    }

    private func row(_ id: String) throws -> [String] {
        try RawDatabase(file.path).texts(
            "SELECT quote(trigger_json) || quote(policies) || quote(tags) || quote(d.task) || quote(state) || "
                + "quote(next_due) || quote(state_version) FROM carillon_jobs JOIN carillon_definitions AS d "
                + "USING (generation) WHERE d.id = '\(id)'")
    }

    @Test("It is listed with the reason, found by nothing, and never written", arguments: damages)
    func damaged(_ damage: String) async throws {
        _ = try await store.insert([try TestJobs.job("bad"), try TestJobs.job("good")])
        try harm(damage, where: "id = 'bad'")
        let before = try row("bad")

        #expect(try await TestJobs.pass(store).map(\.job.id.description) == ["good"])
        var query = JobQuery(now: TestJobs.start)
        query.ids = [JobID("bad"), JobID("good")]
        #expect(try await store.find(query).map(\.job.id.description) == ["good"])
        #expect(try await store.insert([try TestJobs.job("bad")]) == [nil])
        _ = try await store.prune(at: TestJobs.start)

        let listed = try await store.jobs(JobFilter(), page: Page())
        #expect(listed.count == 2)
        guard case .unreadable("bad", _, let reason) = listed.first else {
            Issue.record("listed as \(listed)")
            return
        }
        let column = damage.prefix { $0 != " " }
        #expect(reason.hasPrefix(column), "\(reason)")
        var parked = JobFilter()
        parked.exceptTasks = [TaskName("none")]
        for filter in [JobFilter(), parked] {
            let byDue = try await store.jobs(filter, page: Page(after: .beginningByDue))
            #expect(byDue.count == 2)
            #expect(byDue.contains { if case .unreadable("bad", _, _) = $0 { true } else { false } })
        }
        #expect(try row("bad") == before)

        // Nothing but somebody's asking for it removes it.
        #expect(try await store.remove([JobID("bad")], at: TestJobs.start) == [true])
        #expect(try await store.jobs(JobFilter(), page: Page()).map { $0.cursor(byDue: false) } == [.id("good")])
        #expect(try await store.insert([try TestJobs.job("bad")]).compactMap(\.self).count == 1)
    }

    @Test("Removing a job with a run that cannot be read leaves that run, and ends the others")
    func removedWithRun() async throws {
        _ = try await store.insert([try TestJobs.job("bad")])
        try await TestJobs.pass(store, slots: 0)
        try await store.runNow(JobID("bad"), at: TestJobs.start)
        let database = try RawDatabase(file.path)
        try database.execute("UPDATE carillon_open_runs SET kind = 9 WHERE kind = 1")
        #expect(try await store.remove([JobID("bad")], at: TestJobs.start) == [true])
        #expect(try database.texts("SELECT kind FROM carillon_open_runs") == ["9"])
        #expect(try database.texts("SELECT removed = generation FROM carillon_definitions") == ["1"])
        #expect(try await store.runs(RunFilter(), page: Page()).map(\.state) == [.finished(.cancelled)])
    }

    @Test("Many of them that are due first hide nothing, and wake nobody")
    func crowd() async throws {
        _ = try await store.insert(try TestJobs.jobs(300))
        _ = try await store.insert([try TestJobs.job("good", after: 30)])
        try harm("policies = '?'", where: "id <> 'good'")
        var query = JobQuery(now: TestJobs.start.advanced(byMicroseconds: 60_000_000))
        query.dueLimit = 5
        #expect(try await store.find(query).map(\.job.id.description) == ["good"])
        let report = NodeReport(
            id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [TaskName("work")])
        let due = TestJobs.start.advanced(byMicroseconds: 30_000_000)
        #expect(try await store.heartbeat(report).news.earliest.due == due)
        // Nor does a store that meets them in its first heartbeat.
        #expect(try await file.open().heartbeat(report).news.earliest.due == due)
    }

    @Test("A job with an open run that cannot be read is left alone", arguments: runDamages)
    func run(_ damage: String) async throws {
        _ = try await store.insert([try TestJobs.job("bad"), try TestJobs.job("good")])
        try await TestJobs.pass(store, slots: 0)
        let columns = ["kind", "scheduled", "attempt", "fence", "recoveries", "available", "due", "started"]
        let values = columns.map { "quote(\($0))" }.joined(separator: " || ")
        let row = "SELECT \(values) FROM carillon_open_runs WHERE job = 'bad'"
        try RawDatabase(file.path).execute("UPDATE carillon_open_runs SET \(damage) WHERE job = 'bad'")
        let before = try RawDatabase(file.path).texts(row)
        #expect(try await TestJobs.pass(store).map(\.job.id.description) == ["good"])
        let report = NodeReport(
            id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [TaskName("work")])
        #expect(try await store.heartbeat(report).news.earliest.available == nil)
        #expect(try RawDatabase(file.path).texts(row) == before)

        let listed = try await store.jobs(JobFilter(), page: Page())
        guard case .unreadable("bad", _, let reason) = listed.first, listed.count == 2 else {
            Issue.record("listed as \(listed)")
            return
        }
        let key = try RawDatabase(file.path).texts(
            "SELECT format('(generation %d, scheduled %d, kind %d, number %d, attempt %d): ', generation, scheduled, "
                + "kind, number, attempt) FROM carillon_open_runs WHERE job = 'bad'")
        let column = damage.prefix { $0 != " " }
        let words = "an open run of it, in table carillon_open_runs \(key.first ?? "")\(column) "
        #expect(reason.hasPrefix(words), "\(reason)")
        #expect(try await store.absence(of: JobID("bad")).code == .jobUnreadable)
    }

    @Test("A listing of one state has none of them, and its pages are full all the same")
    func state() async throws {
        _ = try await store.insert(try TestJobs.jobs(30))
        try await TestJobs.pass(store, slots: 0)
        try harm("state_version = 0", where: "generation % 3 = 1")
        try RawDatabase(file.path).execute("UPDATE carillon_open_runs SET kind = 9 WHERE generation % 3 = 2")
        let good = try await TestJobs.ids(store)
        #expect(good.count == 10)
        for state in JobFilter.State.allCases {
            for start in [nil, JobCursor.beginningByDue] {
                var filter = JobFilter()
                filter.state = state
                var found: [JobListing] = []
                var page = Page(after: start, limit: 4)
                while true {
                    let next = try await store.jobs(filter, page: page)
                    found += next
                    guard next.count == page.limit else { break }
                    page.after = next.last?.cursor(byDue: start != nil)
                }
                #expect(found.map { $0.job?.id.description } == (state == .active ? good : []))
            }
        }
    }

    @Test("An id that is no text is listed once, and hides no job behind it", .timeLimit(.minutes(10)))
    func idWithoutText() async throws {
        _ = try await store.insert(try ["a", "b", "c", "ü"].map { try TestJobs.job($0) })
        let database = try RawDatabase(file.path)
        for table in ["carillon_jobs", "carillon_definitions"] {
            try database.execute("UPDATE \(table) SET id = CAST(x'80' AS TEXT) WHERE id = 'b'")
            try database.execute("UPDATE \(table) SET id = CAST(x'ff' AS TEXT) WHERE id = 'c'")
        }
        var active = JobFilter()
        active.state = .active
        for (limit, ids) in [(1, ["a"]), (2, ["a", "ü"]), (3, ["a", "ü"])] {
            let listed = try await store.jobs(active, page: Page(limit: limit))
            #expect(listed.map { $0.job?.id.description } == ids)
        }
        #expect(try await store.jobs(active, page: Page(after: .id("ü"), limit: 1)).isEmpty)
        var pages = JobPages(limit: 1)
        var count = 0
        while try await pages.next(of: store) != nil { count += 1 }
        #expect(count <= 4)
    }

    @Test("A job with a run that cannot be read has its id: no other store of the scheduler may have it")
    func idOfScheduler() async throws {
        _ = try await store.insert([try TestJobs.job("bad")])
        try await TestJobs.pass(store, slots: 0)
        try RawDatabase(file.path).execute("UPDATE carillon_open_runs SET kind = 9")
        let own = MemoryJobStore()
        _ = try await own.insert([try TestJobs.job("bad")])
        var options = SchedulerOptions()
        options.stores = ["default": own]
        let scheduler = AsyncScheduler(options)
        let refusal = await failure(.jobExists) { try await scheduler.addStore(store, as: "other") }
        #expect(refusal?.description.contains("both have a job 'bad'") == true)
    }

    @Test("What the bytes of a run are stored as is looked at, too", arguments: ["result", "log", "arguments"])
    func runBytes(_ column: String) async throws {
        _ = try await store.insert([try TestJobs.job("bad")])
        try await TestJobs.pass(store, slots: 0)
        let database = try RawDatabase(file.path)
        try database.execute("UPDATE carillon_open_runs SET \(column) = x'00ff'")
        #expect(try await TestJobs.ids(store) == ["bad"])
        try database.execute("UPDATE carillon_open_runs SET \(column) = 'text'")
        #expect(try await TestJobs.ids(store) == ["bad"])
        for value in ["7", "1.5"] {
            try database.execute("UPDATE carillon_open_runs SET \(column) = \(value)")
            guard case .unreadable("bad", _, let reason) = try await store.jobs(JobFilter(), page: Page()).first else {
                Issue.record("\(column) = \(value) is listed as if it could be read")
                continue
            }
            #expect(reason.contains("): \(column) "))
        }
    }

    @Test(
        "A history that no policy can ask for removes nothing, and keeps nobody else's",
        arguments: [
            "history_days = 9223372036854775807", "history_days = -9223372036854775808", "history_days = -1",
            "history_runs = -1", "history_runs = -9223372036854775808",
        ])
    func history(_ damage: String) async throws {
        let new = try ["bad", "good"].map { id in
            var job = try TestJobs.job(id).definition
            job.policies.history = History(runs: 0, days: 5)
            return NewJob(id: try JobID(id), definition: job, added: TestJobs.start)
        }
        _ = try await store.insert(new)
        var pass = StorePass(now: TestJobs.start, node: try NodeID("node"), tasks: [TaskName("work")])
        pass.completions = try await pass.run(on: store).taken.map {
            Completion(run: $0.id, fence: $0.fence, finished: TestJobs.start, result: .ended(.succeeded))
        }
        #expect(try await pass.run(on: store).statuses.count == 2)
        try harm(damage.hasPrefix("history_runs") ? damage : "history_runs = 1000, \(damage)", where: "id = 'bad'")
        #expect(try await store.prune(at: TestJobs.start) == 1)
        #expect(try await store.runs(RunFilter(), page: Page()).map(\.id.occurrence.job.description) == ["bad"])
    }

    @Test("Runs that cannot be read shorten no page")
    func page() async throws {
        _ = try await store.insert(try TestJobs.jobs(20))
        try await TestJobs.pass(store, slots: 0)
        try RawDatabase(file.path).execute("UPDATE carillon_open_runs SET state = 99 WHERE generation > 5")
        #expect(try await store.runs(RunFilter(), page: Page(limit: 5)).count == 5)
    }

    @Test("A row that is mended is a job again")
    func mended() async throws {
        _ = try await store.insert([try TestJobs.job("a")])
        let database = try RawDatabase(file.path)
        try database.execute("UPDATE carillon_jobs SET state = 7")
        #expect(try await TestJobs.pass(store).isEmpty)
        try database.execute("UPDATE carillon_jobs SET state = 0")
        #expect(try await TestJobs.ids(store) == ["a"])
        // A store that has not met it as unreadable finds it at once.
        #expect(try await TestJobs.pass(try await file.open()).count == 1)
    }
}
