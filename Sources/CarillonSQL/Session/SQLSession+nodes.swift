package import Carillon
internal import CarillonTriggers

extension SQLSession {
    private static var record: SQLWrite {
        SQLWrite(
            .upsert,
            "carillon_nodes",
            columns: ["id", "host", "process", "process_start", "tasks", "last_heartbeat", "zones"],
            key: ["id"]
        )
    }

    /// The columns that a node reports with every heartbeat, in the order of `stamp.key`.
    private static let said = ["id", "host", "process", "process_start", "tasks", "zones"]

    /// Stamps the record of a node that reports the same as before.
    private static var stamp: SQLWrite {
        SQLWrite(.update, "carillon_nodes", columns: ["last_heartbeat"], key: said)
    }

    /// The longest wait of a stamp, in microseconds, before it is written again.
    private static var stampLimit: Int64 { 100_000 }

    /// See `JobStore.heartbeat`. If nothing has changed, it is two statements without a transaction.
    package func heartbeat(_ report: NodeReport, since known: KnownNodes?) throws(CarillonError) -> Heartbeat {
        if let known, let heartbeat = try quickHeartbeat(report, since: known) { return heartbeat }
        return try writing { () throws(CarillonError) in
            let now = try record(report)
            try noteUnheardOf(at: now)
            let version = try integers(statements.counter, [.text("nodes")]).first ?? 0
            let known = known?.version == version ? known : nil
            return Heartbeat(
                storeTime: now,
                nodes: try nodes().filter { known?.isSilent($0, at: now) ?? true },
                nodesVersion: version,
                namesAll: known == nil,
                news: try news(for: report.id, tasks: report.tasks)
            )
        }
    }

    /// Returns the answer to a heartbeat without changes of nodes; `nil` if there are changes.
    private func quickHeartbeat(_ report: NodeReport, since known: KnownNodes) throws(CarillonError) -> Heartbeat? {
        guard let zones = report.zones else { return nil }
        let row = try newsRow(report.id, report.tasks, silence: known.silence)
        guard row.nodesVersion == known.version, !row.areNodesNews,
            schema.map({ row.lastMigration == Int64($0.migrations.count - 1) }) ?? true
        else { return nil }
        try connection.checkPlace()
        guard let now = try stamped(report, zones: zones) else { return nil }
        try connection.checkPlace()
        return Heartbeat(
            storeTime: now, nodes: [], nodesVersion: row.nodesVersion, namesAll: false,
            news: try news(row, for: report.id, tasks: report.tasks))
    }

    /// Stamps the record of a node that reports the same as before.
    ///
    /// - Returns: The stamp; `nil` if the node has no record, or one of another report.
    private func stamped(_ report: NodeReport, zones: String) throws(CarillonError) -> Instant? {
        let said: [SQLValue] = [
            .text(report.id.description), .text(report.host), .integer(Int64(report.process)),
            .integer(report.processStart), .text(JSONTexts.write(report.tasks.map(\.description).sorted())),
            .text(zones),
        ]
        if let stamp = connection.dialect.stamp {
            let statement = stamp(Self.stamp.table, Self.stamp.columns[0], Self.stamp.key)
            return try integers(statement, said).first.map(Instant.init(microseconds:))
        }
        return try freshStamp { (now) throws(CarillonError) in
            var values = SQLRows(width: Self.stamp.width)
            values.append(now.microseconds)
            values.append(contentsOf: said)
            return try connection.write(Self.stamp, values) == [true]
        }
    }

    /// Writes the time of the store's clock, and again if that had to wait for a lock: the stamp is older than the wait.
    ///
    /// - Returns: The time that was written; `nil` if `write` returns `false`.
    private func freshStamp(
        _ write: (Instant) throws(CarillonError) -> Bool
    ) throws(CarillonError) -> Instant? {
        var now = try storeTime()
        while true {
            guard try write(now) else { return nil }
            let after = try storeTime()
            if abs(after.microseconds - now.microseconds) <= Self.stampLimit { return now }
            now = after
        }
    }

    /// Writes the report of a node, and raises the version of nodes if it has changed.
    ///
    /// - Returns: Its stamp. It is read after the version is raised, because other sessions may have held that row for
    ///   a while.
    private func record(_ report: NodeReport) throws(CarillonError) -> Instant {
        if try nodes("WHERE id = ?", [.text(report.id.description)]).first?.report != report {
            _ = try raise("nodes", by: 1)
        }
        // A database without a clock of its own has no locks of rows that this session could wait for.
        guard connection.dialect.clock != nil else {
            let now = try storeTime()
            try write(report, at: now)
            return now
        }
        let stamp = try freshStamp { (now) throws(CarillonError) in
            try write(report, at: now)
            return true
        }
        guard let stamp else { throw CarillonError(.storeFailed, "the node '\(report.id)' has not been stamped") }
        return stamp
    }

    private func write(_ report: NodeReport, at now: Instant) throws(CarillonError) {
        var row = SQLRows(width: Self.record.width)
        row.append(report.id.description)
        row.append(report.host)
        row.append(Int64(report.process))
        row.append(report.processStart)
        row.append(JSONTexts.write(report.tasks.map(\.description).sorted()))
        row.append(now.microseconds)
        row.append(report.zones)
        _ = try connection.write(Self.record, row)
    }

    /// See `JobStore.news`.
    package func news(for node: NodeID, tasks: Set<TaskName>) throws(CarillonError) -> StoreNews {
        try news(try newsRow(node, tasks, silence: nil), for: node, tasks: tasks)
    }

