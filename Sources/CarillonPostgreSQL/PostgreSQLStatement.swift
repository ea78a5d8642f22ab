#if PostgreSQL
internal import CarillonSQL

/// Rewrites statements for PostgreSQL.
package enum PostgreSQLStatement {
    /// Returns a statement with `$1`, `$2` … for question marks, and with the names of tables as they are in the
    /// database. What stands between quotes is left as it is.
    package static func rewritten(_ sql: String, prefix: String) -> String {
        SQLTableNames.rewritten(sql, prefix: prefix) { "$\($0)" }
    }
}

/// A write of many rows as one statement, with a list for each column.
struct PostgreSQLWrite {
    /// The statement, before it is rewritten.
    let sql: String
    /// The types of a row's values.
    let types: [PostgreSQLType]
    /// What the rows of the answer have.
    let answer: Answer

    enum Answer {
        /// Nothing: every row is written, or it does not matter.
        case none
        /// The numbers of the rows that were written, counted from 1.
        case numbers
        /// The keys of the rows that were written.
        case keys
    }

    /// Creates the statement of a write.
    ///
    /// - Parameter types: The types of all columns of the table.
    /// - Throws: The name of a column that the table does not have.
    init(_ write: SQLWrite, types: [String: PostgreSQLType]) throws(MissingColumn) {
        let bound =
            switch write.kind {
            case .insert, .insertUnlessTaken, .offer, .upsert: write.columns
            case .update: write.columns + write.key
            case .delete: write.key
            }
        self.types = try bound.map { (name) throws(MissingColumn) in
            guard let type = types[name] else { throw MissingColumn(name: name) }
            return type
        }
        let lists = self.types.map { "CAST(? AS \($0.listName))" }.joined(separator: ", ")
        let names = bound.indices.map { "c\($0)" }.joined(separator: ", ")
        let rows = "unnest(\(lists)) WITH ORDINALITY AS r (\(names), place)"
        let columns = write.columns.joined(separator: ", ")
        let key = write.key.joined(separator: ", ")
        // In the order of the key: sessions that insert the same keys then wait for one another in one direction.
        let ordered = write.key.compactMap { name in bound.firstIndex(of: name).map { "c\($0)" } } + ["place"]
        let insertion = "INSERT INTO \(write.table) (\(columns)) SELECT \(names) FROM \(rows)"
        let inOrder = "\(insertion) ORDER BY \(ordered.joined(separator: ", "))"
        // Of a column that is set and is also in the key, the key's value comes last.
        let first = write.kind == .update ? write.columns.count : 0
        let matches = write.key.enumerated().map { "\(write.table).\($1) = r.c\(first + $0)" }
            .joined(separator: " AND ")
        switch write.kind {
        case .insert:
            sql = insertion
            answer = .none
        case .offer:
            sql = "\(insertion) ON CONFLICT (\(key)) DO NOTHING"
            answer = .none
        case .insertUnlessTaken:
            sql = "\(inOrder) ON CONFLICT (\(key)) DO NOTHING RETURNING \(key)"
            answer = .keys
        case .upsert:
            let others = write.columns.filter { !write.key.contains($0) }
                .map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
            sql = "\(inOrder) ON CONFLICT (\(key)) DO UPDATE SET \(others)"
            answer = .none
        case .update:
            let values = write.columns.enumerated().map { index, name in
                write.sums.contains(name) ? "\(name) = \(write.table).\(name) + r.c\(index)" : "\(name) = r.c\(index)"
            }.joined(separator: ", ")
            let update = "UPDATE \(write.table) SET \(values) FROM"
            if write.sums.isEmpty {
                sql = "\(update) \(rows) WHERE \(matches) RETURNING r.place"
            } else {
                // Sessions add to the same rows, and an update locks them in an order of its own.
                let order = write.key.map { "\(write.table).\($0)" }.joined(separator: ", ")
                sql = """
                    WITH r AS MATERIALIZED (SELECT * FROM \(rows)),
                    locked AS MATERIALIZED (
                        SELECT 1 FROM \(write.table) JOIN r ON \(matches) ORDER BY \(order) FOR UPDATE OF \(write.table)
                    )
                    \(update) r WHERE (SELECT count(*) FROM locked) > 0 AND \(matches) RETURNING r.place
                    """
            }
            answer = .numbers
        case .delete:
            sql = "DELETE FROM \(write.table) USING \(rows) WHERE \(matches) RETURNING r.place"
            answer = .numbers
        }
    }

    /// A column that a table lacks.
    struct MissingColumn: Error {
        let name: String
    }
}
#endif
