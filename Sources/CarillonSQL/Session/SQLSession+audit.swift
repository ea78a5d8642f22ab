package import Carillon
internal import CarillonTriggers

/// The audit log.
extension SQLSession {
    private static let columns = [
        "number", "time", "actor", "origin", "action", "object_kind", "object_id", "before_json", "after_json",
        "summary",
        "result", "reason", "request",
    ]
    private static let addition = SQLWrite(
        .insert, "carillon_audit", columns: columns + ["object_hash"])
    /// The number of entries that one transaction removes, so that other sessions do not wait long.
    private static var prunedAtOnce: Int64 { 1000 }

    /// See `AuditLogging`.
    package func append(_ entries: [AuditEntry]) throws(CarillonError) -> [Int64] {
        guard !entries.isEmpty else { return [] }
        return try writing { () throws(CarillonError) in
            let last = try raise("audit", by: Int64(entries.count))
            let numbers = (last - Int64(entries.count) + 1)...last
            var rows = SQLRows(width: Self.addition.width)
            for (number, entry) in zip(numbers, entries) { Self.append(entry.kept, number, to: &rows) }
            _ = try connection.write(Self.addition, rows)
            return Array(numbers)
        }
    }

    private static func append(_ entry: AuditEntry, _ number: Int64, to rows: inout SQLRows) {
        rows.append(number)
        rows.append(entry.time.microseconds)
        rows.append(entry.actor)
        rows.append(entry.origin)
        rows.append(entry.action)
        rows.append(entry.object.kind)
        rows.append(entry.object.id)
        rows.append(entry.before)
        rows.append(entry.after)
        rows.append(entry.summary)
        let (code, reason): (Int64, String?) =
            switch entry.result {
            case .done: (0, nil)
            case .refused(let reason): (1, reason)
            case .unknown(let reason): (2, reason)
            }
        rows.append(code)
        rows.append(reason)
        rows.append(entry.request)
        rows.append(hash(of: entry.object.kind, entry.object.id))
    }

    /// Returns the hash that an object is found by, because its id may be too long for an index.
    private static func hash(of kind: String, _ id: String) -> Int64 {
        var hash = StableHash()
        hash.add(kind)
        hash.add(id)
        return Int64(bitPattern: hash.value)
    }

    /// See `AuditLogging`.
    package func auditEntries(_ filter: AuditFilter, page: Page<Int64>) throws(CarillonError) -> [NumberedAuditEntry] {
        var conditions: [String] = []
        var values: [SQLValue] = []
        func add(_ condition: String, _ more: SQLValue...) {
            conditions.append(condition)
            values += more
        }
        if let kind = filter.objectKind, let id = filter.objectID {
            add(
                "object_hash = ? AND object_kind = ? AND object_id = ?", .integer(Self.hash(of: kind, id)), .text(kind),
                .text(id))
        } else if let kind = filter.objectKind {
            add("object_kind = ?", .text(kind))
        }
        if let actor = filter.actor {
            // The index by object finds fewer rows than that by actor.
            let hasObject = filter.objectKind != nil && filter.objectID != nil
            add("\(hasObject ? connection.dialect.withoutIndex("actor") : "actor") = ?", .text(actor))
        }
        if let action = filter.action { add("action = ?", .text(action)) }
        if let time = filter.time {
            add(
                "time >= ? AND time <= ?", .integer(time.lowerBound.microseconds),
                .integer(time.upperBound.microseconds))
        }
        var after = page.after
        var found: [NumberedAuditEntry] = []
        while true {
            var bound = conditions
            if let after { bound.append("number < \(after)") }
            let condition = bound.isEmpty ? "" : "WHERE " + bound.joined(separator: " AND ")
            var count = 0
            try connection.query(
                """
                SELECT \(Self.columns.joined(separator: ", ")) FROM carillon_audit \(condition)
                ORDER BY number DESC LIMIT ?
                """, values + [.integer(Int64(page.limit))]
            ) { (row) throws(CarillonError) in
                count += 1
                if let number = try? row.integer(0) { after = number }
                if let entry = try? Self.entry(row) { found.append(entry) }
            }
            // Filled up if rows cannot be read.
            if count < page.limit || found.count >= page.limit { return Array(found.prefix(page.limit)) }
        }
    }

    private static func entry(_ row: any SQLRow) throws(UnreadableRow) -> NumberedAuditEntry {
        let reason = try row.optionalText(11) ?? ""
        let result: AuditEntry.Result =
            switch try row.integer(10) {
            case 0: .done
            case 1: .refused(reason)
            case 2: .unknown(reason)
            case let code: throw UnreadableRow("result is \(code), not 0 to 2")
            }
        let entry = AuditEntry(
            actor: try row.text(2),
            origin: try row.optionalText(3),
            time: try row.instant(1, "time"),
            action: try row.text(4),
            object: AuditEntry.Object(kind: try row.text(5), id: try row.text(6)),
            before: try row.optionalBytes(7),
            after: try row.optionalBytes(8),
            summary: try row.optionalText(9),
            result: result,
            request: try row.optionalText(12)
        )
        return NumberedAuditEntry(number: try row.integer(0), entry: entry)
    }

    /// Returns the numbers of some entries that exceed a limit.
    func auditEntries(beyond limit: AuditLimit, at now: Instant) throws(CarillonError) -> [Int64] {
        let oldest = limit.oldest(at: now).microseconds
        let old = try integers(
            "SELECT number FROM carillon_audit WHERE time < ? LIMIT ?", [.integer(oldest), .integer(Self.prunedAtOnce)])
        if !old.isEmpty { return old }
        return try integers(
            "SELECT number FROM carillon_audit ORDER BY number DESC LIMIT ? OFFSET ?",
            [.integer(Self.prunedAtOnce), .integer(Int64(max(0, limit.entries)))])
    }

    /// Removes entries.
    func removeAudit(_ numbers: [Int64]) throws(CarillonError) {
        try writing { () throws(CarillonError) in
            let deletion = connection.dialect.deletion(from: "carillon_audit", by: "number")
            try connection.execute(deletion, [.integers(numbers)])
        }
    }
}
