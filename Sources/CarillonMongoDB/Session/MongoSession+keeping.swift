#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// The audit log, and remembered requests.
extension MongoSession {
    // MARK: Audit log

    /// How many bytes of entries one call may have: they are one document, so that all of them are written or none.
    private static var mostAuditBytes: Int { 15_000_000 }

    /// See `AuditLogging`.
    func append(_ entries: [AuditEntry]) throws(CarillonError) -> [Int64] {
        guard !entries.isEmpty else { return [] }
        let kept = entries.map(\.kept)
        let values = kept.map(StoredAudit.bytes)
        guard values.reduce(0, { $0 + $1.count }) < Self.mostAuditBytes else {
            throw CarillonError(.unsupported, "\(entries.count) entries of the audit log are too many for one call")
        }
        let last = try raise("audit", by: kept.count)
        let first = last - Int64(kept.count - 1)
        let listed = zip(kept, values).enumerated().map { index, one -> BSONValue in
            ["n": .integer(first + Int64(index)), "e": .bytes(one.1), "t": .integer(one.0.time.microseconds)]
        }
        let objects = Set(kept.flatMap { [Self.object($0.object.kind), Self.object($0.object.kind, $0.object.id)] })
        _ = try insert(
            .audit,
            [
                [
                    "_id": .integer(first), "entries": .array(listed),
                    "actors": .texts(Set(kept.map(\.actor)).sorted()),
                    "objects": .texts(objects.sorted()),
                ]
            ])
        return Array(first...last)
    }

    /// The kind's length is in it, because a kind may have a colon.
    private static func object(_ kind: String, _ id: String? = nil) -> String {
        "\(kind.utf8.count):\(kind)" + (id.map { ":\($0)" } ?? "")
    }

    /// See `AuditLogging`.
    func auditEntries(
        _ filter: AuditFilter, page: Page<Int64>
    ) throws(CarillonError) -> [NumberedAuditEntry] {
        var found: [NumberedAuditEntry] = []
        var last = page.after
        while found.count < page.limit {
            var condition = BSONDocument()
            if let last { condition.append("_id", ["$lt": .integer(last)]) }
            if let actor = filter.actor { condition.append("actors", .text(actor)) }
            if let kind = filter.objectKind { condition.append("objects", .text(Self.object(kind, filter.objectID))) }
            let documents = try find(.audit, condition, sort: ["_id": -1], limit: 100)
            for document in documents {
                for entry in document["entries"]?.array.compactMap(\.document).reversed() ?? [] {
                    guard let number = entry["n"]?.integer, page.after.map({ number < $0 }) ?? true,
                        let read = entry["e"]?.bytes.flatMap(StoredAudit.entry), filter.passes(read)
                    else { continue }
                    found.append(NumberedAuditEntry(number: number, entry: read))
                }
            }
            guard documents.count == 100, let end = documents.last?["_id"]?.integer else { break }
            last = end
        }
        return Array(found.prefix(page.limit))
    }

    /// Removes some of the entries that exceed a limit.
    ///
    /// - Returns: How many were removed, and whether there may be more.
    func pruneAudit(at now: Instant, keeping limit: AuditLimit) throws(CarillonError) -> (count: Int, isDone: Bool) {
        let counted = try all(
            [
                "aggregate": .text(name(.audit)),
                "pipeline": [["$group": ["_id": .nothing, "count": ["$sum": ["$size": "$entries"]]]]], "cursor": [:],
            ], of: .audit)
        var excess = (counted.first?["count"]?.integer ?? 0) - Int64(max(limit.entries, 0))
        let oldest = limit.oldest(at: now).microseconds
        var count = 0
        var isDone = true
        let documents = try find(
            .audit, excess > 0 ? [:] : ["entries.t": ["$lt": .integer(oldest)]], sort: ["_id": 1], limit: 100)
        for document in documents {
            let entries = document["entries"]?.array.compactMap(\.document) ?? []
            let removed = entries.filter { entry in
                excess -= 1
                return excess >= 0 || entry["t"]?.integer ?? .max < oldest
            }
            guard !removed.isEmpty, let id = document["_id"] else { continue }
            isDone = false
            if removed.count == entries.count {
                try delete(.audit, [["_id": id]])
            } else {
                try write([
                    "update": .text(name(.audit)),
                    "updates": [
                        [
                            "q": ["_id": id],
                            "u": ["$pull": ["entries": ["n": ["$in": .array(removed.compactMap { $0["n"] })]]]],
                        ]
                    ],
                ])
            }
            count += removed.count
        }
        return (count, isDone)
    }

