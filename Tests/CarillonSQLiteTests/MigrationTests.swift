import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

@Suite("Migrations")
struct MigrationTests {
    private let file: StoreFile

    init() throws { file = try StoreFile() }

    private func schema() throws -> [String] {
        try RawDatabase(file.path).texts("SELECT name || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
    }

    @Test("An old file is upgraded in place, and keeps what it has", arguments: 0..<SQLMigration.all.count)
    func upgrade(steps: Int) async throws {
        let old = Array(SQLMigration.all.prefix(max(steps, 1)))
        try await SQLiteJobStore(path: file.path, migrations: old, settings: []).close()
        let areOrphans = try areOrphans
        try fill()

        let store = try await file.open()
        var query = JobQuery(now: TestJobs.start)
        query.ids = try (1...5).map { try JobID("job \($0)") }
        let found = try await store.find(query)
        #expect(found.count == 5)
        #expect(found.flatMap(\.open).count { $0.isInstance } == 5)
        #expect(try await TestJobs.ids(store) == query.ids.map(\.description))
        for id in query.ids {
            var filter = JobFilter()
            filter.text = id.description
            let listed = try await store.jobs(filter, page: Page())
            #expect(listed.contains { if case .job(let job) = $0 { job.id == id } else { false } }, "\(id) by its text")
        }
        if areOrphans { try await endOrphans(store) }
        let names = try RawDatabase(file.path).texts("SELECT name FROM carillon_migrations ORDER BY position")
        #expect(names == SQLMigration.all.map(\.name))
        let upgraded = try schema()
        let new = try StoreFile()
        _ = try await new.open()
        let fresh = try RawDatabase(new.path).texts(
            "SELECT name || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        #expect(upgraded == fresh)
    }

    /// Whether the file is of a schema in which removed jobs left their runs behind.
    private var areOrphans: Bool {
        get throws {
            try !RawDatabase(file.path).texts(
                "SELECT name FROM pragma_table_info('carillon_open_runs') WHERE name = 'orphaned'"
            ).isEmpty
        }
    }

    /// Five jobs with a run each, two of which a node has taken, and runs of jobs that were removed, as older versions
    /// wrote them.
    private func fill() throws {
        let database = try RawDatabase(file.path)
        let areOrphans = try areOrphans
        let time = TestJobs.start.microseconds
        let trigger = try TestJobs.job("job 1").job(generation: 1).definition.trigger.json.description
        func addRun(_ generation: Int, _ job: String, running: Bool, at scheduled: Int64, orphaned: Int = 0) throws {
            try database.execute(
                """
                INSERT INTO carillon_open_runs (generation, scheduled, kind, number, attempt, job, state, node, due,
                    available, fence, recoveries, cancel_requested, started, takeable, ready_task,
                    priority\(areOrphans ? ", orphaned" : ""))
                VALUES (\(generation), \(scheduled), 0, 0, 1, '\(job)', \(running ? "2, 'node'" : "1, NULL"),
                    \(scheduled), \(scheduled), \(running ? 1 : 0), 0, 0, \(running ? "\(time)" : "NULL"),
                    \(running ? 0 : 1), 'work', 0\(areOrphans ? ", \(orphaned)" : ""))
                """)
        }
        let isLean = try !database.texts(
            "SELECT name FROM pragma_table_info('carillon_definitions') WHERE name = 'removed'"
        ).isEmpty
        for number in 1...5 {
            let inDefinitions = isLean ? "id, task, removed, history_runs, history_days, added, " : ""
            let inJobs = isLean ? "" : "added, history_runs, history_days, \(areOrphans ? "" : "removed, ")"
            try database.execute(
                """
                INSERT INTO carillon_jobs (\(inJobs)generation, id, state, next_scheduled, next_due, definition_version,
                    state_version, task)
                VALUES (\(isLean ? "" : "\(time), 1000, 30, \(areOrphans ? "" : "0, ")")\(number), 'job \(number)', 0,
                    \(time + 60_000_000), \(time + 60_000_000), 1, 2, 'work');
                INSERT INTO carillon_definitions (\(inDefinitions)generation, arguments, trigger_json, policies, tags, executor)
                VALUES (\(isLean ? "'job \(number)', 'work', 0, 1000, 30, \(time), " : "")\(number), '{}', '\(trigger)', '{}',
                    '[]', 'default')
                """)
            try addRun(number, "job \(number)", running: number < 3, at: time)
        }
        // As versions made it that had it.
        let applied = try database.texts("SELECT name FROM carillon_migrations")
        if applied.contains("index of texts in ids"), !applied.contains(SQLMigration.noJobTexts.name) {
            try database.execute(
                """
                CREATE VIRTUAL TABLE carillon_job_texts USING fts5
                    (id, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1');
                CREATE VIRTUAL TABLE carillon_job_triples USING fts5vocab (carillon_job_texts, row);
                INSERT INTO carillon_job_texts (rowid, id) SELECT generation, id || char(1, 1) FROM carillon_jobs
                """)
        }
        try database.execute("UPDATE carillon_counters SET value = 7 WHERE name = 'generation'")
        guard areOrphans else { return }
        try addRun(6, "gone", running: true, at: time, orphaned: 1)
        try addRun(6, "gone", running: true, at: time + 60_000_000, orphaned: 1)
        try addRun(7, "job 1", running: true, at: time, orphaned: 1)
    }

    /// Ends the runs of removed jobs that `fill` has left, each in another way.
    private func endOrphans(_ store: SQLiteJobStore) async throws {
        let units = [UnitKey(JobID("gone"), generation: 6), UnitKey(JobID("job 1"), generation: 7)]
        var query = JobQuery(now: TestJobs.start)
        query.units = units
        let found = try await store.find(query)
        #expect(found.map(\.job.unit) == units)
        #expect(found.filter { !$0.isRemoved }.isEmpty)
        #expect(found.map(\.open.count) == [2, 1])
        let first = try #require(found.first?.open.min { $0.due < $1.due })
        var pass = StorePass(now: TestJobs.start, node: try NodeID("other"), tasks: [])
        pass.completions = [
            Completion(run: first.id, fence: first.fence, finished: TestJobs.start, result: .ended(.succeeded))
        ]
        #expect(try await pass.run(on: store).refused.isEmpty)
        #expect(try await store.run(first.id)?.state == .finished(.succeeded))
        let cancelled = try #require(found.last?.open.first?.id)
        #expect(try await store.cancel(cancelled, at: TestJobs.start))
        pass.completions = []
        pass.dead = [try NodeID("node")]
        _ = try await pass.run(on: store)
        var filter = RunFilter()
        filter.job = JobID("gone")
        #expect(try await store.runs(filter, page: Page()).map(\.state) == [.finished(.lost), .finished(.succeeded)])
        #expect(try await store.run(cancelled)?.state == .finished(.cancelled))
        #expect(try await store.find(query).isEmpty)
        #expect(try RawDatabase(file.path).texts("SELECT count(*) FROM carillon_definitions") == ["5"])
        let anew = try await store.insert([try TestJobs.job("gone")]).compactMap(\.self)
        #expect(anew.map(\.generation) == [8])
    }

    @Test("A newer file is refused by name of what is not known, and left as it is")
    func newer() async throws {
        let added = SQLMigration("colours of jobs") { _ in ["ALTER TABLE carillon_jobs ADD COLUMN colour TEXT"] }
        let newer = try await SQLiteJobStore(path: file.path, migrations: SQLMigration.all + [added], settings: [])
        _ = try await newer.insert(try TestJobs.jobs(2))
        let before = try schema()
        let error = await failure(.storeTooNew) { try await file.open() }
        #expect(error?.reason.contains("newer version of Carillon: it has the migration 'colours of jobs'") == true)
        #expect(error?.reason.contains("use that version") == true)
        #expect(try schema() == before)
        #expect(try await TestJobs.ids(newer).count == 2)
    }

    @Test(
        "Whoever has a file open that a newer version upgrades writes to it no more",
        arguments: ["ALTER TABLE carillon_jobs ADD COLUMN colour TEXT", "UPDATE carillon_jobs SET task = 'other'"])
    func upgradedWhileOpen(step: String) async throws {
        let old = try await file.open()
        _ = try await old.insert(try TestJobs.jobs(2))
        let added = SQLMigration("colours of jobs") { _ in [step] }
        let newer = try await SQLiteJobStore(path: file.path, migrations: SQLMigration.all + [added], settings: [])
        let error = await failure(.storeTooNew) { try await old.insert([try TestJobs.job("another")]) }
        #expect(error?.reason.contains("newer version of Carillon: it has the migration 'colours of jobs'") == true)
        #expect(await failure(.storeTooNew) { try await TestJobs.pass(old) } != nil)
        #expect(await failure(.storeTooNew) { try await old.remove([JobID("job 0")], at: TestJobs.start) } != nil)
        #expect(try await newer.insert([try TestJobs.job("new")]).count { $0 != nil } == 1)
        #expect(try await TestJobs.ids(newer) == ["job 0", "job 1", "new"])
    }

    @Test("A step that fails leaves the file as it was")
    func failing() async throws {
        let broken = SQLMigration("broken") { _ in ["CREATE TABLE carillon_extra (id TEXT)", "NONSENSE"] }
        await (try await file.open()).close()
        let before = try schema()
        let path = file.path
        #expect(
            await failure(.storeFailed) {
                try await SQLiteJobStore(path: path, migrations: SQLMigration.all + [broken], settings: [])
            } != nil)
        #expect(try schema() == before)
        #expect(try await file.open().insert(try TestJobs.jobs(1)).count == 1)
    }

    @Test("Many may open a new file at once: it is filled once")
    func together() async throws {
        let path = file.path
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let store = try await SQLiteJobStore(path: path)
                    return try await store.insert([try TestJobs.job("job \(number)")]).count { $0 != nil }
                }
            }
            var added = 0
            for try await count in group { added += count }
            #expect(added == 8)
        }
        let applied = try RawDatabase(path).texts("SELECT name FROM carillon_migrations ORDER BY position")
        #expect(applied == SQLMigration.all.map(\.name))
    }

    @Test("Tables of others in the same file are left alone")
    func sharedFile() async throws {
        try RawDatabase(file.path).execute("CREATE TABLE jobs (id TEXT); INSERT INTO jobs VALUES ('mine')")
        _ = try await file.open().insert(try TestJobs.jobs(1))
        #expect(try RawDatabase(file.path).texts("SELECT id FROM jobs") == ["mine"])
    }
}
