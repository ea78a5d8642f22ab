#if MongoDB
import CarillonTesting

extension OwnServer {
    /// Starts a MongoDB-compatible server.
    convenience init() throws { try self.init(program: "mongodb-server", []) }
}
#endif