    private func news(_ row: NewsRow, for node: NodeID, tasks: Set<TaskName>) throws(CarillonError) -> StoreNews {
        StoreNews(
            earliest: try settled(row.times.earliest, tasks),
            cancelRequested: row.hasCancelled ? try cancelRequested(node) : [])
    }

    /// The answer of one statement to everything that a node has to know.
    private struct NewsRow {
        var lastMigration: Int64?
        var nodesVersion: Int64 = 0
        var hasCancelled = false
        var areNodesNews = false
        var times = SurveyedTimes()
    }

    /// Reads the news of a node.
    ///
    /// - Parameter silence: The time without a heartbeat, in microseconds, after which a node is reported; `nil`
    ///   reports none.
    private func newsRow(
        _ node: NodeID, _ tasks: Set<TaskName>, silence: Int64?
    ) throws(CarillonError) -> NewsRow {
        let excluded = unreadable.generations
        var values: [SQLValue] = [.text(node.description)]
        if let silence {
            if connection.dialect.clock == nil {
                let now = try storeTime()
                values += [-silence, silence].map { .integer(now.advanced(byMicroseconds: $0).microseconds) }
            } else {
                values += [.integer(silence), .integer(-silence)]
            }
        }
        values += self.values(ofTimes: tasks, excluded)
        var found = NewsRow()
        try connection.query(statements.news(isWatching: silence != nil, isExcluding: !excluded.isEmpty), values) {
            (row) throws(CarillonError) in
            found.lastMigration = try? row.optionalInteger(0)
            found.nodesVersion = (try? row.integer(1)) ?? 0
            found.hasCancelled = (try? row.integer(2)) == 1
            found.areNodesNews = (try? row.integer(3)) == 1
            found.times = SurveyedTimes(row, from: 4)
        }
        return found
    }

    /// See `JobStore.forget`.
    package func forget(_ nodes: Set<NodeID>) throws(CarillonError) {
        try writing { () throws(CarillonError) in
            _ = try raise("nodes", by: 1)
            try connection.execute(
                """
                \(connection.dialect.deletion(from: "carillon_nodes", by: "id", isText: true))
                AND NOT EXISTS (SELECT 1 FROM carillon_open_runs WHERE node = carillon_nodes.id)
                """,
                [.texts(nodes.map(\.description))]
            )
        }
    }

    /// Writes the record of a node that does not exist, and deletes it in the same transaction, so that it is never
    /// visible. A transaction without a change would write nothing, and succeed on a full disk.
    package func tryWriting() throws(CarillonError) {
        try writing { () throws(CarillonError) in
            let id = "trial-\(UInt64.random(in: 0 ... .max))"
            var row = SQLRows(width: Self.record.width)
            row.append(id)
            row.append("")
            row.append(0)
            row.append(0)
            row.append(JSONTexts.write([]))
            row.append(try storeTime().microseconds)
            _ = try connection.write(Self.record, row)
            try connection.execute("DELETE FROM carillon_nodes WHERE id = ?", [.text(id)])
        }
    }

    /// Adds records for nodes that have runs and no record: one lease from now they count as dead like any other.
    private func noteUnheardOf(at now: Instant) throws(CarillonError) {
        var rows = SQLRows(width: Self.record.width)
        for node in try texts(statements.nodesUnheardOf, []) {
            rows.append(node)
            rows.append("")
            rows.append(0)
            rows.append(0)
            rows.append(JSONTexts.write([]))
            rows.append(now.microseconds)
            rows.append(.null)
        }
        guard rows.count > 0 else { return }
        _ = try raise("nodes", by: 1)
        let addition = SQLWrite(.offer, Self.record.table, columns: Self.record.columns, key: ["id"])
        _ = try connection.write(addition, rows)
    }

    /// Returns the records of nodes.
    ///
    /// - Parameter condition: A `WHERE` clause.
    func nodes(_ condition: String = "", _ values: [SQLValue] = []) throws(CarillonError) -> [NodeRecord] {
        var nodes: [NodeRecord] = []
        try connection.query(
            """
            SELECT id, host, process, process_start, tasks, last_heartbeat, zones FROM carillon_nodes \(condition)
            ORDER BY id
            """, values
        ) { (row) throws(CarillonError) in
            // A newer version may report what this one does not understand; this one must not judge it then.
            if let node = try? Self.node(row) { nodes.append(node) }
        }
        return nodes
    }

    private static func node(_ row: any SQLRow) throws(UnreadableRow) -> NodeRecord {
        let id = try row.text(0)
        let names = try JSONTexts.read(try row.bytes(4), "tasks")
        let report = NodeReport(
            id: try JobRow.reading("id") { () throws(CarillonError) in try NodeID(exactly: id) },
            host: try row.text(1),
            process: Int32(truncatingIfNeeded: try row.integer(2)),
            processStart: try row.integer(3),
            tasks: try JobRow.reading("tasks") { () throws(CarillonError) in
                var tasks: Set<TaskName> = []
                for name in names { tasks.insert(try TaskName(exactly: name)) }
                return tasks
            },
            zones: try row.optionalText(6)
        )
        return NodeRecord(report: report, lastHeartbeat: Instant(microseconds: try row.integer(5)))
    }

    private func cancelRequested(_ node: NodeID) throws(CarillonError) -> [Run.ID] {
        try runs(
            "SELECT \(RunRow.columns.joined(separator: ", ")) FROM carillon_open_runs WHERE node = ? AND "
                + "cancel_requested = 1",
            [.text(node.description)]
        ).map(\.id)
    }
}
