import Carillon
import CarillonSQL
import CarillonSQLite
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
        let before = try await SQLiteJobStore(path: file.path, migrations: old, settings: [])
        let added = try await before.insert(try StoreFile.jobs(5))
        try await StoreFile.pass(before, slots: 2)
        await before.close()

        let store = try await file.open()
        var query = JobQuery(now: StoreFile.start)
        query.ids = added.compactMap { $0?.id }
        let found = try await store.find(query)
        #expect(found.count == 5)
        #expect(found.flatMap(\.open).count { $0.isInstance } == 5)
        for id in query.ids {
            var filter = JobFilter()
            filter.text = id.description
            let listed = try await store.jobs(filter, page: Page())
            #expect(listed.contains { if case .job(let job) = $0 { job.id == id } else { false } }, "\(id) by its text")
        }
        let names = try RawDatabase(file.path).texts("SELECT name FROM carillon_migrations ORDER BY position")
        #expect(names == SQLMigration.all.map(\.name))
        let upgraded = try schema()
        let new = try StoreFile()
        _ = try await new.open()
        let fresh = try RawDatabase(new.path).texts(
            "SELECT name || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        #expect(upgraded == fresh)
    }

    @Test("A newer file is refused by name of what is not known, and left as it is")
    func newer() async throws {
        let added = SQLMigration("colours of jobs") { _ in ["ALTER TABLE carillon_jobs ADD COLUMN colour TEXT"] }
        let newer = try await SQLiteJobStore(path: file.path, migrations: SQLMigration.all + [added], settings: [])
        _ = try await newer.insert(try StoreFile.jobs(2))
        let before = try schema()
        let error = await failure(.storeTooNew) { try await file.open() }
        #expect(error?.reason.contains("newer version of Carillon: it has the migration 'colours of jobs'") == true)
        #expect(error?.reason.contains("use that version") == true)
        #expect(try schema() == before)
        #expect(try await StoreFile.ids(newer).count == 2)
    }

    @Test(
        "Whoever has a file open that a newer version upgrades writes to it no more",
        arguments: ["ALTER TABLE carillon_jobs ADD COLUMN colour TEXT", "UPDATE carillon_jobs SET task = 'other'"])
    func upgradedWhileOpen(step: String) async throws {
        let old = try await file.open()
        _ = try await old.insert(try StoreFile.jobs(2))
        let added = SQLMigration("colours of jobs") { _ in [step] }
        let newer = try await SQLiteJobStore(path: file.path, migrations: SQLMigration.all + [added], settings: [])
        let error = await failure(.storeTooNew) { try await old.insert([try StoreFile.job("another")]) }
        #expect(error?.reason.contains("newer version of Carillon: it has the migration 'colours of jobs'") == true)
        #expect(await failure(.storeTooNew) { try await StoreFile.pass(old) } != nil)
        #expect(await failure(.storeTooNew) { try await old.remove([try JobID("job 0")], at: StoreFile.start) } != nil)
        #expect(try await newer.insert([try StoreFile.job("new")]).count { $0 != nil } == 1)
        #expect(try await StoreFile.ids(newer) == ["job 0", "job 1", "new"])
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
        #expect(try await file.open().insert(try StoreFile.jobs(1)).count == 1)
    }

    @Test("Many may open a new file at once: it is filled once")
    func together() async throws {
        let path = file.path
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let store = try await SQLiteJobStore(path: path)
                    return try await store.insert([try StoreFile.job("job \(number)")]).count { $0 != nil }
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
        _ = try await file.open().insert(try StoreFile.jobs(1))
        #expect(try RawDatabase(file.path).texts("SELECT id FROM jobs") == ["mine"])
    }
}
