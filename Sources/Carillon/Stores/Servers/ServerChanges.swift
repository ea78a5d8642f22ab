/// The changes of a store, for all in this process who follow them by one connection.
package actor ServerChanges {
    private let place: String
    private let connect: (@Sendable () throws(CarillonError) -> any ListeningLink)?
    private var listenings: [ServerListening] = []
    private var silent: [AsyncStream<Void>.Continuation] = []
    private var isClosed = false

    /// - Parameters:
    ///   - place: The store, in an error.
    ///   - connect: Makes a connection that listens; `nil` if the server cannot be listened to: then all streams stay silent
    ///     until the store is closed.
    package init(_ place: String, connect: (@Sendable () throws(CarillonError) -> any ListeningLink)?) {
        self.place = place
        self.connect = connect
    }

    /// Returns a stream of the changes that are made from now on.
    package func follow() async throws(CarillonError) -> AsyncStream<Void> {
        guard !isClosed else { throw Self.closed }
        guard let connect else {
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            silent.append(continuation)
            return stream
        }
        for listening in listenings { if let stream = listening.follow() { return stream } }
        let begun = try await ServerListening.begin(place, connect)
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
    package func close() {
        isClosed = true
        for listening in listenings { listening.end() }
        for continuation in silent { continuation.finish() }
        (listenings, silent) = ([], [])
    }
}
