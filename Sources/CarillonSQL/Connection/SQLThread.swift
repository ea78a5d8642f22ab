package import Carillon

/// A session on a thread of its own; whoever calls waits without holding a thread.
package actor SQLThread {
    private nonisolated let executor: ThreadExecutor
    private var session: SQLSession?

    /// The thread that the session is used on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A thread without a session; `name` shows in debuggers.
    package init(name: String) { executor = ThreadExecutor(name: name) }

    /// Makes the session.
    package func open(_ make: @Sendable () throws(CarillonError) -> SQLSession) throws(CarillonError) {
        session = try make()
    }

    /// Does something with the session.
    ///
    /// - Throws: What `body` throws, and `CarillonError` with `storeUnavailable` once the store is closed.
    package func run<Value: Sendable>(
        _ body: @Sendable (SQLSession) throws(CarillonError) -> Value
    ) throws(CarillonError) -> Value {
        guard let session else {
            throw CarillonError(.storeUnavailable, "the job store is closed; open it anew to use it")
        }
        return try body(session)
    }

    /// Ends the session.
    package func close() {
        session?.connection.close()
        session = nil
    }
}
