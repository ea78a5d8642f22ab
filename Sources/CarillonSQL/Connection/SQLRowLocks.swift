/// How a database locks the rows that a transaction is going to change, until it ends.
public struct SQLRowLocks: Sendable {
    /// Stands behind a SELECT of rows that somebody has named; it waits for whoever has them.
    public let waiting: String
    /// Stands behind a SELECT with a limit, of rows to choose from: those that others have are passed over, and the limit
    /// is filled up with the next ones.
    public let skipping: String

    /// Puts the two together.
    public init(waiting: String, skipping: String) {
        self.waiting = waiting
        self.skipping = skipping
    }

    /// What PostgreSQL says from 9.5 on, MySQL from 8.0 on and MariaDB from 10.6 on.
    public static let forUpdate = SQLRowLocks(waiting: " FOR UPDATE", skipping: " FOR UPDATE SKIP LOCKED")
}
