#if MySQL
internal import CarillonSQL

/// The statements of a write of many rows, which are one value in JSON: so they do not grow with the rows.
struct MySQLWrite: Hashable {
    private let write: SQLWrite
    /// Whether each of a row's values is a text or bytes.
    private let areTexts: [Bool]

    /// Creates the statements for some rows.
    init(_ write: SQLWrite, _ rows: [ArraySlice<SQLValue>]) {
        self.write = write
        areTexts = (0..<write.width).map { column in
            rows.contains { row in
                switch row[row.startIndex + column] {
                case .text, .bytes: true
                case .null, .integer, .texts, .integers: false
                }
            }
        }
    }

    /// The rows as a table `r`, whose columns are `c0`, `c1` and so on, and `place`, which counts from 1.
    private var rows: String {
        let columns = areTexts.enumerated().map { column, isText in
            "c\(column) \(isText ? "LONGTEXT" : "BIGINT") PATH '$[\(column)]' ERROR ON ERROR"
        }
        return "JSON_TABLE(?, '$[*]' COLUMNS (place FOR ORDINALITY, \(columns.joined(separator: ", ")))) AS r"
    }

    private func value(_ column: Int) -> String { areTexts[column] ? "UNHEX(r.c\(column))" : "r.c\(column)" }

    /// The rows, and behind each the row of the table that has its key. The rows come first: a server that began with the
    /// table would read, and lock, all of it.
    private var matches: String {
        let first = write.kind == .update ? write.columns.count : 0
        return matching { place, name in
            // Of an insertion the key is among the columns.
            let column =
                switch write.kind {
                case .update, .delete: first + place
                case .insert, .insertUnlessTaken, .offer, .upsert: write.columns.firstIndex(of: name) ?? place
                }
            return value(column)
        }
    }

    /// The index that finds rows by the key. A server that chose would rather read, and lock, all of a short table.
    private var index: String {
        switch (write.table, write.key.first) {
        case ("carillon_reasons", _): "carillon_reasons_job"
        case ("carillon_definitions", "generation"): "carillon_definitions_generation"
        default: "PRIMARY"
        }
    }

    private func matching(_ value: (Int, String) -> String) -> String {
        let isSame = write.key.enumerated().map { "\(write.table).\($1) = \(value($0, $1))" }
        return """
            \(rows) STRAIGHT_JOIN \(write.table) FORCE INDEX (\(index)) ON \(isSame.joined(separator: " AND "))
            """
    }

    /// The statement that writes.
    func statement(_ dialect: SQLDialect) -> String {
        switch write.kind {
        case .insert, .insertUnlessTaken: insertion
        case .offer: dialect.insertUnlessTaken(insertion, write.key)
        case .upsert: dialect.upsert(insertion, write.key, write.columns.filter { !write.key.contains($0) })
        case .update:
            "UPDATE \(matches) SET "
                + write.columns.enumerated().map { column, name in
                    let old = write.sums.contains(name) ? "\(write.table).\(name) + " : ""
                    return "\(write.table).\(name) = \(old)\(value(column))"
                }.joined(separator: ", ")
        case .delete: "DELETE \(write.table) FROM \(matches)"
        }
    }

    private var insertion: String {
        """
        INSERT INTO \(write.table) (\(write.columns.joined(separator: ", ")))
        SELECT \(write.columns.indices.map(value).joined(separator: ", ")) FROM \(rows)
        """
    }

    /// Answers with the places of the rows whose key the table has, and locks these.
    ///
    /// - Parameter lock: What locks them.
    func presence(lock: String) -> String { "SELECT r.place FROM \(matches)\(lock)" }

    /// Answers with the places of the rows that an update has written, after it: the table has their key with what was
    /// written.
    var traces: String {
        let joined = matching { place, name in value(write.columns.firstIndex(of: name) ?? write.columns.count + place)
        }
        return "SELECT r.place FROM \(joined)"
    }
}
#endif
