#if Command
import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

@Suite("Migrations that are interrupted go on", .fewAtOnce, .timeLimit(.minutes(10)))
struct InterruptedMigrationTests {
    private static let history = ExampleHistory(jobs: 200, runsPerJob: 100, after: 1000)

    private static func source() async throws -> (folder: TemporaryFolder, contents: TransferContents) {
        let folder = try TemporaryFolder()
        let store = try await SQLiteJobStore(path: "\(folder.path)/old.sqlite")
        try await TransferContents.fill(store)
        try await history.add(to: store)
        let contents = try await TransferContents(of: store)
        await store.close()
        return (folder, contents)
    }

    private static func words(_ folder: TemporaryFolder) -> [String] {
        ["migrate", "--from", "sqlite:///\(folder.path)/old.sqlite", "--to", "sqlite:///\(folder.path)/new.sqlite"]
    }

    /// Starts a migration, and sends it a signal once the target has so many things.
    ///
    /// - Returns: How it ended, what it wrote to standard error, and how many things the target had then.
    private static func interrupt(
        _ folder: TemporaryFolder, by signal: Int32, at count: Int
    ) async throws -> (end: Int32, errors: String, count: Int) {
        let errors = try folder.write("", to: "errors-\(UUID().uuidString)")
        let process = Process()
        process.executableURL = try ServedProcess.binary()
        process.arguments = words(folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        let path = "\(folder.path)/new.sqlite"
        var store: SQLiteJobStore?
        while process.isRunning {
            await Task.yield()
            // The file is a store once its first migration is written.
            if store == nil, try await isStore(path) { store = try await SQLiteJobStore(path: path) }
            if let store, try await store.transferCounts().total >= count { break }
        }
        kill(process.processIdentifier, signal)
        while process.isRunning { await Task.yield() }
        let there = try await store?.transferCounts().total ?? 0
        await store?.close()
        return (process.end, try String(contentsOfFile: errors, encoding: .utf8), there)
    }

    private static func isStore(_ path: String) async throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        return (try? await SQLiteJobStore.isJobStore(at: path)) ?? false
    }

    @Test("kill -9 at any point loses nothing and doubles nothing", arguments: [0, 1, 150, 3000, 12_000, 20_200])
    func killed(count: Int) async throws {
        let (folder, before) = try await Self.source()
        let killed = try await Self.interrupt(folder, by: SIGKILL, at: count)
        // Where the machine is slow to look, it may have ended.
        #expect(killed.end == -SIGKILL || killed.count >= before.items.count, "\(killed)")
        let again = try await CommandRun.carillon(Self.words(folder) + ["--json"])
        #expect(again.status == 0, "\(again)")
        let store = try await SQLiteJobStore(path: "\(folder.path)/new.sqlite")
        let after = try await TransferContents(of: store)
        #expect(after.differences(from: before).isEmpty, "\(after.differences(from: before))")
        await store.close()
    }

    @Test("kill -9 again and again comes to the end, too")
    func killedOften() async throws {
        let (folder, before) = try await Self.source()
        for count in stride(from: 2000, through: 18_000, by: 4000) {
            _ = try await Self.interrupt(folder, by: SIGKILL, at: count)
        }
        let again = try await CommandRun.carillon(Self.words(folder))
        #expect(again.status == 0, "\(again)")
        let store = try await SQLiteJobStore(path: "\(folder.path)/new.sqlite")
        let after = try await TransferContents(of: store)
        #expect(after.differences(from: before).isEmpty, "\(after.differences(from: before))")
        await store.close()
    }

    @Test("Ctrl-C stops in good order, says how to go on, and the target takes no other source")
    func stopped() async throws {
        let (folder, before) = try await Self.source()
        let stopped = try await Self.interrupt(folder, by: SIGINT, at: 2000)
        #expect(stopped.end == -SIGINT, "\(stopped)")
        #expect(stopped.errors.contains("Interrupted after"), "\(stopped)")
        #expect(stopped.errors.contains("The same command goes on with it."), "\(stopped)")
        #expect(stopped.count < before.items.count)
        let planned = try await CommandRun.carillon(Self.words(folder) + ["--dry-run"])
        #expect(planned.status == 0 && planned.text.contains("from a migration that was begun"), "\(planned)")
        let doctor = try await CommandRun.carillon(["doctor", "--store", Self.words(folder)[4]])
        #expect(doctor.text.contains("are brought to it since"), "\(doctor)")
        let other = try await StoreFixture([try StoreFixture.job("x")])
        let refused = try await CommandRun.carillon(
            ["migrate", "--from", "sqlite:///\(other.folder)/jobs.sqlite", "--to", Self.words(folder)[4]])
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.error.contains("brought from sqlite:///\(folder.path)/old.sqlite by a transfer"), "\(refused)")
        // A job that the source gets meanwhile comes along.
        let added = try await CommandRun.carillon(
            ["jobs", "add", "late", "--every", "1h", "--store", Self.words(folder)[2], "--", "true"])
        #expect(added.status == 0, "\(added)")
        let again = try await CommandRun.carillon(Self.words(folder))
        #expect(again.status == 0 && again.text.contains("it was begun "), "\(again)")
        let well = try await CommandRun.carillon(["doctor", "--store", Self.words(folder)[4]])
        #expect(!well.text.contains("are brought to it since"), "\(well)")
        let show = try await CommandRun.carillon(["jobs", "show", "late", "--store", Self.words(folder)[4]])
        #expect(show.status == 0, "\(show)")
    }
}
#endif
