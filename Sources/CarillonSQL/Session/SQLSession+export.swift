package import Carillon
internal import CarillonTriggers

/// Exports everything, to move it to another store.
extension SQLSession {
    static let reasonColumns = [
        "job", "last_scheduled", "first_scheduled", "generation", "recorded", "occurrences", "reason",
    ]

    /// See `JobTransferring`.
    package func exportPart(from cursor: TransferCursor?, limit: Int) throws(CarillonError) -> TransferPage {
        let (stage, rest) = try TransferStage.read(cursor)
        let limit = min(max(limit, 1), 1000)
        switch stage {
        case .jobs: return try exportedJobs(after: rest, limit)
        case .removed:
            let after = try TransferStage.place(rest, cursor) { Int64($0) }
            return try reading { () throws(CarillonError) in try exportedRemoved(after: after ?? 0, limit) }
        case .runs:
            let after = try TransferStage.place(rest, cursor, RunRow.place)
            return try reading { () throws(CarillonError) in try exportedRuns(after: after, limit) }
        case .reasons:
            let after = try TransferStage.place(rest, cursor, Self.reasonPlace)
            return try reading { () throws(CarillonError) in try exportedReasons(after: after, limit) }
        }
    }

    /// See `JobTransferring`.
    package func transferCounts() throws(CarillonError) -> TransferCounts {
        func rows(_ table: String) throws(CarillonError) -> Int {
            Int(try integers("SELECT count(*) FROM \(table)", []).first ?? 0)
        }
        return try reading { () throws(CarillonError) in
            TransferCounts(
                jobs: try rows("carillon_jobs"), runs: try rows("carillon_past_runs"),
                reasons: try rows("carillon_reasons"))
        }
    }

    private func exportedJobs(after id: String?, _ limit: Int) throws(CarillonError) -> TransferPage {
        let listed = try jobs(JobFilter(), page: Page(after: id.map { .id($0) }, limit: limit))
        var page = TransferPage()
        var generations: [Int64] = []
        for listing in listed {
            switch listing {
            case .job(let job): generations.append(job.generation)
            case .unreadable(let id, _, let reason): page.left.append("job '\(id)' cannot be read: \(reason)")
            }
        }
        page.items = try reading { () throws(CarillonError) in
            var failed: Set<Int64> = []
            let found = try load(generations, failed: &failed)
            page.left += failed.sorted().map { "the job of generation \($0) cannot be read" }
            return found.map { .job($0.snapshot) }
        }
        if listed.count == limit, case .id(let last)? = listed.last?.cursor(byDue: false), last != id {
            page.next = TransferStage.jobs.cursor(last)
        } else {
            page.next = TransferStage.removed.cursor()
        }
        return page
    }

    private func exportedRemoved(after generation: Int64, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        let generations = try integers(
            """
            SELECT generation FROM carillon_jobs WHERE state <> 0 AND state = ? AND generation > ?
            ORDER BY generation LIMIT ?
            """,
            [.integer(JobRow.removedState), .integer(generation), .integer(Int64(limit))])
        var failed: Set<Int64> = []
        let found = try load(generations, failed: &failed).map(\.snapshot)
        // Unreadable runs of a removed job are left out of the snapshot.
        let jobs = Dictionary(found.map { ($0.job.generation, $0.job.id) }) { first, _ in first }
        let unreadable = try unreadableRuns(of: jobs)
        page.left += failed.sorted().map { "the removed job of generation \($0) cannot be read" }
        page.left += found.filter { unreadable[$0.job.generation] != nil }.map { TransferPage.leftRemoved($0.job.unit) }
        page.items = found.filter { !$0.open.isEmpty }.map(TransferItem.job)
        let last = generations.count < limit ? nil : generations.last
        page.next = last.map { TransferStage.removed.cursor(String($0)) } ?? TransferStage.runs.cursor()
        return page
    }

