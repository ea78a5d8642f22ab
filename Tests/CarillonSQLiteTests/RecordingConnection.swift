import Carillon
import CarillonSQL

/// A connection to nothing: it notes every statement, and answers some as it is told.
final class RecordingConnection: SQLConnection {
    let dialect: SQLDialect
    /// What statements that contain a text answer.
    private let answers: [String: [[SQLValue]]]
    private(set) var statements: [String] = []
    private let willExecute: @Sendable (String) -> Void

    /// - Parameters:
    ///   - rowLocks: How the database locks rows.
    ///   - willExecute: Called with every statement that is to be executed.
    init(
        rowLocks: SQLRowLocks?, answers: [String: [[SQLValue]]] = [:],
        willExecute: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.answers = answers
        self.willExecute = willExecute
        dialect = SQLDialect(
            integerKey: "BIGINT",
            name: "NAME",
            text: "TEXT",
            bytes: "BYTES",
            inKeyOrder: "",
            beginWriting: "BEGIN",
            beginReading: "BEGIN",
            rowLocks: rowLocks,
            partialIndex: { " WHERE \($0)" },
            insertUnlessTaken: { insertion, _ in insertion },
            upsert: { insertion, _, _ in insertion },
            isAmongTexts: { "\($0) = ANY(?)" },
            isAmongIntegers: { "\($0) = ANY(?)" },
            contains: { "\($0) LIKE ?" }
        )
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError) {
        willExecute(sql)
        statements.append(sql)
    }

    func query(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        statements.append(sql)
        for (text, rows) in answers where sql.contains(text) {
            for row in rows { try body(Row(row)) }
        }
    }

    func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool] {
        statements.append(write.statement(dialect))
        return Array(repeating: true, count: rows.count)
    }

    func close() {}

    private final class Row: SQLRow {
        private let values: [SQLValue]

        init(_ values: [SQLValue]) { self.values = values }

        func isNull(_ column: Int) -> Bool { values[column] == .null }

        func integer(_ column: Int) throws(UnreadableRow) -> Int64 {
            guard case .integer(let number) = values[column] else { throw UnreadableRow("no number") }
            return number
        }

        func text(_ column: Int) throws(UnreadableRow) -> String {
            guard case .text(let text) = values[column] else { throw UnreadableRow("no text") }
            return text
        }

        func bytes(_ column: Int) throws(UnreadableRow) -> [UInt8] { Array(try text(column).utf8) }
    }
}
