import Carillon
import CarillonSQLite
import CarillonTesting

#if MySQL
import CarillonMySQL
#endif
#if PostgreSQL
import CarillonPostgreSQL
#endif
#if Redis
import CarillonRedis
#endif

/// The process that the store conformance suite starts several of. `--measure COUNT` measures the memory store instead,
/// `--disk STORE BACKUP` writes to an SQLite store and backs it up.
@main
enum StoreWorkerMain {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--measure" {
            return try await MemoryMeasurement.run(jobs: arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000)
        }
        if arguments.first == "--disk", arguments.count == 3 {
            let paths = arguments.dropFirst().map { $0 }
            return try await DiskWork.run(store: paths[0], backup: paths[1])
        }
        try await StoreWorker.main { url in
            if url.hasPrefix("sqlite:") { return try await SQLiteJobStore(path: String(url.dropFirst(7))) }
            #if MySQL
            if url.hasPrefix("mysql:") { return try await MySQLJobStore(url: url) }
            #endif
            #if PostgreSQL
            if url.hasPrefix("postgresql:") { return try await PostgreSQLJobStore(url: url) }
            #endif
            #if Redis
            if url.hasPrefix("redis:") { return try await RedisJobStore(url: url) }
            #endif
            throw CarillonError(.unsupported, "no store opens '\(url)'")
        }
    }
}
