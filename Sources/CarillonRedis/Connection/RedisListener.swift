#if Redis
internal import Carillon

/// A connection that listens.
private struct RedisListener: ListeningLink {
    private let connection: RedisConnection
    private let timeout: Duration

    init(_ server: RedisServer, timeout: Duration) throws(RedisFailure) {
        connection = try RedisConnection(server, timeout: timeout)
        self.timeout = timeout
        for reply in try connection.exchange([RedisArguments(["SUBSCRIBE", server.prefix + "changes"])]) {
            _ = try reply.checked()
        }
    }

    var socket: Int32 { connection.channel.descriptor }

    func readNotifications() throws -> Bool {
        var isAny = false
        while try connection.channel.receiveNow() != nil { isAny = true }
        return isAny
    }

    func ask() throws { _ = try connection.exchange([RedisArguments(["PING"])]) }
}

extension RedisServer {
    /// Returns what reports changes.
    func changes(timeout: Duration) -> ServerChanges {
        ServerChanges(place) { () throws(CarillonError) in
            do throws(RedisFailure) {
                return try RedisListener(self, timeout: timeout)
            } catch {
                throw error.error(place)
            }
        }
    }
}
#endif
