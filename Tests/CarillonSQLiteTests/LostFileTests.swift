import Carillon
import CarillonSQLite
import CarillonTesting
import Foundation
import Testing

/// What may become of a file while it is open.
@Suite("A file that is moved, removed or replaced while it is open")
struct LostFileTests {
    private let file: StoreFile
    private let store: SQLiteJobStore

    init() async throws {
        file = try StoreFile()
        store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(2))
    }

    /// What somebody does to the files of a store.
    enum Loss: CaseIterable {
        case removed, removedAlone, moved, movedAlone, replaced, replacedAlone, folderMoved, logRemoved, logReplaced

        /// What the error says of it, and of which of the files.
        var words: (file: String, what: String) {
            switch self {
            case .removed, .removedAlone, .moved, .movedAlone, .folderMoved: ("", "was moved or removed")
            case .replaced, .replacedAlone: ("", "was replaced by another file")
            case .logRemoved: ("-wal", "was moved or removed")
            case .logReplaced: ("-wal", "was replaced by another file")
            }
        }
    }

    private static let suffixes = ["", "-wal", "-shm"]

    private func files(_ suffixes: [String]) -> [String] { suffixes.map { file.path + $0 } }

    private func remove(_ paths: [String]) throws {
        for path in paths { try FileManager.default.removeItem(atPath: path) }
    }

    private func move(_ paths: [String], _ old: String, _ new: String) throws {
        for path in paths {
            try FileManager.default.moveItem(
                atPath: path, toPath: path.replacingOccurrences(of: old, with: new))
        }
    }

    private func lose(_ loss: Loss) async throws {
        let backup = file.folder + "/backup.sqlite3"
        switch loss {
        case .removed: try remove(files(Self.suffixes))
        case .removedAlone: try remove(files([""]))
        case .moved: try move(files(Self.suffixes), "jobs.sqlite3", "away.sqlite3")
        case .movedAlone: try move(files([""]), "jobs.sqlite3", "away.sqlite3")
        case .replaced, .replacedAlone:
            try await store.backup(to: backup)
            if loss == .replaced { try remove(files(["-wal", "-shm"])) }
            try #require(rename(backup, file.path) == 0)
        case .folderMoved: try move([file.folder], "carillon-", "carillon-away-")
        case .logRemoved: try remove(files(["-wal"]))
        case .logReplaced:
            try FileManager.default.copyItem(atPath: file.path + "-wal", toPath: backup)
            try #require(rename(backup, file.path + "-wal") == 0)
        }
    }

    private func report() throws -> NodeReport {
        NodeReport(id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [TaskName("work")])
    }

    @Test("Whatever writes is refused with what happened, where, and what to do", arguments: Loss.allCases)
    func refusal(_ loss: Loss) async throws {
        try await lose(loss)
        let away = file.folder.replacing("carillon-", with: "carillon-away-")
        defer { try? FileManager.default.removeItem(atPath: away) }
        let calls: [(String, () async throws -> Void)] = [
            ("insert", { [store] in _ = try await store.insert([try TestJobs.job("new")]) }),
            ("pass", { [store] in try await TestJobs.pass(store) }),
            ("remove", { [store] in _ = try await store.remove([JobID("job 0")], at: TestJobs.start) }),
            ("heartbeat", { [store] in _ = try await store.heartbeat(try report()) }),
            ("forget", { [store] in try await store.forget([try NodeID("other")]) }),
            ("run now", { [store] in try await store.runNow(JobID("job 0"), at: TestJobs.start) }),
            ("trial", { [store] in try await store.tryWriting() }),
        ]
        let (suffix, what) = loss.words
        let words = [
            "the job store \(file.path) is not written any more: ", "\(file.path)\(suffix) \(what) while it was open; ",
            "put the same file back, or stop this program and start it again; ",
            "to restore a backup, stop all servers first",
        ]
        for (name, call) in calls {
            let error = await failure(.storeFailed, call)
            let reason = error?.reason ?? "no such error"
            #expect(words.allSatisfy(reason.contains), "\(name): \(reason)")
        }
        // Looking goes on, so that what was there can still be exported.
        #expect(try await TestJobs.ids(store) == ["job 0", "job 1"])
        await store.close()
    }

    @Test(
        "Where the same file is put back it goes on, with nothing written meanwhile",
        arguments: [Loss.moved, .movedAlone])
    func putBack(_ loss: Loss) async throws {
        try await lose(loss)
        #expect(await failure(.storeFailed) { try await store.insert([try TestJobs.job("refused")]) } != nil)
        #expect(await failure(.storeFailed) { try await TestJobs.pass(store) } != nil)
        let away = files(loss == .moved ? Self.suffixes : [""])
            .map { $0.replacingOccurrences(of: "jobs.sqlite3", with: "away.sqlite3") }
        try move(away, "away.sqlite3", "jobs.sqlite3")
        #expect(try await store.insert([try TestJobs.job("taken")]).compactMap(\.self).count == 1)
        #expect(try await TestJobs.pass(store).count == 3)
        #expect(try await TestJobs.ids(try await file.open()) == ["job 0", "job 1", "taken"])
    }

    @Test("A store that is opened on the path meanwhile is alone there, also when the first is closed")
    func second() async throws {
        try await lose(.removed)
        let second = try await file.open()
        #expect(try await TestJobs.ids(second) == [])
        _ = try await second.insert([try TestJobs.job("new")])
        #expect(await failure(.storeFailed) { try await TestJobs.pass(store) } != nil)
        await store.close()
        _ = try await second.insert([try TestJobs.job("newer")])
        // As another process sees it: the log of the second is still where it looks.
        #expect(try await TestJobs.ids(try await SQLiteJobStore(readingOnly: file.path)) == ["new", "newer"])
        #expect(try await TestJobs.pass(second).count == 2)
        await second.close()
        #expect(try RawDatabase(file.path).texts("PRAGMA integrity_check") == ["ok"])
    }

    @Test("A link that leads elsewhere by now is another file; one that leads to the same is not")
    func link() async throws {
        let link = file.folder + "/link"
        func point(to target: String) throws {
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        }
        try point(to: file.path)
        let linked = try await SQLiteJobStore(path: link)
        #expect(try await linked.insert([try TestJobs.job("by link")]).compactMap(\.self).count == 1)
        try await store.backup(to: file.folder + "/backup.sqlite3")
        try point(to: file.folder + "/backup.sqlite3")
        let error = await failure(.storeFailed) { try await linked.insert([try TestJobs.job("refused")]) }
        #expect(error?.reason.contains("\(link) was replaced by another file") == true, "\(String(describing: error))")
        // Whoever named the file itself has it still.
        #expect(try await store.insert([try TestJobs.job("by name")]).compactMap(\.self).count == 1)
        try point(to: "jobs.sqlite3")
        #expect(try await linked.insert([try TestJobs.job("again")]).compactMap(\.self).count == 1)
    }

    @Test("Whoever only looks is not disturbed")
    func looking() async throws {
        let looking = try await SQLiteJobStore(readingOnly: file.path)
        try await lose(.moved)
        #expect(try await TestJobs.ids(looking) == ["job 0", "job 1"])
        #expect(try await looking.find(JobQuery(now: TestJobs.start)).isEmpty)
    }
}
