import Carillon
import CarillonSQLite
import CarillonTesting
import Foundation
import Testing

@Suite("Backup")
struct BackupTests {
    private let file: StoreFile
    private var target: String { file.folder + "/backup.sqlite3" }

    init() throws { file = try StoreFile() }

    @Test("A backup has all that was acknowledged before, and is of one moment while others write")
    func whileWriting() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(2000))
        let target = target
        async let writing: Void = {
            for round in 0..<20 { try await TestJobs.pass(store, after: Int64(round) * 60) }
        }()
        try await store.backup(to: target)
        try await writing
        let copy = try await SQLiteJobStore(path: target)
        var query = JobQuery(now: TestJobs.start)
        query.ids = try (0..<2000).map { try JobID("job \($0)") }
        let found = try await copy.find(query)
        #expect(found.count == 2000)
        let database = try RawDatabase(target)
        #expect(try database.texts("PRAGMA integrity_check") == ["ok"])
        // Each pass fires a thousand jobs or none: anything else would be two moments.
        let versions = found.reduce(0) { $0 + Int($1.job.stateVersion) - 1 }
        #expect(versions.isMultiple(of: 1000))
    }

    @Test("A backup can be gone on with by itself")
    func isAStore() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        try await store.backup(to: target)
        let copy = try await SQLiteJobStore(path: target)
        #expect(try await copy.remove([JobID("job 0")], at: TestJobs.start) == [true])
        #expect(try await TestJobs.ids(copy) == ["job 1", "job 2"])
        #expect(try await TestJobs.ids(store) == ["job 0", "job 1", "job 2"])
    }

    @Test("An older backup is replaced by a complete one, readable for its owner alone")
    func replacing() async throws {
        let store = try await file.open()
        try await store.backup(to: target)
        _ = try await store.insert(try TestJobs.jobs(1))
        try await store.backup(to: target)
        #expect(try await TestJobs.ids(try await SQLiteJobStore(path: target)) == ["job 0"])
        #expect(try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o600)
    }

    @Test("Another program's database is left alone")
    func foreignDatabase() async throws {
        let store = try await file.open()
        let foreign = try RawDatabase(target)
        try foreign.execute("CREATE TABLE users (name)")
        try foreign.execute("INSERT INTO users VALUES ('Ada')")
        await #expect(throws: CarillonError.self) { try await store.backup(to: target) }
        #expect(try RawDatabase(target).texts("SELECT name FROM users") == ["Ada"])
        #expect(try await !SQLiteJobStore.isJobStore(at: target))
        #expect(try await SQLiteJobStore.isJobStore(at: file.path))
    }

    @Test("A store is not backed up to itself, whatever name leads to it")
    func itself() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(2))
        let (link, hard) = (file.folder + "/link", file.folder + "/hard")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
        try FileManager.default.linkItem(atPath: file.path, toPath: hard)
        for path in [file.path, file.folder + "/./jobs.sqlite3", link, hard, file.path + "-wal", file.path + "-shm"] {
            let error = await failure(.unsupported) { try await store.backup(to: path) }
            #expect(error?.reason.contains("itself; give a backup a file of its own") == true, "\(path)")
        }
        #expect(try await TestJobs.ids(try await file.open()) == ["job 0", "job 1"])
    }

    @Test("A database with a log beside it is not replaced: the log would be played into the backup")
    func withLog() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(1))
        let other = try await SQLiteJobStore(path: target)
        _ = try await other.insert([try TestJobs.job("theirs")])
        // As after a crash: the log stays, and nobody has the file open.
        let left = file.folder + "/left.sqlite3"
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: target + suffix, toPath: left + suffix) }
        for path in [target, left] {
            let error = await failure(.storeUnavailable) { try await store.backup(to: path) }
            #expect(error?.reason.contains("its log \(path)-wal would be played into the backup") == true)
        }
        #expect(try await TestJobs.ids(other) == ["theirs"])
        #expect(try await TestJobs.ids(try await SQLiteJobStore(path: left)) == ["theirs"])
        await other.close()
        try await store.backup(to: target)
        #expect(try await TestJobs.ids(try await SQLiteJobStore(path: target)) == ["job 0"])
    }

    @Test("Backups to one target at the same time do not meet")
    func together() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(2000))
        let target = target
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { try await store.backup(to: target) } }
            try await group.waitForAll()
        }
        let database = try RawDatabase(target)
        #expect(try database.texts("PRAGMA integrity_check") == ["ok"])
        #expect(try database.texts("SELECT count(*) FROM carillon_jobs") == ["2000"])
        let files = try FileManager.default.contentsOfDirectory(atPath: file.folder)
        #expect(files.filter { $0.contains("partial") } == [])
    }

    @Test("A backup that cannot be written leaves nothing behind, and the store as it is")
    func failing() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(1))
        let missing = file.folder + "/nowhere/backup.sqlite3"
        let error = await failure(.storeUnavailable) { try await store.backup(to: missing) }
        #expect(error?.reason.contains(missing) == true)
        let folder = file.folder + "/folder"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        #expect(await failure(.unsupported) { try await store.backup(to: folder) } != nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: file.folder).filter { $0.contains("partial") } == [])
        #expect(try await TestJobs.ids(store) == ["job 0"])
    }
}
