#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonTesting
import Foundation

/// The harness of the PostgreSQL store: a schema of its own for each storage.
struct PostgreSQLStoreHarness: StoreHarness {
    var name: String { "PostgreSQL" }

    var features: Set<StoreFeature> { Set(StoreFeature.allCases) }

    func makeStorage() async throws -> any StoreStorage {
        let schema = try TestSchema()
        try schema.execute("CREATE TABLE test_clock (step BIGINT NOT NULL); INSERT INTO test_clock VALUES (0)")
        return Storage(schema: schema)
    }

    private struct Storage: StoreStorage {
        let schema: TestSchema

        /// The server's clock, moved by what a case has stepped it.
        private static let clock = """
            CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) + (SELECT step FROM test_clock)
            """

        func open() async throws -> any JobStore {
            try await PostgreSQLJobStore(try schema.address(), timeout: .seconds(60), clock: Self.clock)
        }

        func reopen() async throws -> any JobStore { try await open() }

        func stepClock(by duration: Duration) async throws {
            let microseconds = duration / .microseconds(1)
            try schema.execute("UPDATE test_clock SET step = step + \(Int64(microseconds))")
        }

        func damage(_ part: StoreDamage, of job: JobID) async throws {
            switch part {
            case .job: try set("carillon_jobs", "state_version = -state_version", id: job)
            case .openRuns: try set("carillon_open_runs", "fence = -1 - fence", job: job)
            case .endedRuns: try set("carillon_past_runs", "fence = -1 - fence", job: job)
            case .reasons: try set("carillon_reasons", "reason = 'new ' || reason", job: job)
            }
        }

        func mend(_ part: StoreDamage, of job: JobID) async throws {
            switch part {
            // Twice is as before.
            case .job, .openRuns, .endedRuns: try await damage(part, of: job)
            case .reasons: try set("carillon_reasons", "reason = replace(reason, 'new ', '')", job: job)
            }
        }

        private func set(_ table: String, _ assignment: String, id: JobID) throws {
            try schema.execute("UPDATE \(table) SET \(assignment) WHERE id = '\(id)'")
        }

        private func set(_ table: String, _ assignment: String, job: JobID) throws {
            try schema.execute("UPDATE \(table) SET \(assignment) WHERE job = '\(job)'")
        }

        var worker: StoreWorkerCommand? {
            // Built beside these tests.
            let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            return StoreWorkerCommand(
                executable: folder.appendingPathComponent("StoreWorker").path, storeURL: schema.url)
        }
    }
}
#endif
