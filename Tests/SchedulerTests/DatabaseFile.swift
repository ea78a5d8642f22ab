import CSQLite
import Carillon
import CarillonSQLite
import Foundation
import Testing

/// A file for a job store, which tests may harm past the store.
struct DatabaseFile: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID()).sqlite").path

    /// Executes a statement past the store.
    func execute(_ sql: String) throws {
        var handle: OpaquePointer?
        defer { sqlite3_close(handle) }
        try #require(sqlite3_open(path, &handle) == SQLITE_OK)
        sqlite3_busy_timeout(handle, 10_000)
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        try #require(code == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle))): \(sql)")
    }
}
