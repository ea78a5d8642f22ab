import Carillon
import CarillonSQLite
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
        _ = try await store.insert(try StoreFile.jobs(2000))
        let target = target
        async let writing: Void = {
            for round in 0..<20 { try await StoreFile.pass(store, after: Int64(round) * 60) }
        }()
        try await store.backup(to: target)
        try await writing
        let copy = try await SQLiteJobStore(path: target)
        var query = JobQuery(now: StoreFile.start)
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
        _ = try await store.insert(try StoreFile.jobs(3))
        try await store.backup(to: target)
        let copy = try await SQLiteJobStore(path: target)
        #expect(try await copy.remove([try JobID("job 0")], at: StoreFile.start) == [true])
        #expect(try await StoreFile.ids(copy) == ["job 1", "job 2"])
        #expect(try await StoreFile.ids(store) == ["job 0", "job 1", "job 2"])
    }

    @Test("An older backup is replaced by a complete one, readable for its owner alone")
    func replacing() async throws {
        let store = try await file.open()
        try await store.backup(to: target)
        _ = try await store.insert(try StoreFile.jobs(1))
        try await store.backup(to: target)
        #expect(try await StoreFile.ids(try await SQLiteJobStore(path: target)) == ["job 0"])
        #expect(try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o600)
    }

    @Test("A backup that cannot be written leaves nothing behind, and the store as it is")
    func failing() async throws {
        let store = try await file.open()
        _ = try await store.insert(try StoreFile.jobs(1))
        let missing = file.folder + "/nowhere/backup.sqlite3"
        let error = await failure(.storeUnavailable) { try await store.backup(to: missing) }
        #expect(error?.reason.contains(missing) == true)
        let folder = file.folder + "/folder"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        #expect(await failure(.storeUnavailable) { try await store.backup(to: folder) } != nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: file.folder).filter { $0.contains("partial") } == [])
        #expect(try await StoreFile.ids(store) == ["job 0"])
    }
}
