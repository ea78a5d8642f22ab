#if PostgreSQL
internal import Carillon
internal import CarillonSQL
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A connection that listens for notifications of changes, on a thread of its own. It ends when nobody follows it any
/// more, and when the server is lost: then all its streams end.
final class PostgreSQLListening: Sendable {
    private struct State {
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastFollower = 0
        var hasEnded = false
    }

    /// How long nothing may come before the server is asked whether it is still there.
    private static let silence = Duration.seconds(30)

    private let server: PostgreSQLServer
    private let timeout: Duration
    private let bell: Bell
    private let state = Mutex(State())

    private init(_ server: PostgreSQLServer, timeout: Duration, bell: Bell) {
        self.server = server
        self.timeout = timeout
        self.bell = bell
    }

    /// Begins to listen: what is changed from now on is reported to everybody who follows.
    static func begin(
        _ server: PostgreSQLServer, timeout: Duration
    ) async throws(CarillonError) -> PostgreSQLListening {
        guard let bell = Bell() else {
            throw CarillonError(
                .storeUnavailable, "this program has no file descriptor left to listen to \(server.place)")
        }
        let listening = PostgreSQLListening(server, timeout: timeout, bell: bell)
        let failure: PostgreSQLFailure? = await withCheckedContinuation { begun in
            NamedThread.start("carillon-listen") {
                do throws(PostgreSQLFailure) {
                    let link = try listening.connect()
                    begun.resume(returning: nil)
                    listening.listen(on: link)
                } catch {
                    begun.resume(returning: error)
                }
            }
        }
        if let failure { throw failure.error(server.place) }
        return listening
    }

    /// Whether it reports nothing any more.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Returns a stream of what is reported from now on; `nil` if it has ended.
    func follow() -> AsyncStream<Void>? {
        // One element that waits stands for all.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.lastFollower += 1
            state.followers[state.lastFollower] = continuation
            return state.lastFollower
        }
        guard let number else { return nil }
        continuation.onTermination = { [weak self] _ in self?.leave(number) }
        return stream
    }

    private func leave(_ number: Int) {
        let isLast = state.withLock { state in
            state.followers[number] = nil
            if state.followers.isEmpty { state.hasEnded = true }
            return state.hasEnded
        }
        if isLast { bell.ring() }
    }

    /// Ends all streams and the connection.
    func end() {
        let followers = state.withLock { state in
            state.hasEnded = true
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
        bell.ring()
    }

    // MARK: On its thread

    private func connect() throws(PostgreSQLFailure) -> PostgreSQLLink {
        let link = try PostgreSQLLink(server.settings, timeout: timeout)
        _ = try link.execute("LISTEN \(SQLDialect.channel(server.address.prefix))", timeout: timeout)
        return link
    }

    private func listen(on link: PostgreSQLLink) {
        defer { end() }
        while !hasEnded {
            do throws(PostgreSQLFailure) {
                switch wait(for: link.socket) {
                case .input: if try link.readNotifications() { report() }
                case .silence:
                    _ = try link.execute("SELECT 1", timeout: timeout)
                    // A notification may have come along with the answer.
                    report()
                case .bell: break
                }
            } catch {
                return
            }
        }
    }

    private func report() {
        for follower in state.withLock({ Array($0.followers.values) }) { follower.yield() }
    }

    private enum Event {
        case input, silence, bell
    }

    private func wait(for socket: Int32) -> Event {
        var entries = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&entries, 2, Self.silence.pollMilliseconds)
            if count < 0, errno == EINTR { continue }
            if entries[1].revents != 0 { return .bell }
            return count == 0 ? .silence : .input
        }
    }
}

/// A pipe by which one thread wakes another that waits for its descriptor.
private final class Bell: Sendable {
    /// What is waited for.
    let descriptor: Int32
    private let end: Int32

    /// Creates a bell; `nil` if there is no descriptor left.
    init?() {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else { return nil }
        for one in pair {
            _ = fcntl(one, F_SETFD, FD_CLOEXEC)
            _ = fcntl(one, F_SETFL, O_NONBLOCK)
        }
        (descriptor, end) = (pair[0], pair[1])
    }

    deinit {
        close(descriptor)
        close(end)
    }

    /// Wakes the thread, now or when it waits next.
    func ring() {
        var byte: UInt8 = 0
        _ = write(end, &byte, 1)
    }
}
#endif
