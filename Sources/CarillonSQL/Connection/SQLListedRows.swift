/// The tables and the condition of a statement about the rows of a list.
public struct SQLListedRows: Sendable {
    /// What stands behind `FROM` or `UPDATE`.
    public let tables: String
    /// The condition.
    public let condition: String

    /// Creates the two.
    public init(tables: String, condition: String) {
        self.tables = tables
        self.condition = condition
    }
}

extension SQLDialect {
    /// Returns the tables and the condition for rows that a statement locks or changes; see `listedRows`.
    package func listed(_ table: String, by column: String, isText: Bool = false) -> SQLListedRows {
        listedRows?(table, column, isText)
            ?? SQLListedRows(tables: table, condition: isText ? isAmongTexts(column) : isAmongIntegers(column))
    }

    /// Returns a deletion of the rows of a list. Further conditions may follow.
    package func deletion(from table: String, by column: String, isText: Bool = false) -> String {
        let rows = listed(table, by: column, isText: isText)
        return "\(deletion(table)) FROM \(rows.tables) WHERE \(rows.condition)"
    }

    /// Returns an update of the rows of a list.
    ///
    /// - Parameter values: What is set; without placeholders.
    package func update(_ table: String, by column: String, set values: String) -> String {
        let rows = listed(table, by: column)
        return "UPDATE \(rows.tables) SET \(values) WHERE \(rows.condition)"
    }
}
