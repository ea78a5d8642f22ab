#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

extension MongoSession {
    /// See `JobStore.jobs`.
    func jobs(_ filter: JobFilter, page: Page<JobCursor>) throws(CarillonError) -> [JobListing] {
        switch page.after {
        case nil: try listed(filter, after: nil, isByDue: false, page.limit)
        case .id(let id): try listed(filter, after: ["name": ["$gt": .text(id)]], isByDue: false, page.limit)
        case .beginningByDue: try listed(filter, after: nil, isByDue: true, page.limit)
        case .due(let due, let id):
            try listed(
                filter, after: Self.behind(due?.microseconds ?? UnitDocument.never, id), isByDue: true, page.limit)
        }
    }

    private static func behind(_ time: Int64, _ id: String) -> BSONDocument {
        [
            "$or": [
                ["at": ["$gt": .integer(time)]], ["at": .integer(time), "name": ["$gt": .text(id)]],
            ]
        ]
    }

    private func listed(
        _ filter: JobFilter, after: BSONDocument?, isByDue: Bool, _ limit: Int
    ) throws(CarillonError) -> [JobListing] {
        var listed: [JobListing] = []
        var after = after
        while listed.count < limit {
            let size = max(limit, 100)
            var conditions: [BSONValue] = [["name": ["$exists": true]], ["at": ["$exists": true]]]
            if let after { conditions.append(.document(after)) }
            // One that cannot be read is listed by what is written beside it.
            if let tag = filter.tag { conditions.append(["tags": .text(tag)]) }
            if let origin = filter.origin { conditions.append(["origin": .text(origin)]) }
            if let due = filter.due {
                conditions.append([
                    "at": [
                        "$gte": .integer(due.lowerBound.microseconds), "$lte": .integer(due.upperBound.microseconds),
                    ]
                ])
            }
            let documents = try find(
                .units, ["$and": .array(conditions)], fields: UnitDocument.planFields,
                sort: isByDue ? ["at": 1, "name": 1] : ["name": 1], limit: size)
            for document in documents {
                guard let found = FoundUnit(document, shared.readers), let row = Self.row(found, filter) else {
                    continue
                }
                listed.append(row)
            }
            guard documents.count == size, let last = documents.last, let id = last["name"]?.text else { break }
            after = isByDue ? Self.behind(last["at"]?.integer ?? UnitDocument.never, id) : ["name": ["$gt": .text(id)]]
        }
        return Array(listed.prefix(limit))
    }

    private static func row(_ found: FoundUnit, _ filter: JobFilter) -> JobListing? {
        let text = Array((filter.text ?? "").utf8)
        guard contains(Array(found.unit.id.utf8), text) else { return nil }
        switch found.unit.content {
        case .success(let snapshot): return filter.passes(snapshot.job) ? .job(snapshot.job) : nil
        case .failure(let error):
            guard filter.state == nil else { return nil }
            let due = found.document["at"]?.integer.flatMap {
                $0 == UnitDocument.never ? nil : Instant(microseconds: $0)
            }
            return .unreadable(id: found.unit.id, due: due, reason: error.description)
        }
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= bytes.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
    }
}
#endif
