#if Configuration
import Carillon
public import CarillonConfiguration
import CarillonSQLite
#if NIO
import CarillonNIO
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

extension SchedulerParts {
    /// All kinds of job store and executor that the program is built with: those of `core`, SQLite, with the traits
    /// `MySQL`, `PostgreSQL` and `Redis` their stores, and with the trait `NIO` the executors of SwiftNIO.
    public static let builtIn: SchedulerParts = {
        var parts = SchedulerParts.core
        parts.setOpener(of: .sqlite) { (setting) async throws(CarillonError) in
            guard let path = setting.address.path, !setting.address.isInMemory else { return MemoryJobStore() }
            return try await SQLiteJobStore(path: path)
        }
        #if MySQL
        parts.setOpener(of: .mysql) { (setting) async throws(CarillonError) in
            try await MySQLJobStore(try MySQLAddress(setting))
        }
        #endif
        #if PostgreSQL
        parts.setOpener(of: .postgresql) { (setting) async throws(CarillonError) in
            try await PostgreSQLJobStore(try PostgreSQLAddress(setting))
        }
        #endif
        #if Redis
        parts.setOpener(of: .redis) { (setting) async throws(CarillonError) in
            try await RedisJobStore(try RedisAddress(setting))
        }
        #endif
        #if NIO
        parts.setMaker(of: .eventLoop) { EventLoopExecutor(maxWorkers: $0.workers) }
        parts.setMaker(of: .nioThreadPool) { NIOThreadPoolExecutor(maxWorkers: $0.workers) }
        #endif
        return parts
    }()
}
#endif
