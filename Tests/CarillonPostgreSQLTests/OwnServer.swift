#if PostgreSQL
import CarillonTesting

extension OwnServer {
    /// Starts a server of PostgreSQL.
    ///
    /// - Parameter settings: Settings of the server, as `name=value`.
    convenience init(_ settings: [String] = []) throws { try self.init(program: "postgresql-server", settings) }

    /// Puts PgBouncer in front of it, in transaction mode, and returns the address to take.
    func pool() throws -> String { try run("pool") }
}
#endif
