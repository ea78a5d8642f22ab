#if PostgreSQL
import CarillonTesting

extension OwnServer {
    /// Starts a server of PostgreSQL.
    ///
    /// - Parameters:
    ///   - settings: Settings of the server, as `name=value`.
    ///   - megabytes: How large a disk of its own it gets, if any.
    convenience init(_ settings: [String] = [], megabytes: Int? = nil) throws {
        try self.init(program: "postgresql-server", settings, megabytes: megabytes)
    }

    /// Puts PgBouncer in front of it, in transaction mode, and returns the address to take.
    func pool() throws -> String { try run("pool") }
}
#endif