    private func exportedRuns(after: [Int64]?, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        let columns = RunRow.columns.joined(separator: ", ")
        let names = try taskNames()
        var condition = ""
        var values: [SQLValue] = []
        if let key = after.map(RunRow.keyValues(of:)) {
            condition = "WHERE scheduled <= ? AND (scheduled, generation, kind, number, attempt) < (?, ?, ?, ?, ?)"
            values = [key[1], key[1], key[0]] + key[2...]
        }
        var count = 0
        var last = after
        var nodes = NodeNames()
        try connection.query(
            """
            SELECT \(columns), task_group FROM carillon_past_runs \(condition)
            ORDER BY scheduled DESC, generation DESC, kind DESC, number DESC, attempt DESC LIMIT ?
            """, values + [.integer(Int64(limit))]
        ) { (row) throws(CarillonError) in
            count += 1
            if let place = RunRow.place(row) { last = place }
            do throws(UnreadableRow) {
                let run = try RunRow.run(row, job: nil, &nodes)
                let group = try row.optionalInteger(RunRow.columns.count)
                page.items.append(.run(run, task: group.flatMap { names[$0] }))
            } catch {
                page.left.append("the ended run \(RunRow.keyText(row)) cannot be read: \(error.description)")
            }
        }
        // If no key of a whole page can be read, there is no position to continue from.
        if count == limit, let last, last != after {
            page.next = TransferStage.runs.cursor(last.map { String($0) }.joined(separator: ","))
        } else {
            page.next = TransferStage.reasons.cursor()
        }
        return page
    }

    private func exportedReasons(after: [SQLValue]?, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        let columns = Self.reasonColumns.joined(separator: ", ")
        var condition = ""
        var values: [SQLValue] = []
        if let after {
            condition =
                "WHERE job >= ? AND (\(columns)) > (\(Self.reasonColumns.map { _ in "?" }.joined(separator: ", ")))"
            values = [after[0]] + after
        }
        var count = 0
        var last: String?
        try connection.query(
            "SELECT DISTINCT \(columns) FROM carillon_reasons \(condition) ORDER BY \(columns) LIMIT ?",
            values + [.integer(Int64(limit))]
        ) { (row) throws(CarillonError) in
            count += 1
            if let place = Self.reasonPlaceText(row) { last = place }
            do throws(UnreadableRow) {
                page.items.append(.reason(try Self.range(row)))
            } catch {
                page.left.append("a reason of job '\((try? row.text(0)) ?? "?")' cannot be read: \(error.description)")
            }
        }
        if count == limit, let last { page.next = TransferStage.reasons.cursor(last) }
        return page
    }

    /// Returns the position of a row with `reasonColumns`, as text: its numbers, the reason and the job.
    private static func reasonPlaceText(_ row: any SQLRow) -> String? {
        var parts: [String] = []
        for column in 1...5 {
            guard let number = try? row.integer(column) else { return nil }
            parts.append(String(number))
        }
        guard let reason = try? row.text(6), let job = try? row.text(0) else { return nil }
        return (parts + [reason, job]).joined(separator: ",")
    }

    /// Parses a position, as values for `reasonColumns`.
    private static func reasonPlace(_ text: String) -> [SQLValue]? {
        let parts = text.split(separator: ",", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.prefix(5).compactMap { Int64($0) }
        guard parts.count == 7, numbers.count == 5 else { return nil }
        return [.text(parts[6])] + numbers.map { .integer($0) } + [.text(parts[5])]
    }

    /// Reads a row with `reasonColumns`.
    static func range(_ row: any SQLRow) throws(UnreadableRow) -> ReasonRange {
        let job = try row.text(0)
        let reason = try row.text(6)
        guard let reason = ReasonRange.Reason(rawValue: reason) else {
            throw UnreadableRow("reason is '\(reason)', which is none")
        }
        return ReasonRange(
            job: try JobRow.reading("job") { () throws(CarillonError) in try JobID(exactly: job) },
            generation: try row.integer(3),
            first: try row.instant(2, "first_scheduled"),
            last: try row.instant(1, "last_scheduled"),
            count: Int(truncatingIfNeeded: try row.count(5, "occurrences")),
            reason: reason,
            recorded: try row.instant(4, "recorded")
        )
    }
}

extension RunRow {
    /// Returns the key of a row whose first columns are those of `key`, in the order of listings.
    fileprivate static func place(_ row: any SQLRow) -> [Int64]? {
        let numbers = [1, 0, 2, 3, 4].compactMap { try? row.integer($0) }
        return numbers.count == key.count ? numbers : nil
    }

    /// Parses a position from text.
    fileprivate static func place(_ text: String) -> [Int64]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        return numbers.count == key.count && !numbers.contains(nil) ? numbers.compactMap(\.self) : nil
    }
}
