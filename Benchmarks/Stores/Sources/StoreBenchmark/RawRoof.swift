import CRawRoof
import Carillon
import CarillonSQLite
import CarillonTriggers

/// The machine's roof: see `raw_roof.h`.
final class RawRoof {
    private let roof: OpaquePointer

    /// On the store's own tables, which the store makes and fills.
    static func onStoreSchema(_ path: String, jobs: Int, start: Instant) async throws -> RawRoof {
        let store = try await SQLiteJobStore(path: path)
        try await StoreWork(store, node: "node").add(0..<jobs, at: start)
        await store.close()
        return try RawRoof(path, hasStoreSchema: true)
    }

    /// On two tables with an index each.
    static func least(_ path: String, jobs: Int, start: Instant) throws -> RawRoof {
        let roof = try RawRoof(path, hasStoreSchema: false)
        try roof.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(jobs - 1))
            INSERT INTO jobs (id, due, version) SELECT 'job ' || n, \(start.microseconds), 1 FROM numbers
            """)
        return roof
    }

    private init(_ path: String, hasStoreSchema: Bool) throws {
        guard let roof = raw_roof_open(path, hasStoreSchema) else {
            throw SQLiteError(description: "\(path) cannot be opened and prepared")
        }
        self.roof = roof
    }

    deinit { raw_roof_close(roof) }

    private func execute(_ sql: String) throws {
        guard raw_roof_execute(roof, sql) else { throw failed() }
    }

    private func failed() -> SQLiteError { SQLiteError(description: String(cString: raw_roof_failure(roof))) }

    private func checked(_ count: Int32) throws -> Int {
        guard count >= 0 else { throw failed() }
        return Int(count)
    }

    /// Jobs that were fired.
    func fire(_ count: Int, now: Instant) throws -> Int {
        try checked(raw_roof_fire(roof, Int32(count), now.microseconds))
    }

    /// Runs that were taken.
    func take(_ count: Int, now: Instant) throws -> Int {
        try checked(raw_roof_take(roof, Int32(count), now.microseconds))
    }

    /// Runs that were ended.
    func complete(_ count: Int, now: Instant) throws -> Int {
        try checked(raw_roof_complete(roof, Int32(count), now.microseconds))
    }
}
