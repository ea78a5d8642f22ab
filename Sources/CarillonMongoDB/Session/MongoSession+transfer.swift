#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// Exports everything, to move it to another store, and imports what another store had.
extension MongoSession {
    /// See `JobTransferring`.
    func exportPart(from cursor: TransferCursor?, limit: Int) throws(CarillonError) -> TransferPage {
        try settleAll()
        let (stage, rest) = try TransferStage.read(cursor)
        let limit = min(max(limit, 1), 1000)
        switch stage {
        case .jobs: return try exportedJobs(after: rest, limit)
        case .removed:
            return try exportedRemoved(after: try TransferStage.place(rest, cursor) { Int64($0) } ?? 0, limit)
        case .runs: return try exportedRuns(after: try TransferStage.place(rest, cursor) { RunName.key($0) }, limit)
        case .reasons:
            return try exportedReasons(after: try TransferStage.place(rest, cursor, ReasonPlace.init(_:)), limit)
        }
    }

    /// See `JobTransferring`.
    func transferCounts() throws(CarillonError) -> TransferCounts {
        try settleAll()
        return TransferCounts(
            jobs: try count(.units, ["over": ["$exists": false]]), runs: try count(.past, [:]),
            reasons: try count(.reasons, ["gone": ["$ne": true]]))
    }

    private func count(_ collection: MongoCollection, _ filter: BSONDocument) throws(CarillonError) -> Int {
        let found = try all(
            [
                "aggregate": .text(name(collection)),
                "pipeline": [["$match": .document(filter)], ["$group": ["_id": .nothing, "count": ["$sum": 1]]]],
                "cursor": [:],
            ], of: collection)
        return Int(found.first?["count"]?.integer ?? 0)
    }

    private func exportedJobs(after id: String?, _ limit: Int) throws(CarillonError) -> TransferPage {
        let filter: BSONDocument = ["name": id.map { ["$gt": .text($0)] } ?? ["$exists": true]]
        let documents = try find(
            .units, filter, fields: UnitDocument.planFields, sort: ["name": 1], limit: limit)
        var page = TransferPage()
        for found in documents.compactMap({ FoundUnit($0, shared.readers) }) {
            switch found.unit.content {
            case .success(let snapshot): page.items.append(.job(snapshot.exported))
            case .failure(let error): page.left.append("job '\(found.unit.id)' cannot be read: \(error)")
            }
        }
        let last = documents.count < limit ? nil : documents.last?["name"]?.text
        page.next = last.map { TransferStage.jobs.cursor($0) } ?? TransferStage.removed.cursor()
        return page
    }

    private func exportedRemoved(after generation: Int64, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        let documents = try find(
            .units,
            ["_id": ["$gt": .integer(generation)], "name": ["$exists": false], "over": ["$exists": false]],
            fields: UnitDocument.planFields, sort: ["_id": 1], limit: limit)
        for found in documents.compactMap({ FoundUnit($0, shared.readers) }) {
            guard let snapshot = found.snapshot else {
                page.left.append("the removed job of generation \(found.generation) cannot be read")
                continue
            }
            // Runs that cannot be read are left out of the snapshot.
            if found.unit.hasUnreadableRuns { page.left.append(TransferPage.leftRemoved(snapshot.job.unit)) }
            if !snapshot.open.isEmpty { page.items.append(.job(snapshot.exported)) }
        }
        let last = documents.count < limit ? nil : documents.last?["_id"]?.integer
        page.next = last.map { TransferStage.removed.cursor(String($0)) } ?? TransferStage.runs.cursor()
        return page
    }

    private func exportedRuns(after key: [UInt8]?, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        let filter: BSONDocument = key.map { ["_id": ["$lt": .text(Hexadecimal.text($0))]] } ?? [:]
        let documents = try find(.past, filter, sort: ["_id": -1], limit: limit)
        for document in documents {
            guard let id = PastDocument.id(document) else {
                page.left.append("an ended run with an unreadable key cannot be read")
                continue
            }
            switch PastDocument.ended(document) {
            case .success(let ended): page.items.append(.run(ended.run, task: ended.task))
            case .failure(let error): page.left.append("the ended run '\(id)' cannot be read: \(error)")
            }
        }
        let last = documents.count < limit ? nil : documents.last?["_id"]?.text
        page.next = last.map { TransferStage.runs.cursor($0) } ?? TransferStage.reasons.cursor()
        return page
    }

