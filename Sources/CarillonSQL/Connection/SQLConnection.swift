public import Carillon

/// One connection to a database, used by one thread at a time; its calls block.
///
/// Statements are the same for every database but for what `dialect` says. Placeholders are written `?`; a connection
/// whose server wants others rewrites them when it prepares a statement. Prepared statements are kept by their text.
public protocol SQLConnection: AnyObject {
    /// How this database wants things said.
    var dialect: SQLDialect { get }

    /// Executes a statement that answers no rows.
    func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError)

    /// Hands each row of the answer to a function; the row is valid only while the function runs.
    func query(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError)

    /// Writes many rows in as few round trips as may be.
    ///
    /// - Returns: For each row, whether it was written (`false`: its key was taken, or matched nothing).
    func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool]

    /// Looks, before a transaction that writes is committed, whether others would find what it wrote.
    ///
    /// - Throws: `CarillonError` with `storeFailed` where they would not.
    func checkPlace() throws(CarillonError)

    /// Ends the connection; nothing else may be called after it.
    func close()
}

extension SQLConnection {
    /// What a server keeps is where the server is.
    public func checkPlace() throws(CarillonError) {}
}
