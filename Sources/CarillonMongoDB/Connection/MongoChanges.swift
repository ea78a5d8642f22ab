#if MongoDB
internal import Carillon
internal import Synchronization

/// The changes of a store, for all in this process who follow them, by one change stream on a thread of its own.
final class MongoChanges: Sendable {
    private struct State {
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastFollower = 0
        /// The number of the thread that listens; another one ends.
        var listener = 0
        var isListening = false
        var isClosed = false
    }

    /// How long the server may wait for a change before it answers that there is none.
    private static let wait: Int64 = 2_000

    private let server: MongoServer
    private let timeout: Duration
    private let state = Mutex(State())

    init(_ server: MongoServer, timeout: Duration) {
        self.server = server
        self.timeout = timeout
    }

    /// Returns a stream of the changes that are made from now on. It ends if the server is lost.
    func follow() async throws(CarillonError) -> AsyncStream<Void> {
        // One element that waits stands for all.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let begins: (follower: Int, listener: Int, isFirst: Bool)? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lastFollower += 1
            state.followers[state.lastFollower] = continuation
            defer { state.isListening = true }
            if !state.isListening { state.listener += 1 }
            return (state.lastFollower, state.listener, !state.isListening)
        }
        guard let begins else {
            throw CarillonError(.storeUnavailable, "the job store is closed; open it anew to use it")
        }
        continuation.onTermination = { [weak self] _ in self?.leave(begins.follower) }
        guard begins.isFirst else { return stream }
        let number = begins.listener
        let failure: CarillonError? = await withCheckedContinuation { begun in
            NamedThread.start("carillon-listen") { [self] in
                do throws(MongoFailure) {
                    let link = try MongoConnection(server, timeout: max(timeout, .milliseconds(Self.wait) * 2))
                    let cursor = try begin(link)
                    begun.resume(returning: nil)
                    listen(link, cursor, number)
                } catch {
                    end(number)
                    begun.resume(returning: error.error(server.place))
                }
            }
        }
        if let failure { throw failure }
        return stream
    }

    private func leave(_ follower: Int) {
        state.withLock { state in
            state.followers[follower] = nil
            if state.followers.isEmpty { state.isListening = false }
        }
    }

    /// Ends all streams.
    func close() {
        state.withLock { $0.isClosed = true }
        end(state.withLock { $0.listener })
    }

    private func end(_ listener: Int) {
        let followers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard state.listener == listener else { return [] }
            state.isListening = false
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
    }

    // MARK: On its thread

    private var collection: String { MongoCollection.units.name(server.address.prefix) }

    private func begin(_ link: MongoConnection) throws(MongoFailure) -> BSONValue {
        let answer = try link.run(
            [
                "aggregate": .text(collection),
                "pipeline": [
                    ["$changeStream": [:]],
                    [
                        "$match": [
                            "$or": [
                                ["operationType": "insert"],
                                ["updateDescription.updatedFields.tell": ["$exists": true]],
                            ]
                        ]
                    ],
                    ["$project": ["_id": 1]],
                ],
                "cursor": [:], "readConcern": ["level": "majority"],
            ], writes: false)
        guard let cursor = answer["cursor"]?.document?["id"], cursor.integer != 0 else {
            throw MongoFailure(.unsuitable, "the server has no change streams")
        }
        return cursor
    }

    private func listen(_ link: MongoConnection, _ cursor: BSONValue, _ number: Int) {
        defer { end(number) }
        while state.withLock({ $0.isListening && !$0.isClosed && $0.listener == number }) {
            do throws(MongoFailure) {
                let answer = try link.run(
                    ["getMore": cursor, "collection": .text(collection), "maxTimeMS": .integer(Self.wait)],
                    writes: false)
                guard let found = answer["cursor"]?.document, found["id"]?.integer ?? 0 != 0 else { return }
                guard !(found["nextBatch"]?.array ?? []).isEmpty else { continue }
                for follower in state.withLock({ Array($0.followers.values) }) { follower.yield() }
            } catch {
                return
            }
        }
    }
}
#endif
