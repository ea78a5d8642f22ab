/// A write of many rows, as a value, so that a connection can send it for one row or for arrays of rows.
public struct SQLWrite: Hashable, Sendable {
    /// The operation on a row.
    public enum Kind: Hashable, Sendable {
        /// Inserts a row; it is an error if its key is taken.
        case insert
        /// Inserts a row, or does nothing if its key is taken.
        case insertUnlessTaken
        /// As `insertUnlessTaken`, but the result is ignored, so that many rows may be written at once.
        case offer
        /// Inserts a row, or updates the row that has its key.
        case upsert
        /// Updates the row that has the key.
        case update
        /// Deletes the row that has the key.
        case delete
    }

    /// The operation.
    public let kind: Kind
    /// The table.
    public let table: String
    /// The columns that get values. A row of `SQLRows` has a value for each, and then, for updates, one for each column
    /// of `key`.
    public let columns: [String]
    /// The columns that identify a row.
    public let key: [String]
    /// The columns whose values an update adds to the existing ones; the others are replaced.
    public let sums: [String]

    /// Creates a write.
    package init(
        _ kind: Kind, _ table: String, columns: [String] = [], key: [String] = [], sums: [String] = []
    ) {
        self.kind = kind
        self.table = table
        self.columns = columns
        self.key = key
        self.sums = sums
    }

    /// The number of values in a row.
    public var width: Int {
        switch kind {
        case .insert, .insertUnlessTaken, .offer, .upsert: columns.count
        case .update: columns.count + key.count
        case .delete: key.count
        }
    }

    /// Returns the statement for one row or, for insertions, for several at once.
    public func statement(_ dialect: SQLDialect, rows: Int = 1) -> String {
        let matches = key.map { "\($0) = ?" }.joined(separator: " AND ")
        switch kind {
        case .insert: return insertion(rows)
        case .insertUnlessTaken, .offer: return dialect.insertUnlessTaken(insertion(rows), key)
        case .upsert: return dialect.upsert(insertion(rows), key, columns.filter { !key.contains($0) })
        case .update:
            let values = columns.map { sums.contains($0) ? "\($0) = \($0) + ?" : "\($0) = ?" }
            return "UPDATE \(table) SET \(values.joined(separator: ", ")) WHERE \(matches)"
        case .delete: return "DELETE FROM \(table) WHERE \(matches)"
        }
    }

    private func insertion(_ rows: Int) -> String {
        let marks = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
        let all = repeatElement(marks, count: rows).joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES \(all)"
    }
}
