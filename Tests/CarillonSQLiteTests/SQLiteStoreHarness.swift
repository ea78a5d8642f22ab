import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation

/// The harness of the SQLite store: a file of its own for each storage.
struct SQLiteStoreHarness: StoreHarness {
    var name: String { "SQLite" }

    var features: Set<StoreFeature> { Set(StoreFeature.allCases).subtracting([.changeNotification]) }

    func makeStorage() async throws -> any StoreStorage { Storage(file: try StoreFile()) }

    private struct Storage: StoreStorage {
        let file: StoreFile
        let clock = ManualClock()

        func open() async throws -> any JobStore {
            let clock = clock
            return try await SQLiteJobStore(path: file.path, lockTimeout: .seconds(60)) { clock.now }
        }

        func reopen() async throws -> any JobStore { try await open() }

        func stepClock(by duration: Duration) async throws { clock.stepWall(by: duration) }

        func damage(_ job: JobID) async throws {
            try RawDatabase(file.path).execute(
                "UPDATE carillon_jobs SET state_version = 'x' WHERE id = '\(job.description)'")
        }

        var worker: StoreWorkerCommand? {
            // Built beside these tests.
            let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            return StoreWorkerCommand(
                executable: folder.appendingPathComponent("StoreWorker").path,
                storeURL: "sqlite:\(file.path)"
            )
        }
    }
}
