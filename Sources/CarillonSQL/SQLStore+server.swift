package import Carillon
internal import CarillonTriggers

extension SQLStore {
    /// How much longer than a write a call that reads may take: it reads long histories, and nothing waits for it.
    private static let readingFactor = 6

    /// Opens a database of a server, and migrates it to the schema of this version.
    ///
    /// - Parameters:
    ///   - timeout: How long the server may take for an answer; calls that read may take six times as long.
    ///   - connect: Creates a connection with such a limit.
    package convenience init(
        onServer place: String,
        timeout: Duration,
        migrations: [SQLMigration],
        connect: @escaping @Sendable (_ timeout: Duration) throws(CarillonError) -> any SQLConnection
    ) async throws(CarillonError) {
        try await self.init(
            place: place,
            migrations: migrations,
            clock: { SystemClock().now },
            connect: { (purpose) throws(CarillonError) in
                try connect(purpose == .reading ? timeout * Self.readingFactor : timeout)
            })
    }

    /// Opens an existing database of a server read-only.
    package convenience init(
        readingOnlyOnServer place: String,
        timeout: Duration,
        connect: @escaping @Sendable (_ timeout: Duration) throws(CarillonError) -> any SQLConnection
    ) async throws(CarillonError) {
        try await self.init(
            readingOnly: place,
            clock: { SystemClock().now },
            connect: { () throws(CarillonError) in try connect(timeout * Self.readingFactor) })
    }
}
