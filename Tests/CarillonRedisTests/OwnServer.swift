#if Redis
import CarillonTesting

extension OwnServer {
    /// Starts a server of Redis.
    ///
    /// - Parameter settings: Settings of the server, as `name=value`.
    convenience init(_ settings: [String] = []) throws { try self.init(program: "redis-server", settings) }
}
#endif
