package import Carillon
internal import CarillonTriggers

/// The statement for a page of ended runs over all jobs, as a union of parts that an index answers in the order of the
/// listing.
package struct RunSearchQuery {
    /// A part of the result that an index has in order.
    package enum Branch: Hashable, Sendable {
        /// All ended runs.
        case all
        /// Those of a class other than `RunClass.plain`.
        case ofClass(Int64)
        /// Those of a task, whatever the node, of one class.
        case ofTask(Int64, class: Int64)
        /// Those of a node, of one class and, if given, of a task.
        case onNode(Int64, class: Int64, task: Int64?)
        /// Those of a job, of some classes and, if given, of a task, a node and a kind of error.
        case ofJob(String, classes: [Int64], task: Int64?, node: String?, error: Int64?)
        /// Those with a kind of error, of some classes and, if given, of a task and a node.
        case withError(Int64, classes: [Int64], task: Int64?, node: String?)
    }

    private let search: RunSearch
    private let dialect: SQLDialect
    private let limit: Int

    /// Creates the statement of a search.
    ///
    /// - Parameter limit: The number of runs to find.
    package init(_ search: RunSearch, _ dialect: SQLDialect, limit: Int) {
        self.search = search
        self.dialect = dialect
        self.limit = limit
    }

    private var direction: String { search.order == .newestFirst ? "DESC" : "ASC" }

    private func order(_ table: String = "") -> String {
        ["scheduled", "generation", "kind", "number", "attempt"].map { "\(table)\($0) \(direction)" }
            .joined(separator: ", ")
    }

    /// Returns the statement for some parts, and its values. A row has the columns of `RunRow.columns`, with NULL in
    /// place of those that may be long.
    ///
    /// - Parameter key: The key of the row before, as in `RunRow.keyValues`.
    package func statement(_ branches: [Branch], after key: [SQLValue]?) -> (sql: String, values: [SQLValue]) {
        var parts: [String] = []
        var values: [SQLValue] = []
        for branch in branches {
            var (conditions, bound) = conditions(branch)
            if let range = search.scheduled {
                conditions.append("scheduled >= ? AND scheduled <= ?")
                bound += [.integer(range.lowerBound.microseconds), .integer(range.upperBound.microseconds)]
            }
            if let key {
                let sign = search.order == .newestFirst ? "<" : ">"
                conditions.append(
                    "scheduled \(sign)= ? AND (scheduled, generation, kind, number, attempt) \(sign) (?, ?, ?, ?, ?)")
                bound += [key[1], key[1], key[0]] + key[2...]
            }
            let condition = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND ")) "
            parts.append(
                "SELECT scheduled, generation, kind, number, attempt FROM carillon_past_runs \(condition)"
                    + "ORDER BY \(order()) LIMIT ?")
            values += bound + [.integer(Int64(limit))]
        }
        if parts.count > 1 { values.append(.integer(Int64(limit))) }
        let columns = RunRow.columns.map { RunRow.bytes.contains($0) ? "NULL AS \($0)" : "runs.\($0) AS \($0)" }
        let isSame = RunRow.key.map { "runs.\($0) = found.\($0)" }.joined(separator: " AND ")
        let found =
            parts.count == 1
            ? parts[0]
            : parts.enumerated().map { "SELECT * FROM (\($1)) AS part\($0)" }.joined(separator: " UNION ALL ")
                + " ORDER BY \(order()) LIMIT ?"
        return (
            """
            SELECT \(columns.joined(separator: ", ")) FROM (\(found)) AS found
            JOIN carillon_past_runs AS runs ON \(isSame) ORDER BY \(order("found."))
            """, values
        )
    }

    private func conditions(_ branch: Branch) -> (conditions: [String], values: [SQLValue]) {
        switch branch {
        case .all: return ([], [])
        case .ofClass(let code):
            // The second condition lets a database use a partial index that has only these.
            return (["class = ? AND class > \(RunClass.plain.code)"], [.integer(code)])
        case .ofTask(let group, let code):
            return (["task_group = ?", "class = ?"], [.integer(group), .integer(code)])
        case .onNode(let group, let code, let task):
            let ofTask = "\(dialect.withoutIndex("task_group")) = ?"
            let (more, values) = task.map { ([ofTask], [SQLValue.integer($0)]) } ?? ([], [])
            return (["node_group = ?", "class = ?"] + more, [.integer(group), .integer(code)] + values)
        case .ofJob(let job, let classes, let task, let node, let error):
            var (conditions, values) = rest(classes, task, node)
            if let error {
                conditions.append("\(dialect.withoutIndex("fingerprint")) = ?")
                values.append(.integer(error))
            }
            return (["job = ?"] + conditions, [.text(job)] + values)
        case .withError(let error, let classes, let task, let node):
            let (conditions, values) = rest(classes, task, node)
            return (["fingerprint = ?"] + conditions, [.integer(error)] + values)
        }
    }

    /// Returns conditions on rows that another index finds.
    private func rest(_ classes: [Int64], _ task: Int64?, _ node: String?) -> ([String], [SQLValue]) {
        var conditions = [dialect.isAmongIntegers(dialect.withoutIndex("class"))]
        var values: [SQLValue] = [.integers(classes)]
        if let task {
            conditions.append("\(dialect.withoutIndex("task_group")) = ?")
            values.append(.integer(task))
        }
        if let node {
            conditions.append("\(dialect.withoutIndex("node")) = ?")
            values.append(.text(node))
        }
        return (conditions, values)
    }
}
