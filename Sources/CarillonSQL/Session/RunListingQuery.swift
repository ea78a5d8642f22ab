internal import Carillon
internal import CarillonTriggers

/// The statement for a page of runs of one table: the latest scheduled first, then by the rest of the id in descending
/// order.
struct RunListingQuery {
    private var conditions: [String] = []
    private var values: [SQLValue] = []

    init(_ filter: RunFilter) {
        switch filter.state {
        case nil, .finished(nil): break
        case .waiting: add("state = ?", .integer(RunRow.code(.waiting)))
        case .ready: add("state = ?", .integer(RunRow.code(.ready)))
        case .running: add("state = ?", .integer(2))
        case .finished(.succeeded?): add("state = ?", .integer(RunRow.code(.finished(.succeeded))))
        // The second condition lets a database use a partial index that has only these.
        case .finished(let outcome?): add("state = ? AND state > 10", .integer(RunRow.code(.finished(outcome))))
        }
        if let node = filter.node { add("node = ?", .text(node.description)) }
        if let kind = filter.kind { add("kind = ?", .integer(RunRow.code(kind))) }
        if let range = filter.scheduled {
            add(
                "scheduled >= ? AND scheduled <= ?", .integer(range.lowerBound.microseconds),
                .integer(range.upperBound.microseconds))
        }
    }

    /// Adds a condition.
    mutating func add(_ condition: String, _ more: SQLValue...) {
        conditions.append(condition)
        values += more
    }

    /// Returns the statement and its values.
    ///
    /// - Parameters:
    ///   - key: The key of the row before, as in `RunRow.keyValues`.
    ///   - more: Columns to read after those of runs.
    func statement(_ table: String, after key: [SQLValue]?, limit: Int, more: [String] = [])
        -> (sql: String, values: [SQLValue])
    {
        var conditions = conditions
        var bound = values
        if let key {
            conditions.append(
                "scheduled <= ? AND (scheduled, generation, kind, number, attempt) < (?, ?, ?, ?, ?)")
            bound += [key[1], key[1], key[0]] + key[2...]
        }
        let columns = (RunRow.columns + more).joined(separator: ", ")
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return (
            """
            SELECT \(columns) FROM \(table) \(condition)
            ORDER BY scheduled DESC, generation DESC, kind DESC, number DESC, attempt DESC LIMIT ?
            """,
            bound + [.integer(Int64(limit))]
        )
    }
}
