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

    /// See `JobStore.heartbeat`.
    package func heartbeat(_ report: NodeReport) throws(CarillonError) -> Heartbeat {
        try writing { () throws(CarillonError) in
            let now = clock()
            var row = SQLRows(width: Self.record.width)
            row.append(report.id.description)
            row.append(report.host)
            row.append(Int64(report.process))
            row.append(report.processStart)
            row.append(JSONTexts.write(report.tasks.map(\.description).sorted()))
            row.append(now.microseconds)
            row.append(report.zones)
            _ = try connection.write(Self.record, row)
            try noteUnheardOf(at: now)
            let earliest = try earliest(of: report.tasks)
            return Heartbeat(
                storeTime: now,
                nodes: try nodes(),
                earliestDue: earliest.due,
                earliestAvailable: earliest.available,
                changeCounter: try integers(statements.counter, [.text("changes")]).first ?? 0,
                cancelRequested: try cancelRequested(report.id)
            )
        }
    }

    /// See `JobStore.earliest`.
    package func earliest(of tasks: Set<TaskName>?) throws(CarillonError) -> EarliestTimes {
        EarliestTimes(due: try earliestDue(tasks), available: try earliestAvailable(tasks))
    }

    /// See `JobStore.forget`.
    package func forget(_ nodes: Set<NodeID>) throws(CarillonError) {
        try writing { () throws(CarillonError) in
            try connection.execute(
                """
                DELETE FROM carillon_nodes WHERE \(connection.dialect.isAmongTexts("id"))
                AND NOT EXISTS (SELECT 1 FROM carillon_open_runs WHERE node = carillon_nodes.id)
                """,
                [.texts(nodes.map(\.description))]
            )
        }
    }

    /// Writes the record of a node that is none, and takes it away in the same transaction, so that nobody ever sees it.
    /// A transaction without a change would write nothing, and succeed on a full disk.
    package func tryWriting() throws(CarillonError) {
        try writing { () throws(CarillonError) in
            let id = "trial-\(UInt64.random(in: 0 ... .max))"
            var row = SQLRows(width: Self.record.width)
            row.append(id)
            row.append("")
            row.append(0)
            row.append(0)
            row.append(JSONTexts.write([]))
            row.append(clock().microseconds)
            _ = try connection.write(Self.record, row)
            try connection.execute("DELETE FROM carillon_nodes WHERE id = ?", [.text(id)])
        }
    }

    /// Notes nodes that have runs and no record: a lease from now on they count as dead like any other.
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
        let addition = SQLWrite(.insertUnlessTaken, Self.record.table, columns: Self.record.columns, key: ["id"])
        _ = try connection.write(addition, rows)
    }

    func nodes() throws(CarillonError) -> [NodeRecord] {
        var nodes: [NodeRecord] = []
        try connection.query(
            "SELECT id, host, process, process_start, tasks, last_heartbeat, zones FROM carillon_nodes ORDER BY id", []
        ) { (row) throws(CarillonError) in
            // A newer version may say of itself what this one does not understand; it is none of ours to judge then.
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

    /// The earliest due time. Of what is due already, jobs that cannot be read are left out, which would wake the node
    /// without end; what is to come is looked at when it is due.
    private func earliestDue(_ tasks: Set<TaskName>?) throws(CarillonError) -> Instant? {
        var query = JobQuery(now: .latest)
        query.tasks = tasks
        query.dueLimit = 1
        let now = clock()
        for _ in 0..<Self.earliestRounds {
            let due = try dueTimes(query, except: unreadable.generations)
            guard let first = due.first else { return nil }
            if first.time > now.microseconds { return Instant(microseconds: first.time) }
            var failed: Set<Int64> = []
            let found = try load(due.map(\.generation), failed: &failed)
            if let due = found.first?.snapshot.job.next?.due { return due }
            unreadable.insert(failed)
            if due.count < query.dueLimit { return nil }
            query.dueLimit *= 2
        }
        // Behind so many jobs that cannot be read there may be some that can: the pass that follows passes over more.
        return now
    }

    /// How often the search for the earliest due job is repeated, each time among twice as many, where it meets nothing
    /// but jobs that cannot be read.
    private static var earliestRounds: Int { 14 }

    private func earliestAvailable(_ tasks: Set<TaskName>?) throws(CarillonError) -> Instant? {
        let excluded = unreadable.generations
        let statement = statements.earliestAvailable(ofAllTasks: tasks == nil, isExcluding: !excluded.isEmpty)
        let named = tasks.map { [SQLValue.texts($0.map(\.description))] } ?? []
        return try integers(statement, named + Self.bound(excluded)).first.map { Instant(microseconds: $0) }
    }

    private func cancelRequested(_ node: NodeID) throws(CarillonError) -> [Run.ID] {
        try runs(
            "SELECT \(RunRow.columns.joined(separator: ", ")) FROM carillon_open_runs WHERE node = ? AND "
                + "cancel_requested = 1",
            [.text(node.description)]
        ).map(\.id)
    }
}
