#if MySQL
import CarillonTesting

extension OwnServer {
    /// Starts a server of MariaDB.
    ///
    /// - Parameters:
    ///   - settings: Settings of the server, as `name=value`.
    ///   - megabytes: How large a disk of its own it gets, if any.
    convenience init(_ settings: [String] = [], megabytes: Int? = nil) throws {
        try self.init(program: "mariadb-server", settings, megabytes: megabytes)
    }
}
#endif
