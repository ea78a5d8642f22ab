/// A write that is done for many rows, as a value, so that a connection can say it for one row or for arrays of them.
public struct SQLWrite: Hashable, Sendable {
    /// What is done with a row.
    public enum Kind: Hashable, Sendable {
        /// A new row; it is an error where its key is taken.
        case insert
        /// A new row, or nothing where the key is taken.
        case insertUnlessTaken
        /// The same, without an answer which of the two it was: then many rows may be written at once.
        case offer
        /// A new row, or its values in place of those of the row that has the key.
        case upsert
        /// Values for the row that has the key.
        case update
        /// The row that has the key goes.
        case delete
    }

    /// What is done.
    public let kind: Kind
    /// The table.
    public let table: String
    /// The columns that get values. A row of `SQLRows` has a value for each, and then, for updates, one for each of `key`.
    public let columns: [String]
    /// The columns that tell rows apart.
    public let key: [String]
    /// Those of the columns whose values are added to what an update finds; the others are put in its place.
    public let sums: [String]

    /// Puts a write together.
    package init(
        _ kind: Kind, _ table: String, columns: [String] = [], key: [String] = [], sums: [String] = []
    ) {
        self.kind = kind
        self.table = table
        self.columns = columns
        self.key = key
        self.sums = sums
    }

    /// How many values a row has.
    public var width: Int {
        switch kind {
        case .insert, .insertUnlessTaken, .offer, .upsert: columns.count
        case .update: columns.count + key.count
        case .delete: key.count
        }
    }

    /// The statement for one row or, where rows are inserted, for several at once.
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
