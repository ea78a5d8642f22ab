import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

/// What a file of an older version holds is found and counted as if this version had written it.
@Suite("Upgrading what has ended")
struct ReadingMigrationTests {
    private let file: StoreFile

    init() throws { file = try StoreFile() }

    /// A file as the version before wrote it, with 2,400 ended runs of a job of each of two tasks, and of one that is gone.
    private func makeOldFile(before step: String) async throws {
        let steps = Array(SQLMigration.all.prefix { $0.name != step })
        try await SQLiteJobStore(path: file.path, migrations: steps, settings: []).close()
        let hasRemoved = steps.contains { $0.name == SQLMigration.removedJobs.name }
        let trigger = try TestJobs.job("one").job(generation: 1).definition.trigger.json.description
        let database = try RawDatabase(file.path)
        for (generation, id, task) in [(1, "one", "work"), (2, "two", "other")] {
            let time = TestJobs.start.microseconds
            try database.execute(
                """
                INSERT INTO carillon_jobs (generation, id, state, next_scheduled, next_due, added, definition_version,
                    state_version, task, history_runs, history_days\(hasRemoved ? ", removed" : ""))
                VALUES (\(generation), '\(id)', 0, \(time), \(time), \(time), 1, 1, '\(task)', 1000,
                    30\(hasRemoved ? ", 0" : ""));
                INSERT INTO carillon_definitions (generation, arguments, trigger_json, policies, tags, executor)
                VALUES (\(generation), '{}', '\(trigger)', '{}', '[]', 'default')
                """)
        }
        try database.execute("UPDATE carillon_counters SET value = 3 WHERE name = 'generation'")
        try database.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2399)
            INSERT INTO carillon_past_runs
            SELECT 1 + n % 3, \(TestJobs.start.microseconds) + n * 30000000, CASE WHEN n % 50 = 0 THEN 2 ELSE 0 END, 0,
                CASE WHEN n % 60 = 7 THEN 2 ELSE 1 END,
                CASE n % 3 WHEN 0 THEN 'one' WHEN 1 THEN 'two' ELSE 'gone' END,
                CASE WHEN n % 5 = 0 THEN 11 WHEN n % 17 = 0 THEN 12 WHEN n % 19 = 0 THEN 13 WHEN n % 23 = 0 THEN 14 ELSE 10 END,
                CASE WHEN n % 19 = 0 THEN NULL ELSE 'node ' || (n % 4) END,
                \(TestJobs.start.microseconds) + n * 30000000,
                \(TestJobs.start.microseconds) + n * 30000000 + CASE WHEN n % 60 = 7 THEN 2000000
                    WHEN n % 50 = 0 THEN 30000000 ELSE 0 END,
                1, 0, 0,
                CASE WHEN n % 19 = 0 THEN NULL
                    ELSE \(TestJobs.start.microseconds) + n * 30000000 + (n % 7) * (n % 7) * (n % 7) * 20000000 END,
                \(TestJobs.start.microseconds) + n * 30000000 + 4400000000,
                CASE WHEN n % 11 = 0 THEN 'special' END, NULL,
                CASE WHEN n % 5 = 0 THEN 'cannot read /tmp/' || n || ': no' END, NULL, NULL
            FROM numbers
            """)
    }

    private func everything(_ store: SQLiteJobStore) async throws -> [String] {
        var found: [String] = []
        for grouping in OutcomeGrouping.allCases {
            found += try await store.outcomeCounts(from: .earliest, through: .latest, task: nil, grouping: grouping)
                .map { "\($0)" }
        }
        // The example is the one that was written last, which depends on the order.
        found += try await store.failures(since: .earliest, task: nil, page: Page(limit: 1000)).map {
            "\($0.error) \($0.task?.description ?? "-") \($0.outcome) \($0.pattern) \($0.runs) \($0.first) \($0.last)"
        }
        for task in [nil, "work", "other", "special"] {
            for node in [nil, "node 1"] {
                for lateness in [Lateness.onTime, .minute, .hour] {
                    for outcomes: Set<Outcome> in [Set(Outcome.allCases), [.succeeded], [.cancelled, .lost]] {
                        var search = RunSearch()
                        search.task = try task.map(TaskName.init(_:))
                        search.node = try node.map(NodeID.init(_:))
                        search.lateness = lateness
                        search.outcomes = outcomes
                        let runs = try await store.endedRuns(search, page: Page(limit: 1000))
                        let outcome = outcomes.map(\.rawValue).sorted()
                        found.append("\(task ?? "") \(node ?? "") \(lateness) \(outcome): \(runs.map(\.id))")
                    }
                }
            }
        }
        return found
    }

    /// The steps before which files are made: before both of the last ones, and between them.
    private static let steps = [SQLMigration.removedJobs.name, SQLMigration.reading.name]

    @Test("An upgraded file answers what a new one does that was given the same runs", arguments: steps)
    func upgrade(step: String) async throws {
        try await makeOldFile(before: step)
        let upgraded = try await file.open()
        let new = try StoreFile()
        let store = try await new.open()
        var cursor: TransferCursor?
        repeat {
            let page = try await upgraded.exportPart(from: cursor, limit: 700)
            #expect(page.left.isEmpty)
            #expect(try await store.importItems(page.items).allSatisfy { $0 == .written })
            cursor = page.next
        } while cursor != nil
        let digest = try await upgraded.transferDigest()
        #expect(try await store.transferDigest() == digest)
        #expect(digest.runs.count == 2400)
        #expect(try await everything(upgraded) == everything(store))
    }

    @Test("Its runs are counted and grouped, with the task of their job where that is there")
    func counts() async throws {
        try await makeOldFile(before: SQLMigration.removedJobs.name)
        let store = try await file.open()
        let counts = try await store.outcomeCounts(from: .earliest, through: .latest, task: nil, grouping: .byTask)
        #expect(counts.reduce(0) { $0 + $1.runs } == 2400)
        var byTask: [String: Int] = [:]
        for count in counts { byTask[count.task?.description ?? "", default: 0] += count.runs }
        // Every eleventh run had a task of its own.
        #expect(byTask == ["special": 219, "work": 727, "other": 727, "": 727])
        let failures = try await store.failures(since: .earliest, task: nil, page: Page(limit: 100))
        #expect(failures.filter { $0.outcome == .failed }.reduce(0) { $0 + $1.runs } == 480)
        #expect(Set(failures.filter { $0.outcome == .failed }.map(\.pattern)) == ["cannot read <path>: no"])
        var search = RunSearch()
        search.error = ErrorFingerprint(.failed, "cannot read /x: no")
        #expect(try await store.endedRuns(search, page: Page(limit: 1000)).count == 480)
    }

    @Test("Whatever reads answers while another program keeps the file locked for writing")
    func reading() async throws {
        try await makeOldFile(before: SQLMigration.removedJobs.name)
        let store = try await file.open()
        let raw = try RawDatabase(file.path)
        try raw.execute("BEGIN IMMEDIATE")
        #expect(try await everything(store).count > 72)
        #expect(try await store.latestRuns(of: [JobID("one")], limit: 5).count == 1)
        #expect(try await store.auditEntries(AuditFilter(), page: Page()) == [])
        #expect(try await store.exportPart(from: nil, limit: 10).items.count == 2)
        #expect(await failure(.storeUnavailable) { try await store.append([Self.entry]) } != nil)
        try raw.execute("ROLLBACK")
        #expect(try await store.append([Self.entry]) == [1])
    }

    private static let entry = AuditEntry(
        actor: "ann", time: TestJobs.start, action: "run", object: AuditEntry.Object(kind: "job", id: "one"))
}