    // MARK: Requests

    /// See `RequestKeeping`.
    func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) throws(CarillonError) -> RequestClaim {
        try RememberedRequest.check(fingerprint: fingerprint)
        try removeExpiredRequests(at: now)
        let id = Self.requestID(key)
        while true {
            let known = try find(.requests, ["_id": id]).first?["r"]?.bytes
            if let answer = known.flatMap(StoredRequest.request)?.answer(
                to: fingerprint, at: now, takingOverBefore: abandoned)
            {
                return answer
            }
            // Random, so that no claim waits for a counter.
            let token = Int64.random(in: 1 ... .max)
            let claim = RememberedRequest(fingerprint: fingerprint, token: token, claimed: now, expires: expires)
            let fields: BSONDocument = [
                "r": .bytes(StoredRequest.bytes(claim)), "expires": .integer(expires.microseconds),
            ]
            // Another caller may have been first.
            let isMine: Bool
            if let known {
                isMine = try change(id, from: known, ["$set": .document(fields)])
            } else {
                var document: BSONDocument = ["_id": id]
                for (name, value) in fields.fields { document.append(name, value) }
                isMine = try insert(.requests, [document]).isEmpty
            }
            if isMine { return .granted(token: token) }
        }
    }

    private func removeExpiredRequests(at now: Instant) throws(CarillonError) {
        let expired = try find(
            .requests, ["expires": ["$lte": .integer(now.microseconds)]], fields: ["_id": 1, "expires": 1],
            sort: ["expires": 1], limit: RememberedRequest.removedAtOnce)
        try delete(
            .requests,
            expired.map { ["_id": $0["_id"] ?? .nothing, "expires": $0["expires"] ?? .nothing] })
    }

    /// See `RequestKeeping`.
    func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) throws(CarillonError) -> Bool {
        try RememberedRequest.check(answer)
        return try changeUnanswered(key, token) { request in
            var request = request
            request.answer = answer
            return request
        }
    }

    /// See `RequestKeeping`.
    func release(_ key: RequestKey, token: Int64) throws(CarillonError) -> Bool {
        try changeUnanswered(key, token) { _ in nil }
    }

    private func changeUnanswered(
        _ key: RequestKey, _ token: Int64, _ change: (RememberedRequest) -> RememberedRequest?
    ) throws(CarillonError) -> Bool {
        let id = Self.requestID(key)
        while true {
            guard let known = try find(.requests, ["_id": id]).first?["r"]?.bytes,
                let request = StoredRequest.request(known), request.token == token, request.answer == nil
            else { return false }
            if let new = change(request) {
                if try self.change(id, from: known, ["$set": ["r": .bytes(StoredRequest.bytes(new))]]) { return true }
            } else if try delete(.requests, [["_id": id, "r": .bytes(known)]]) == 1 {
                return true
            }
        }
    }

    private func change(
        _ id: BSONValue, from known: [UInt8], _ update: BSONDocument
    ) throws(CarillonError) -> Bool {
        try write([
            "findAndModify": .text(name(.requests)), "query": ["_id": id, "r": .bytes(known)],
            "update": .document(update), "fields": ["_id": 1],
        ])["value"]?.document != nil
    }

    private static func requestID(_ key: RequestKey) -> BSONValue { .text("\(key.actor)\0\(key.key)") }
}
#endif
