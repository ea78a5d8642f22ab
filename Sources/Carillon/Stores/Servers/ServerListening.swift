import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection on which a server notifies of changes, used by one thread.
package protocol ListeningLink {
    /// Its socket, which never changes.
    var socket: Int32 { get }

    /// Reads what has come, and returns whether a notification was among it.
    func readNotifications() throws -> Bool

    /// Asks the server whether it is still there, and waits for the answer.
    func ask() throws
}

/// A connection that listens for notifications of changes, on a thread of its own. It ends when nobody follows it any
/// more, and when the server is lost: then all its streams end.
final class ServerListening: Sendable {
    private struct State {
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastFollower = 0
        var hasEnded = false
    }

    /// How long nothing may come before the server is asked whether it is still there.
    private static let silence = Duration.seconds(30)

    private let bell: Bell
    private let state = Mutex(State())

    private init(_ bell: Bell) { self.bell = bell }

    /// Begins to listen: what is changed from now on is reported to everybody who follows.
    static func begin(
        _ place: String, _ connect: @escaping @Sendable () throws(CarillonError) -> any ListeningLink
    ) async throws(CarillonError) -> ServerListening {
        guard let bell = Bell() else {
            throw CarillonError(.storeUnavailable, "this program has no file descriptor left to listen to \(place)")
        }
        let listening = ServerListening(bell)
        let failure: CarillonError? = await withCheckedContinuation { begun in
            NamedThread.start("carillon-listen") {
                do throws(CarillonError) {
                    let link = try connect()
                    begun.resume(returning: nil)
                    listening.listen(on: link)
                } catch {
                    begun.resume(returning: error)
                }
            }
        }
        if let failure { throw failure }
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

    private func listen(on link: any ListeningLink) {
        defer { end() }
        while !hasEnded {
            do {
                switch wait(for: link.socket) {
                case .input: if try link.readNotifications() { report() }
                case .silence:
                    try link.ask()
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
