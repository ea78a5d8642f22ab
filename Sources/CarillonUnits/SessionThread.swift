package import Carillon

/// A session on its own thread; callers wait without holding a thread.
package actor SessionThread<Session> {
    private nonisolated let executor: ThreadExecutor
    private var session: Session?

    /// The executor of the session's thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a thread without a session; `name` is shown in debuggers.
    package init(name: String) { executor = ThreadExecutor(name: name) }

    /// Creates the session, and connects.
    package func open(_ make: @Sendable () throws(CarillonError) -> Session) throws(CarillonError) {
        session = try make()
    }

    /// Runs a closure with the session.
    ///
    /// - Throws: What `body` throws, and `CarillonError` with `storeUnavailable` once the store is closed.
    package func run<Value: Sendable>(
        _ body: @Sendable (Session) throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        guard let session else {
            throw CarillonError(.storeUnavailable, "the job store is closed; open it anew to use it")
        }
        return try body(session)
    }

    /// Closes the session.
    package func close() { session = nil }
}
