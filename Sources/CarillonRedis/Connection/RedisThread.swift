#if Redis
internal import Carillon
internal import CarillonUnits

typealias RedisThread = SessionThread<RedisSession>

extension RedisThread {
    /// Runs a closure with a connection that is made for it and closed again.
    func visit<Value: Sendable>(
        _ server: RedisServer, _ body: @Sendable (RedisConnection) throws(RedisFailure) -> Value
    ) throws(CarillonError) -> Value {
        do throws(RedisFailure) {
            return try body(try RedisConnection(server, timeout: .seconds(5)))
        } catch {
            throw error.error(server.place)
        }
    }
}
#endif
