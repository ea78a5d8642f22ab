#if Redis
internal import Carillon
internal import CarillonTriggers

/// Exports everything, to move it to another store.
extension RedisSession {
    /// See `JobTransferring`.
    func exportPart(from cursor: TransferCursor?, limit: Int) throws(CarillonError) -> TransferPage {
        let (stage, rest) = try TransferStage.read(cursor)
        let limit = min(max(limit, 1), 1000)
        switch stage {
        case .jobs: return try exportedJobs(after: rest, limit)
        case .removed:
            return try exportedRemoved(after: try TransferStage.place(rest, cursor) { Int64($0) } ?? 0, limit)
        case .runs: return try exportedRuns(after: try TransferStage.place(rest, cursor, Self.bytes), limit)
        case .reasons: return try exportedReasons(after: try TransferStage.place(rest, cursor, Self.reasonPlace), limit)
        }
    }

    /// See `JobTransferring`.
    func transferCounts() throws(CarillonError) -> TransferCounts {
        let counts = try read([
            RedisArguments(["ZCARD", key("ids")]), RedisArguments(["ZCARD", key("removed")]),
            RedisArguments(["ZCARD", key(EndedIndexes.all)]),
        ]).map { Int($0.integer ?? 0) }
        var reasons = 0
        var last: [UInt8]?
        while case let ids = try histories(after: last), !ids.isEmpty {
            let fields = try read(
                ids.map { id in
                    var command = RedisArguments(["HLEN"])
                    command.append(Array(key("why:").utf8) + id)
                    return command
                })
            reasons += fields.reduce(0) { $0 + Int($1.integer ?? 0) }
            last = ids.last
        }
        return TransferCounts(jobs: counts[0] + counts[1], runs: counts[2], reasons: reasons)
    }

    private func exportedJobs(after id: String?, _ limit: Int) throws(CarillonError) -> TransferPage {
        let listed = try jobs(JobFilter(), page: Page(after: id.map { .id($0) }, limit: limit))
        var page = TransferPage()
        var wanted: [(generation: Int64, id: String)] = []
        for listing in listed {
            switch listing {
            case .job(let job): wanted.append((job.generation, job.id.description))
            case .unreadable(let id, _, let reason): page.left.append("job '\(id)' cannot be read: \(reason)")
            }
        }
        page.items = try units(wanted).compactMap { unit in unit.snapshot.map { .job(Self.exported($0)) } }
        if listed.count == limit, case .id(let last)? = listed.last?.cursor(byDue: false), last != id {
            page.next = TransferStage.jobs.cursor(last)
        } else {
            page.next = TransferStage.removed.cursor()
        }
        return page
    }

    /// The floor of fences is this storage's own.
    private static func exported(_ snapshot: JobSnapshot) -> JobSnapshot {
        var snapshot = snapshot
        snapshot.fenceFloor = 0
        return snapshot
    }

    private func exportedRemoved(after generation: Int64, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        let members = try read("ZRANGE", key("removed"), "0", "-1").elements.compactMap(\.bytes)
        let all = members.compactMap { member -> (generation: Int64, id: String)? in
            guard let zero = member.lastIndex(of: 0),
                let number = Int64(String(decoding: member[(zero + 1)...], as: UTF8.self))
            else { return nil }
            return (number, String(decoding: member[..<zero], as: UTF8.self))
        }
        let some = Array(
            all.filter { $0.generation > generation }.sorted { $0.generation < $1.generation }.prefix(limit))
        for unit in try units(some) {
            guard let snapshot = unit.snapshot else {
                page.left.append("the removed job of generation \(unit.generation) cannot be read")
                continue
            }
            // Runs that cannot be read are left out of the snapshot.
            if unit.hasUnreadableRuns { page.left.append(TransferPage.leftRemoved(snapshot.job.unit)) }
            if !snapshot.open.isEmpty { page.items.append(.job(Self.exported(snapshot))) }
        }
        let last = some.count < limit ? nil : some.last?.generation
        page.next = last.map { TransferStage.removed.cursor(String($0)) } ?? TransferStage.runs.cursor()
        return page
    }

    private func exportedRuns(after: [UInt8]?, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        var reader = RunIndexReader(self, [EndedIndexes.all], after: after)
        let members = try reader.next(limit)
        for member in members {
            guard let id = RunKey.id(member: member) else {
                page.left.append("an ended run with an unreadable key cannot be read")
                continue
            }
            for value in try loadEnded([id]) {
                switch value {
                case .success(let ended): page.items.append(.run(ended.run, task: ended.task))
                case .failure(let error): page.left.append("the ended run '\(id)' cannot be read: \(error)")
                }
            }
        }
        if members.count == limit, let last = members.last {
            page.next = TransferStage.runs.cursor(Self.hexadecimal(last))
        } else {
            page.next = TransferStage.reasons.cursor()
        }
        return page
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// A place among the reasons: how many of a job are behind it, and the job.
    private static func reasonPlace(_ text: String) -> (count: Int, job: [UInt8])? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), count >= 0 else { return nil }
        return (count, Array(parts[1].utf8))
    }

    private func exportedReasons(
        after: (count: Int, job: [UInt8])?, _ limit: Int
    ) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        var last: [UInt8]?
        var ids: [[UInt8]] = []
        var skipped = 0
        if let after {
            (ids, last, skipped) = ([after.job], after.job, after.count)
        } else {
            ids = try histories(after: nil)
            last = ids.last
        }
        while !ids.isEmpty {
            for id in ids {
                guard let text = String(validating: id, as: UTF8.self), let job = try? JobID(exactly: text) else {
                    continue
                }
                let (ranges, unreadable) = try sortedReasons(of: job)
                if skipped == 0, unreadable > 0 {
                    page.left += Array(repeating: "a reason of job '\(job)' cannot be read", count: unreadable)
                }
                for (index, range) in ranges.enumerated().dropFirst(skipped) {
                    page.items.append(.reason(range))
                    guard page.items.count == limit else { continue }
                    page.next = TransferStage.reasons.cursor("\(index + 1):\(text)")
                    return page
                }
                skipped = 0
            }
            ids = try histories(after: last)
            last = ids.last
        }
        return page
    }

    /// Returns the reasons of a job in the order of exports, and how many cannot be read.
    private func sortedReasons(of job: JobID) throws(CarillonError) -> (ranges: [ReasonRange], unreadable: Int) {
        var ranges: Set<ReasonRange> = []
        var unreadable = 0
        for found in try reasons(of: job) {
            switch found {
            case .success(let some): ranges.formUnion(some)
            case .failure: unreadable += 1
            }
        }
        func place(_ range: ReasonRange) -> [Int64] {
            [
                range.last.microseconds, range.first.microseconds, range.generation, range.recorded.microseconds,
                Int64(range.count),
            ]
        }
        let sorted = ranges.sorted { left, right in
            let (first, second) = (place(left), place(right))
            return first != second
                ? first.lexicographicallyPrecedes(second) : left.reason.rawValue < right.reason.rawValue
        }
        return (sorted, unreadable)
    }
}
#endif
