/// The clauses by which a database locks the rows that a transaction is going to change, until it ends.
public struct SQLRowLocks: Sendable {
    /// The suffix of a SELECT of named rows; it waits for other sessions that have locked them.
    public let waiting: String
    /// The suffix of a SELECT with a limit, of rows to choose from: locked rows are skipped, and the limit is filled up
    /// with the next ones.
    public let skipping: String

    /// Creates the pair of clauses.
    public init(waiting: String, skipping: String) {
        self.waiting = waiting
        self.skipping = skipping
    }

    /// The clauses of PostgreSQL 9.5, MySQL 8.0 and MariaDB 10.6, and later versions of these.
    public static let forUpdate = SQLRowLocks(waiting: " FOR UPDATE", skipping: " FOR UPDATE SKIP LOCKED")
}
