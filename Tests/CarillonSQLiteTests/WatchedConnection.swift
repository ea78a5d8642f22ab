import Carillon
import CarillonSQL
import CarillonSQLite

/// A connection to a file that notes every statement which answers rows.
final class WatchedConnection: SQLConnection {
    let dialect: SQLDialect
    private let connection: SQLiteConnection
    private(set) var queries: Set<String> = []

    init(_ path: String) throws(CarillonError) {
        connection = try SQLiteConnection(path: path, purpose: .reading, lockTimeout: .seconds(1))
        dialect = connection.dialect
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError) { try connection.execute(sql, values) }

    func query(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        queries.insert(sql)
        try connection.query(sql, values, body)
    }

    func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool] {
        try connection.write(write, rows)
    }

    func close() { connection.close() }

    /// What was asked since the last time.
    func takeQueries() -> Set<String> {
        defer { queries = [] }
        return queries
    }
}
