#if PostgreSQL
internal import Carillon
internal import CarillonSQL

/// A connection that listens.
private struct PostgreSQLListener: ListeningLink {
    let link: PostgreSQLLink
    let timeout: Duration

    init(_ server: PostgreSQLServer, timeout: Duration) throws(PostgreSQLFailure) {
        link = try PostgreSQLLink(server.settings, timeout: timeout)
        self.timeout = timeout
        _ = try link.execute("LISTEN \(SQLDialect.channel(server.address.prefix))", timeout: timeout)
    }

    var socket: Int32 { link.socket }

    func readNotifications() throws -> Bool { try link.readNotifications() }

    func ask() throws { _ = try link.execute("SELECT 1", timeout: timeout) }
}

extension PostgreSQLServer {
    /// Returns what reports changes. Behind a pooler that is nothing: `LISTEN` would be heard on a connection of somebody
    /// else.
    func changes(timeout: Duration) -> ServerChanges {
        guard !address.isPooled else { return ServerChanges(place, connect: nil) }
        return ServerChanges(place) { () throws(CarillonError) in
            do throws(PostgreSQLFailure) {
                return try PostgreSQLListener(self, timeout: timeout)
            } catch {
                throw error.error(place)
            }
        }
    }
}
#endif
