import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers

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

        func damage(_ part: StoreDamage, of job: JobID) async throws {
            switch part {
            case .job: try set("carillon_jobs", "state_version = CAST(state_version AS BLOB)", id: job)
            case .openRuns: try set("carillon_open_runs", "fence = CAST(fence AS BLOB)", job: job)
            case .endedRuns: try set("carillon_past_runs", "fence = CAST(fence AS BLOB)", job: job)
            case .reasons: try set("carillon_reasons", "reason = 'new ' || reason", job: job)
            }
        }

        func mend(_ part: StoreDamage, of job: JobID) async throws {
            switch part {
            case .job: try set("carillon_jobs", "state_version = CAST(state_version AS INTEGER)", id: job)
            case .openRuns: try set("carillon_open_runs", "fence = CAST(fence AS INTEGER)", job: job)
            case .endedRuns: try set("carillon_past_runs", "fence = CAST(fence AS INTEGER)", job: job)
            case .reasons: try set("carillon_reasons", "reason = replace(reason, 'new ', '')", job: job)
            }
        }

        private func set(_ table: String, _ assignment: String, id: JobID) throws {
            try RawDatabase(file.path).execute("UPDATE \(table) SET \(assignment) WHERE id = '\(id)'")
        }

        private func set(_ table: String, _ assignment: String, job: JobID) throws {
            try RawDatabase(file.path).execute("UPDATE \(table) SET \(assignment) WHERE job = '\(job)'")
        }

        var worker: StoreWorkerCommand? { .besideTests(storeURL: "sqlite:\(file.path)") }
    }
}
