package import Carillon
import Foundation

/// A storage on an SQL server, for the harness of its store.
package protocol ServerStorage: StoreStorage {
    /// Its address.
    var storeURL: String { get }

    /// Executes statements of the server in the storage, past the store. `||` joins texts.
    func execute(_ sql: String) throws
}

extension ServerStorage {
    /// Makes a part of a job unreadable: numbers become impossible ones, and a reason one that nobody knows.
    package func damage(_ part: StoreDamage, of job: JobID) async throws {
        switch part {
        case .job: try execute("UPDATE carillon_jobs SET state_version = -state_version WHERE id = '\(job)'")
        case .openRuns: try execute("UPDATE carillon_open_runs SET fence = -1 - fence WHERE job = '\(job)'")
        case .endedRuns: try execute("UPDATE carillon_past_runs SET fence = -1 - fence WHERE job = '\(job)'")
        case .reasons: try execute("UPDATE carillon_reasons SET reason = 'new ' || reason WHERE job = '\(job)'")
        }
    }

    /// Undoes `damage`.
    package func mend(_ part: StoreDamage, of job: JobID) async throws {
        switch part {
        // Twice is as before.
        case .job, .openRuns, .endedRuns: try await damage(part, of: job)
        case .reasons:
            try execute("UPDATE carillon_reasons SET reason = replace(reason, 'new ', '') WHERE job = '\(job)'")
        }
    }

    /// Moves the clock, which is a row of the table `test_clock`.
    package func stepClock(by duration: Duration) async throws {
        try execute("UPDATE test_clock SET step = step + \(Int64(duration / .microseconds(1)))")
    }

    /// The worker that is built beside the tests.
    package var worker: StoreWorkerCommand? { .besideTests(storeURL: storeURL) }
}

extension StoreWorkerCommand {
    /// The worker that is built beside the tests.
    package static func besideTests(storeURL: String) -> StoreWorkerCommand {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return StoreWorkerCommand(
            executable: folder.appendingPathComponent("StoreWorker").path, storeURL: storeURL)
    }
}
