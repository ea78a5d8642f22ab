public import Carillon

/// A connection to a database, used by one thread at a time; its calls block.
///
/// Statements are the same for every database except for what `dialect` changes. Placeholders are written `?`; a
/// connection whose server wants others rewrites them when it prepares a statement. Prepared statements are cached by
/// their text.
public protocol SQLConnection: AnyObject {
    /// The SQL dialect of the database.
    var dialect: SQLDialect { get }

    /// Executes a statement that returns no rows.
    func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError)

    /// Calls a closure with each row of the answer; the row is valid only during the call.
    func query(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError)

    /// Writes many rows in as few round trips as possible.
    ///
    /// - Returns: For each row, whether it was written (`false`: its key was taken, or matched nothing). Of deletions of
    ///   several rows only the number has to be right.
    func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool]

    /// Begins a transaction.
    ///
    /// - Parameter statement: `SQLDialect.beginWriting` or `SQLDialect.beginReading`.
    func begin(_ statement: String) throws(CarillonError)

    /// Begins a writing transaction that migrates the database, which may take as long as it needs. Transactions that
    /// migrate one database wait for one another.
    func beginMigration() throws(CarillonError)

    /// Executes a statement of a migration.
    ///
    /// - Parameter mayBeDone: Whether a process that then died may have executed it, so that it is no error if it has.
    func migrate(_ statement: String, mayBeDone: Bool) throws(CarillonError)

    /// Commits what a migration has done so far, and goes on with it; see `SQLDialect.changesOfTablesCommit`.
    func commitStep() throws(CarillonError)

    /// Commits the transaction.
    ///
    /// - Throws: `CarillonError`, also if the server answers that it has rolled back. After a lost connection it may
    ///   have been committed.
    func commit() throws(CarillonError)

    /// Rolls the transaction back, after an error.
    func rollback() throws(CarillonError)

    /// Whether the database has undone the current or last transaction because of others, by a deadlock for example, so
    /// that it may be run again from its beginning.
    var wasUndone: Bool { get }

    /// Checks, before a writing transaction is committed, that other processes would find its writes.
    ///
    /// - Throws: `CarillonError` with `storeFailed` if they would not.
    func checkPlace() throws(CarillonError)

    /// Closes the connection; no other call may follow.
    func close()
}

extension SQLConnection {
    /// Does nothing: other clients find the writes on the same server.
    public func checkPlace() throws(CarillonError) {}

    /// Executes the statement.
    public func begin(_ statement: String) throws(CarillonError) { try execute(statement, []) }

    /// Begins a writing transaction: it excludes all other writers.
    public func beginMigration() throws(CarillonError) { try begin(dialect.beginWriting) }

    /// Executes the statement.
    public func migrate(_ statement: String, mayBeDone: Bool) throws(CarillonError) { try execute(statement, []) }

    /// Does nothing: a migration is one transaction.
    public func commitStep() throws(CarillonError) {}

    /// Executes `COMMIT`.
    public func commit() throws(CarillonError) { try execute("COMMIT", []) }

    /// Executes `ROLLBACK`.
    public func rollback() throws(CarillonError) { try execute("ROLLBACK", []) }

    /// `false`: no transaction fails because of others once it has begun.
    public var wasUndone: Bool { false }
}
