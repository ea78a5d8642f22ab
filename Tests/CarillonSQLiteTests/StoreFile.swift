import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTriggers
import Foundation
import Synchronization

/// A database file in a folder of its own, which goes with this object.
final class StoreFile: Sendable {
    let folder: String
    var path: String { "\(folder)/jobs.sqlite3" }

    /// 2027-01-15T08:00:00Z.
    static let start = Instant(seconds: 1_800_000_000)

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/carillon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The store in the file.
    func open() async throws(CarillonError) -> SQLiteJobStore {
        try await SQLiteJobStore(path: path, lockTimeout: .milliseconds(200)) { Self.start }
    }

    /// A job that is due every minute from `start` on.
    static func job(_ id: String, task: String = "work", after seconds: Int64 = 0) throws -> NewJob {
        NewJob(
            id: try JobID(id),
            definition: JobDefinition(task: try TaskName(task), trigger: try .interval(minutes: 1)),
            added: start.advanced(byMicroseconds: seconds * 1_000_000)
        )
    }

    /// Jobs `job 0`, `job 1` and so on.
    static func jobs(_ count: Int) throws -> [NewJob] { try (0..<count).map { try job("job \($0)") } }

    /// Fires and takes what is due, and answers what was written.
    @discardableResult
    static func pass(_ store: any JobStore, slots: Int = 1000, after seconds: Int64 = 0) async throws -> [JobChange] {
        let now = start.advanced(byMicroseconds: seconds * 1_000_000)
        let input = Planner.Input(now: now, node: try NodeID("node"), tasks: [TaskName("work")], slots: slots)
        var query = JobQuery(now: now)
        query.tasks = input.tasks
        query.dueLimit = 1000
        query.readyLimit = 1000
        let changes = Mutex<[JobChange?]>([])
        let statuses = try await store.pass(query) { batch in
            let planned = batch.map { Planner.plan($0, input).change }
            changes.withLock { $0 = planned }
            return planned
        }.statuses
        return changes.withLock { zip($0, statuses).compactMap { $1 == .accepted ? $0 : nil } }
    }

    /// The ids of all jobs that can be read.
    static func ids(_ store: any JobStore) async throws -> [String] {
        try await store.jobs(JobFilter(), page: Page(limit: 1000)).compactMap { listing in
            if case .job(let job) = listing { job.id.description } else { nil }
        }
    }
}

/// The error of a call that must fail with a code, or nothing where it does not.
func failure<Value>(
    _ code: CarillonError.Code,
    _ call: () async throws -> Value
) async -> CarillonError? {
    do {
        _ = try await call()
        return nil
    } catch let error as CarillonError where error.code == code {
        return error
    } catch {
        return nil
    }
}
