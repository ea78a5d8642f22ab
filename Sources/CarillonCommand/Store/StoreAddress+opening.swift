#if Command
import Carillon
import CarillonConfiguration
import CarillonSQLite
import Foundation

#if MySQL || PostgreSQL || Redis
import CarillonSetup
#endif
#if MySQL
import CarillonMySQL
#endif
#if PostgreSQL
import CarillonPostgreSQL
#endif
#if Redis
import CarillonRedis
#endif

extension StoreAddress {
    /// What a command opens a store for.
    enum Purpose {
        /// To change it: it has to be there.
        case changing
        /// To look into it: it has to be there, and need not be writable.
        case looking
        /// To say what a change would do: as for looking, but a store that is not there yet counts as empty.
        case planning
        /// To bring jobs to it: one that is not there yet is made.
        case making
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
            guard let path, !isInMemory else { return MemoryJobStore() }
            switch purpose {
            case .changing, .looking: try Self.lookFor(path)
            case .planning:
                let isThere = FileManager.default.fileExists(atPath: path)
                if !isThere, StoreFile(path: path).obstacleToMaking == nil { return MemoryJobStore() }
                try Self.lookFor(path)
            case .making:
                try Self.lookForPlace(path)
                if StoreFile(path: path).size ?? 0 == 0 {
                    return try await CommandFailure.catching { () throws(CarillonError) in
                        try await SQLiteJobStore(path: path)
                    }
                }
            }
            do throws(CarillonError) {
                if try await !SQLiteJobStore.isJobStore(at: path) {
                    throw CarillonError(
                        .storeUnavailable,
                        "\(path) is a database without a job store; --store or --config names another"
                    )
                }
                do throws(CarillonError) {
                    return try await SQLiteJobStore(path: path)
                } catch {
                    // One that can be written is upgraded first, if need be.
                    guard purpose == .looking || purpose == .planning, error.code == .storeReadOnly else { throw error }
                    return try await SQLiteJobStore(readingOnly: path)
                }
            } catch {
                throw CommandFailure(error)
            }
        case .postgresql:
            #if PostgreSQL
            return try await opened(for: purpose) { () throws(CarillonError) in
                let address = try PostgreSQLAddress(StoreSetting(self))
                return ServerOpening(
                    isThere: { () throws(CarillonError) in try await PostgreSQLJobStore.isJobStore(at: address) },
                    open: { () throws(CarillonError) in try await PostgreSQLJobStore(address) },
                    openReadingOnly: { () throws(CarillonError) in try await PostgreSQLJobStore(readingOnly: address) })
            }
            #else
            throw CommandFailure(notBuiltIn)
            #endif
        case .mysql:
            #if MySQL
            return try await opened(for: purpose) { () throws(CarillonError) in
                let address = try MySQLAddress(StoreSetting(self))
                return ServerOpening(
                    isThere: { () throws(CarillonError) in try await MySQLJobStore.isJobStore(at: address) },
                    open: { () throws(CarillonError) in try await MySQLJobStore(address) },
                    openReadingOnly: { () throws(CarillonError) in try await MySQLJobStore(readingOnly: address) })
            }
            #else
            throw CommandFailure(notBuiltIn)
            #endif
        case .redis:
            #if Redis
            return try await opened(for: purpose) { () throws(CarillonError) in
                let address = try RedisAddress(StoreSetting(self))
                return ServerOpening(
                    isThere: { () throws(CarillonError) in try await RedisJobStore.isJobStore(at: address) },
                    open: { () throws(CarillonError) in try await RedisJobStore(address) },
                    openReadingOnly: { () throws(CarillonError) in try await RedisJobStore(readingOnly: address) })
            }
            #else
            throw CommandFailure(notBuiltIn)
            #endif
        case .mongodb, .zookeeper:
            throw CommandFailure(notBuiltIn)
        }
    }

    #if MySQL || PostgreSQL || Redis
    /// How a store on a server is opened.
    private struct ServerOpening {
        /// Whether there is a job store in it.
        let isThere: () async throws(CarillonError) -> Bool
        let open: () async throws(CarillonError) -> any JobStore
        let openReadingOnly: () async throws(CarillonError) -> any JobStore
    }

    private func opened(
        for purpose: Purpose, _ opening: () throws(CarillonError) -> ServerOpening
    ) async throws(CommandFailure) -> any JobStore {
        do throws(CarillonError) {
            let opening = try opening()
            if purpose == .making { return try await opening.open() }
            if try await opening.isThere() {
                do throws(CarillonError) {
                    return try await opening.open()
                } catch {
                    guard purpose == .looking || purpose == .planning, error.code == .storeReadOnly else { throw error }
                    return try await opening.openReadingOnly()
                }
            }
        } catch {
            throw CommandFailure(error)
        }
        if purpose == .planning { return MemoryJobStore() }
        throw CommandFailure(
            .missingFile,
            "there is no job store in \(self); 'carillon serve' makes one, and --store or --config names another")
    }
    #endif

    /// Refuses what is no file, before SQLite has its own words for it.
    private static func lookFor(_ path: String) throws(CommandFailure) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            guard code == ENOENT || code == ENOTDIR else {
                let reason = String(cString: strerror(code))
                throw CommandFailure(.unavailable, "the job store \(path) cannot be looked at: \(reason)")
            }
            if let obstacle = StoreFile(path: path).obstacleToMaking {
                throw CommandFailure(.missingFile, "there is no job store \(path), and none can be made: \(obstacle)")
            }
            throw CommandFailure(
                .missingFile,
                "there is no job store \(path); 'carillon serve' makes one, and --store or --config names another"
            )
        }
        try refuseOtherThanFile(path)
    }

    /// Refuses a place where no file can be made, unless there is one.
    private static func lookForPlace(_ path: String) throws(CommandFailure) {
        var status = stat()
        guard stat(path, &status) != 0 else { return try refuseOtherThanFile(path) }
        let file = StoreFile(path: path)
        if let obstacle = file.obstacleToMaking {
            throw CommandFailure(.missingFile, "no job store \(path) can be made: \(obstacle)")
        }
        guard stat(file.folder, &status) == 0 else {
            throw CommandFailure(
                .missingFile, "\(path): there is no folder \(file.folder); make it, or name another file")
        }
    }

    /// Refuses a folder, and a pipe or a device, which might be waited for without end.
    static func refuseOtherThanFile(_ path: String) throws(CommandFailure) {
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no plain file"
            throw CommandFailure(
                .missingFile,
                "\(path) is \(kind), and no job store; --store or --config names the file of one"
            )
        }
    }
}
#endif
