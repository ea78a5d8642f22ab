#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

extension MongoSession {
    // MARK: Reasons

    /// See `JobStore.reasons`.
    func reasons(
        _ job: JobID, from first: Instant, through last: Instant, limit: Int
    ) throws(CarillonError) -> [ReasonRange] {
        let found = try reasonDocuments(of: job, from: first, through: last).compactMap(ReasonDocument.range)
        let sorted = found.sorted { left, right in
            left.last != right.last ? left.last > right.last : left.recorded > right.recorded
        }
        return Array(sorted.prefix(max(limit, 0)))
    }

    private func reasonDocuments(
        of job: JobID, from first: Instant, through last: Instant
    ) throws(CarillonError) -> [BSONDocument] {
        try settleAll()
        return try find(
            .reasons,
            [
                "job": .text(job.description), "gone": ["$ne": true],
                "first": ["$lte": .integer(last.microseconds)], "last": ["$gte": .integer(first.microseconds)],
            ])
    }

    /// See `JobStore.unreadableHistory`.
    func unreadableHistory(
        of job: JobID, from first: Instant, through last: Instant
    ) throws(CarillonError) -> Int {
        var count = try reasonDocuments(of: job, from: first, through: last).count { ReasonDocument.range($0) == nil }
        let range = first <= last ? first...last : first...first
        try eachEnded(["job": .text(job.description)], scheduled: range, after: nil, 1000) { value in
            if case .failure = value { count += 1 }
            return true
        }
        return count
    }

    /// Returns how many ended runs and reasons of each job cannot be read.
    func unreadableHistory() throws(CarillonError) -> [String: Int] {
        try settleAll()
        var counts: [String: Int] = [:]
        for document in try find(.past, [:]) {
            if case .failure = PastDocument.ended(document) { counts[document["job"]?.text ?? "", default: 0] += 1 }
        }
        for document in try find(.reasons, ["gone": ["$ne": true]]) where ReasonDocument.range(document) == nil {
            counts[document["job"]?.text ?? "", default: 0] += 1
        }
        return counts
    }

    // MARK: Pruning

    /// Returns the ids of jobs that have a history, in order.
    func histories() throws(CarillonError) -> [String] {
        try settleAll()
        var ids: Set<String> = []
        for collection in [MongoCollection.past, .reasons] {
            let answer = try read(["distinct": .text(name(collection)), "key": "job"])
            ids.formUnion(answer["values"]?.array.compactMap(\.text) ?? [])
        }
        return ids.sorted()
    }

    /// Removes what the policy of a job does not keep.
    ///
    /// - Returns: How many runs and reasons there were.
    func prune(_ id: String, at now: Instant) throws(CarillonError) -> Int {
        var history = History()
        if let document = try find(.units, ["name": .text(id)], fields: UnitDocument.planFields).first {
            // A policy that cannot be read keeps everything.
            guard let snapshot = FoundUnit(document, shared.readers)?.snapshot else { return 0 }
            history = snapshot.job.definition.policies.history
        }
        let oldest = now.advanced(byMicroseconds: -Int64(min(max(history.days, 0), 1_000_000)) * 86_400_000_000)
        let documents = try find(.past, ["job": .text(id)], fields: ["_id": 1, "job": 1, "r": 1])
        var ended: [(name: BSONValue, id: Run.ID, time: Instant)] = []
        for document in documents {
            guard let name = document["_id"], case .success(let found) = PastDocument.ended(document),
                let time = found.run.finished
            else { continue }
            ended.append((name, found.run.id, time))
        }
        ended.sort { left, right in
            left.time != right.time ? left.time > right.time : left.id.isListed(before: right.id)
        }
        let runs = ended.enumerated().filter { $0 >= history.runs || $1.time < oldest }.map(\.element.name)
        var count = try delete(.past, runs.map { ["_id": $0] })
        let old = try find(
            .reasons, ["job": .text(id), "recorded": ["$lt": .integer(oldest.microseconds)]])
        count += try delete(
            .reasons,
            old.filter { ReasonDocument.range($0) != nil && $0["gone"] == nil }.map { ["_id": $0["_id"] ?? .nothing] })
        // What was withdrawn is remembered as long, and counts as nothing.
        try delete(.reasons, old.filter { $0["gone"] != nil }.map { ["_id": $0["_id"] ?? .nothing] })
        return count
    }
}
#endif