    private func exportedReasons(after place: ReasonPlace?, _ limit: Int) throws(CarillonError) -> TransferPage {
        var page = TransferPage()
        var command: BSONDocument = ["find": .text(name(.reasons))]
        var filter: BSONDocument = ["gone": ["$ne": true]]
        if let place { filter.append("job", ["$gte": .text(String(decoding: place.job, as: UTF8.self))]) }
        command.append("filter", .document(filter))
        command.append(
            "sort", ["job": 1, "last": 1, "first": 1, "generation": 1, "recorded": 1, "count": 1, "reason": 1])
        if let place { command.append("skip", .integer(Int64(place.count))) }
        command.append("limit", .integer(Int64(limit)))
        command.append("batchSize", .integer(Int64(limit)))
        let documents = try all(command, of: .reasons)
        for document in documents {
            if let range = ReasonDocument.range(document) {
                page.items.append(.reason(range))
            } else {
                page.left.append("a reason of job '\(document["job"]?.text ?? "")' cannot be read")
            }
        }
        guard documents.count == limit, let job = documents.last?["job"]?.text else { return page }
        var count = documents.count { $0["job"]?.text == job }
        let bytes = Array(job.utf8)
        if let place, place.job == bytes { count += place.count }
        page.next = TransferStage.reasons.cursor("\(ReasonPlace(count: count, job: bytes))")
        return page
    }

    // MARK: Importing

    /// See `JobTransferring`.
    func importItems(_ items: [TransferItem]) throws(CarillonError) -> [TransferResult] {
        try settleAll()
        let wanted = KnownUnits.Wanted(items)
        // Before anything is written: no job that is added meanwhile may get one of these generations.
        try write([
            "findAndModify": .text(name(.meta)), "query": ["_id": "generations"],
            "update": ["$max": ["number": .integer(wanted.greatestGeneration)]],
        ])
        var known = try knownUnits(wanted)
        var reasons = try knownReasons(items)
        var results: [TransferResult] = []
        for item in items {
            switch item {
            case .job(let snapshot):
                var result = known.judge(snapshot)
                if result == .written {
                    let document = UnitDocument.new(
                        snapshot.job, open: snapshot.open, isRemoved: snapshot.isRemoved)
                    if try !insert(.units, [document]).isEmpty { result = .conflict("it was added meanwhile") }
                }
                results.append(result)
            case .run(let run, let task):
                var result = known.judge(run)
                if result == .written, try !insert(.past, [PastDocument.document(run, task: task)]).isEmpty {
                    result = .conflict(TransferResult.otherRun(run.id))
                }
                results.append(result)
            case .reason(let range):
                guard reasons.insert(range).inserted else {
                    results.append(.present)
                    continue
                }
                var document: BSONDocument = ["_id": .text("\(range.generation) \(Self.token())"), "v": 0]
                for (name, value) in ReasonDocument.fields(range).fields { document.append(name, value) }
                _ = try insert(.reasons, [document])
                results.append(.written)
            }
        }
        return results
    }

    private func knownUnits(_ wanted: KnownUnits.Wanted) throws(CarillonError) -> KnownUnits {
        let units = try units(Array(wanted.units.keys)).map(\.unit)
        var live: [StoredUnit] = []
        for some in wanted.ids.sorted().batches(of: 1000) {
            live += try find(.units, ["name": ["$in": .texts(some)]], fields: UnitDocument.planFields)
                .compactMap { FoundUnit($0, shared.readers)?.unit }
        }
        var ended: [StoredRun.Ended] = []
        for some in wanted.runs.batches(of: 1000) {
            ended += try find(.past, ["_id": ["$in": .texts(some.map { RunName.text($0) })]])
                .compactMap { try? PastDocument.ended($0).get() }
        }
        return KnownUnits(units: units, live: live, ended: ended)
    }

    private func knownReasons(_ items: [TransferItem]) throws(CarillonError) -> Set<ReasonRange> {
        var jobs: Set<String> = []
        for case .reason(let range) in items { jobs.insert(range.job.description) }
        var known: Set<ReasonRange> = []
        for some in jobs.sorted().batches(of: 500) {
            known.formUnion(
                try find(.reasons, ["job": ["$in": .texts(some)], "gone": ["$ne": true]])
                    .compactMap(ReasonDocument.range))
        }
        return known
    }
}
#endif
