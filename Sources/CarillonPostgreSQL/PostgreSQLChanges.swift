#if PostgreSQL
internal import Carillon

/// The changes of a store, for all in this process who follow them by one connection.
actor PostgreSQLChanges {
    private let server: PostgreSQLServer
    private let timeout: Duration
    private var listenings: [PostgreSQLListening] = []
    private var silent: [AsyncStream<Void>.Continuation] = []
    private var isClosed = false

    init(_ server: PostgreSQLServer, timeout: Duration) {
        self.server = server
        self.timeout = timeout
    }

    /// Returns a stream of the changes that are made from now on. Behind a pooler it stays silent until the store is
    /// closed: `LISTEN` would be heard on a connection of somebody else.
    func follow() async throws(CarillonError) -> AsyncStream<Void> {
        guard !isClosed else { throw Self.closed }
        if server.address.isPooled {
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            silent.append(continuation)
            return stream
        }
        for listening in listenings { if let stream = listening.follow() { return stream } }
        let begun = try await PostgreSQLListening.begin(server, timeout: timeout)
        guard !isClosed, let stream = begun.follow() else {
            begun.end()
            throw Self.closed
        }
        // Another call may have begun one meanwhile, which has its own followers.
        listenings.removeAll { $0.hasEnded }
        listenings.append(begun)
        return stream
    }

    private static let closed = CarillonError(
        .storeUnavailable, "the job store is closed; open it anew to use it")

    /// Ends all streams.
    func close() {
        isClosed = true
        for listening in listenings { listening.end() }
        for continuation in silent { continuation.finish() }
        (listenings, silent) = ([], [])
    }
}
#endif
