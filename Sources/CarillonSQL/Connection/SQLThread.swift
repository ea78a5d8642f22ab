internal import Carillon

/// A session on its own thread; callers wait without holding a thread.
actor SQLThread {
    private nonisolated let executor: ThreadExecutor
    private var session: SQLSession?

    /// The executor of the session's thread.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a thread without a session; `name` is shown in debuggers.
    init(name: String) { executor = ThreadExecutor(name: name) }

    /// Creates the session.
    ///
    /// - Returns: Whether its database locks rows one by one.
    @discardableResult
    func open(_ make: @Sendable () throws(CarillonError) -> SQLSession) throws(CarillonError) -> Bool {
        let made = try make()
        session = made
        return made.connection.dialect.rowLocks != nil
    }

    /// Runs a closure with the session.
    ///
    /// - Throws: What `body` throws, and `CarillonError` with `storeUnavailable` once the store is closed.
    func run<Value: Sendable>(
        _ body: @Sendable (SQLSession) throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        guard let session else {
            throw CarillonError(.storeUnavailable, "the job store is closed; open it anew to use it")
        }
        return try body(session)
    }

    /// Closes the session.
    func close() {
        session?.connection.close()
        session = nil
    }
}
