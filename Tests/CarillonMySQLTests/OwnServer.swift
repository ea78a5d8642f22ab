#if MySQL
import CarillonTesting

extension OwnServer {
    /// Starts a server of MariaDB.
    ///
    /// - Parameter settings: Settings of the server, as `name=value`.
    convenience init(_ settings: [String] = []) throws { try self.init(program: "mariadb-server", settings) }
}
#endif
