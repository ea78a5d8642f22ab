#if Redis
internal import Carillon

/// A session on its own thread; callers wait without holding a thread.
actor RedisThread {
    private nonisolated let executor: ThreadExecutor
    private var session: RedisSession?

    /// The executor of the session's thread.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a thread without a session; `name` is shown in debuggers.
    init(name: String) { executor = ThreadExecutor(name: name) }

    /// Creates the session, and connects.
    func open(_ make: @Sendable () throws(CarillonError) -> RedisSession) throws(CarillonError) {
        session = try make()
    }

    /// Runs a closure with the session.
    ///
    /// - Throws: What `body` throws, and `CarillonError` with `storeUnavailable` once the store is closed.
    func run<Value: Sendable>(
        _ body: @Sendable (RedisSession) throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        guard let session else {
            throw CarillonError(.storeUnavailable, "the job store is closed; open it anew to use it")
        }
        return try body(session)
    }

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

    /// Closes the session.
    func close() { session = nil }
}
#endif
