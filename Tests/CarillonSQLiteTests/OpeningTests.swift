import Carillon
import CarillonSQLite
import CarillonTesting
import Foundation
import Testing

@Suite("Opening a file")
struct OpeningTests {
    private let file: StoreFile

    init() throws { file = try StoreFile() }

    @Test("A new file is its owner's alone, and so are its companions")
    func permissions() async throws {
        let store = try await file.open()
        _ = try await store.insert([try TestJobs.job("a")])
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
    }

    @Test("What was acknowledged is there when the file is opened again")
    func reopening() async throws {
        let first = try await file.open()
        _ = try await first.insert(try TestJobs.jobs(3))
        await first.close()
        #expect(try await TestJobs.ids(try await file.open()) == ["job 0", "job 1", "job 2"])
    }

    /// As others do who make the same new file.
    @Test(
        "A new file that another program reads or writes at that moment is waited for",
        arguments: ["BEGIN", "BEGIN IMMEDIATE"])
    func usedMeanwhile(_ beginning: String) async throws {
        let other = try RawDatabase(file.path)
        try other.execute("CREATE TABLE other (value)")
        try other.execute(beginning)
        // A reader keeps the file from getting its log, and for a writer SQLite calls no busy handler then.
        #expect(try other.texts("SELECT count(*) FROM other") == ["0"])
        let began = ContinuousClock.now
        #expect(await failure(.storeUnavailable) { try await file.open() } != nil)
        #expect(ContinuousClock.now - began >= .milliseconds(200), "the lock timeout of the store")

        try other.execute("COMMIT")
        #expect(try await TestJobs.ids(try await file.open()).isEmpty)
    }

    @Test("A store that is closed says so")
    func closed() async throws {
        let store = try await file.open()
        await store.close()
        await store.close()
        let error = await failure(.storeUnavailable) { try await store.insert([]) }
        #expect(error?.reason.contains("closed") == true)
    }

    @Test("Closing leaves one file behind")
    func companions() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        await store.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: file.folder) == ["jobs.sqlite3"])
    }

    @Test("A folder that is missing is named, with what to do")
    func missingFolder() async throws {
        let path = file.folder + "/nowhere/jobs.sqlite3"
        let error = await failure(.storeUnavailable) { try await SQLiteJobStore(path: path) }
        #expect(error?.reason.contains("\(path) cannot be opened; check that its folder exists") == true)
    }

    @Test("A folder in place of a file is refused")
    func folder() async throws {
        let folder = file.folder
        #expect(await failure(.storeUnavailable) { try await SQLiteJobStore(path: folder) } != nil)
    }

    @Test("Paths that SQLite would take for something else", arguments: ["", ":memory:"])
    func noFile(path: String) async throws {
        #expect(await failure(.unsupported) { try await SQLiteJobStore(path: path) } != nil)
    }

    @Test("A file that is no database is refused, and left as it is")
    func foreignFile() async throws {
        let text = String(repeating: "These are my notes, not a database.\n", count: 100)
        try text.write(toFile: file.path, atomically: true, encoding: .utf8)
        let error = await failure(.storeCorrupt) { try await file.open() }
        #expect(error?.reason.contains("is not an SQLite database") == true)
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == text)
    }

    @Test("A damaged file is refused when the damage is met, with what to do")
    func damage() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(200))
        await store.close()
        let handle = try #require(FileHandle(forUpdatingAtPath: file.path))
        let size = try handle.seekToEnd()
        for page in stride(from: UInt64(4096 * 4), to: size, by: 4096) {
            try handle.seek(toOffset: page)
            try handle.write(contentsOf: Data(repeating: 0xA5, count: 64))
        }
        try handle.close()
        let error = await failure(.storeCorrupt) {
            let store = try await file.open()
            _ = try await TestJobs.pass(store)
        }
        #expect(error?.reason.contains("restore a backup") == true)
    }

    @Test("A file that another program has locked is waited for, then refused with what to do")
    func locked() async throws {
        let store = try await file.open()
        let other = try RawDatabase(file.path)
        try other.execute("BEGIN IMMEDIATE")
        let error = await failure(.storeUnavailable) { try await store.insert([try TestJobs.job("a")]) }
        #expect(error?.reason.contains("locked by another program; try again") == true)
        // Whoever only reads does not wait.
        #expect(try await TestJobs.ids(store) == [])
        try other.execute("COMMIT")
        #expect(try await store.insert([try TestJobs.job("a")]).count { $0 != nil } == 1)
    }

    @Test("A store that may not be written says so, and can still be read")
    func readOnly() async throws {
        let first = try await file.open()
        _ = try await first.insert(try TestJobs.jobs(2))
        let store = try await SQLiteJobStore(path: file.path, settings: ["PRAGMA query_only = 1"])
        let error = await failure(.storeReadOnly) { try await store.insert([try TestJobs.job("a")]) }
        #expect(error?.reason.contains("cannot be written; check the permissions") == true)
        #expect(try await TestJobs.ids(store) == ["job 0", "job 1"])
    }

    @Test("A file without permission to write is refused", .enabled(if: geteuid() != 0, "root may write any file"))
    func permissionDenied() async throws {
        await (try await file.open()).close()
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: file.path)
        #expect(await failure(.storeReadOnly) { try await file.open() } != nil)
    }

    @Test("A full disk refuses what does not fit, and loses nothing")
    func full() async throws {
        let store = try await SQLiteJobStore(path: file.path, settings: ["PRAGMA max_page_count = 100"])
        var added = 0
        var error: CarillonError?
        while error == nil, added < 100_000 {
            let jobs = try (added..<(added + 50)).map { try TestJobs.job("job \($0)") }
            do throws(CarillonError) {
                added += try await store.insert(jobs).count { $0 != nil }
            } catch let failure {
                error = failure
            }
        }
        #expect(error?.code == .storeFull)
        #expect(error?.reason.contains("free space on its disk") == true)
        #expect(added > 0)
        #expect(try RawDatabase(file.path).texts("SELECT count(*) FROM carillon_jobs") == ["\(added)"])
        // With room again the same call goes through.
        let roomy = try await file.open()
        #expect(try await roomy.insert(try TestJobs.jobs(added + 50)).count { $0 != nil } == 50)
        #expect(try RawDatabase(file.path).texts("PRAGMA integrity_check") == ["ok"])
    }
}
