import Carillon
import CarillonConfiguration
import CarillonSQLite
import Foundation

extension StoreAddress {
    /// A file of SQLite.
    static func sqlite(_ path: String) -> StoreAddress {
        var address = StoreAddress.memory
        address.kind = .sqlite
        address.path = path
        return address
    }

    /// What a command opens a store for.
    enum Purpose {
        /// To serve from it: a file that is not there is created, with its folder.
        case serving
        /// To look into it or change it: it has to be there.
        case visiting
    }

    /// Opens the store.
    ///
    /// - Throws: `CommandFailure`: `missingFile` where a file to visit is not there, `unavailable` where the store does
    ///   not answer or this program was built without it; the latter names the trait to build with.
    func opened(for purpose: Purpose) async throws(CommandFailure) -> any JobStore {
        switch kind {
        case .memory:
            return MemoryJobStore()
        case .sqlite:
            let path = path ?? ":memory:"
            guard path != ":memory:" else { return MemoryJobStore() }
            switch purpose {
            case .serving: try StateDirectory.createFolder(of: path)
            case .visiting:
                guard FileManager.default.fileExists(atPath: path) else {
                    throw CommandFailure(
                        .missingFile,
                        "there is no job store \(path); 'carillon serve' makes one, and --store or --config names "
                            + "another"
                    )
                }
            }
            do throws(CarillonError) {
                if purpose == .visiting, try await !SQLiteJobStore.isJobStore(at: path) {
                    throw CarillonError(
                        .storeUnavailable,
                        "\(path) is a database without a job store; --store or --config names another"
                    )
                }
                return try await SQLiteJobStore(path: path)
            } catch {
                throw CommandFailure(error)
            }
        case .postgresql, .mysql, .redis, .mongodb, .zookeeper:
            throw CommandFailure(notBuiltIn)
        }
    }
}
