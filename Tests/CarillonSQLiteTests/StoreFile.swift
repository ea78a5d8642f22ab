import Carillon
import CarillonSQLite
import CarillonTesting
import Foundation

/// A database file in a folder of its own, which goes with this object.
final class StoreFile: Sendable {
    let folder: String
    var path: String { "\(folder)/jobs.sqlite3" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/carillon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The store in the file.
    func open() async throws(CarillonError) -> SQLiteJobStore {
        try await SQLiteJobStore(path: path, lockTimeout: .milliseconds(200)) { TestJobs.start }
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
