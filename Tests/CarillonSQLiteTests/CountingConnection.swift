import Carillon
import CarillonSQL
import CarillonSQLite

/// A connection to a file that notes every statement.
final class CountingConnection: SQLConnection {
    var dialect: SQLDialect
    private let connection: SQLiteConnection
    var statements: [String] = []

    init(_ path: String) throws(CarillonError) {
        connection = try SQLiteConnection(path: path, purpose: .writing, lockTimeout: .seconds(1))
        dialect = connection.dialect
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError) {
        statements.append(sql)
        try connection.execute(sql, values)
    }

    func query(
        _ sql: String, _ values: [SQLValue], _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        statements.append(sql)
        try connection.query(sql, values, body)
    }

    func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool] {
        if rows.count > 0 { statements.append(write.statement(dialect)) }
        return try connection.write(write, rows)
    }

    func close() { connection.close() }

    /// The statements of something that is done.
    func noting(_ work: () throws -> Void) rethrows -> [String] {
        statements = []
        try work()
        return statements
    }
}
