#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// A unit that was found, with its document, but for what plans do not need.
struct FoundUnit {
    let unit: StoredUnit
    let document: BSONDocument

    var snapshot: JobSnapshot? { unit.snapshot }
    var generation: Int64 { unit.generation }

    init?(_ document: BSONDocument, _ readers: UnitReaders) {
        guard let unit = UnitDocument.unit(document, readers) else { return nil }
        (self.unit, self.document) = (unit, document)
    }

    /// The entries of open runs that cannot be read.
    var unreadableRuns: [BSONDocument] {
        guard unit.hasUnreadableRuns else { return [] }
        let known = Set((snapshot?.open ?? unit.readableRuns).map { RunName.text($0.id) })
        return document["runs"]?.array.compactMap(\.document).filter { !known.contains($0["k"]?.text ?? "") } ?? []
    }

    /// The names of runs that have ended and are not in the history yet.
    var leaving: Set<String> {
        let entries = document["outbox"]?.array.compactMap(\.document) ?? []
        return Set(entries.flatMap { $0["runs"]?.array ?? [] }.compactMap { $0.document?["_id"]?.text })
    }
}

extension MongoSession {
    /// The number of times that a search is repeated because it found unreadable jobs.
    private static var searchRounds: Int { 100 }

    /// See `JobStore.find`.
    func find(_ query: JobQuery) throws(CarillonError) -> [JobSnapshot] {
        try found(query).compactMap(\.snapshot)
    }

    /// Returns the readable units that a query finds, each once, in the order of the contract.
    func found(_ query: JobQuery) throws(CarillonError) -> [FoundUnit] {
        var units: [FoundUnit] = []
        for _ in 0..<Self.searchRounds {
            let excluded = shared.readers.unreadable.generations
            units = try searched(query, without: excluded)
            let failed = Set(units.filter { $0.snapshot == nil }.map(\.generation))
            units = units.filter { $0.snapshot != nil }
            // Only ids, units and nodes lead to jobs that are known to be unreadable.
            guard !failed.subtracting(excluded).isEmpty else { break }
            shared.readers.unreadable.insert(failed)
        }
        return units
    }

    private func searched(_ query: JobQuery, without excluded: [Int64]) throws(CarillonError) -> [FoundUnit] {
        var units: [FoundUnit] = []
        var seen: Set<Int64> = []
        func take(_ filter: BSONDocument, sort: BSONDocument = [:], limit: Int = 0) throws(CarillonError) {
            for document in try find(.units, filter, fields: UnitDocument.planFields, sort: sort, limit: limit) {
                guard let unit = FoundUnit(document, shared.readers) else { continue }
                if seen.insert(unit.generation).inserted { units.append(unit) }
            }
        }
        let tasks = query.tasks.map { BSONValue.texts($0.map(\.description).sorted()) }
        let upto: BSONValue = ["$lte": .integer(query.now.microseconds)]
        func filter(_ fields: BSONDocument) -> BSONDocument {
            var fields = fields
            if !excluded.isEmpty { fields.append("_id", ["$nin": .integers(excluded)]) }
            return fields
        }
        if query.dueLimit > 0 {
            let named: BSONValue = tasks.map { ["$in": $0] } ?? ["$exists": true]
            try take(
                filter(["task": named, "due": upto]), sort: ["due": 1, "name": 1], limit: query.dueLimit)
        }
        if query.readyLimit > 0 {
            // Waiting ones before ready ones, because that is how they move; the answer has them the other way round.
            var waiting: [FoundUnit] = []
            if query.sweepsWaiting {
                let before = units
                try take(filter(["waiting": ["$exists": true]]), sort: ["waiting": 1], limit: query.readyLimit)
                waiting = Array(units[before.count...])
                units = before
                for unit in waiting { seen.remove(unit.generation) }
            }
            var entry: BSONDocument = ["a": upto]
            if let tasks { entry.append("t", ["$in": tasks]) }
            try take(
                filter(["ready": ["$elemMatch": .document(entry)]]), sort: ["priority": -1, "available": 1],
                limit: query.readyLimit)
            for unit in waiting where seen.insert(unit.generation).inserted { units.append(unit) }
        }
        let generations = query.units.map(\.generation)
        for some in generations.batches(of: 1000) { try take(["_id": ["$in": .integers(some)]]) }
        for some in query.ids.batches(of: 1000) { try take(["name": ["$in": .texts(some.map(\.description))]]) }
        if !query.runningOn.isEmpty {
            try take(["on": ["$in": .texts(query.runningOn.map(\.description))]])
        }
        return units
    }

    /// Reads the units of some generations.
    func units(_ generations: [Int64]) throws(CarillonError) -> [FoundUnit] {
        var found: [FoundUnit] = []
        for some in Array(Set(generations)).batches(of: 1000) {
            found += try find(.units, ["_id": ["$in": .integers(some)]], fields: UnitDocument.planFields).compactMap {
                FoundUnit($0, shared.readers)
            }
        }
        return found
    }

    // MARK: Times

    /// See `JobStore.earliest`.
    func earliest(of tasks: Set<TaskName>?) throws(CarillonError) -> EarliestTimes {
        try news(for: nil, tasks: tasks).earliest
    }

    /// How many units with ready runs are looked at for the earliest run of the tasks: a unit may have an earlier one of
    /// another task.
    private static var mostReady: Int64 { 20 }

    /// See `JobStore.news`. It is one command.
    func news(for node: NodeID?, tasks: Set<TaskName>?) throws(CarillonError) -> StoreNews {
        let named: BSONValue = tasks.map { ["$in": .texts($0.map(\.description).sorted())] } ?? ["$exists": true]
        // In the order in which things move: due, waiting, ready.
        var parts: [[BSONValue]] = [
            [
                ["$match": ["task": named, "due": ["$exists": true]]], ["$sort": ["due": 1]], ["$limit": 1],
                ["$project": ["due": 1, "part": "due"]],
            ],
            [
                ["$match": ["waiting": ["$exists": true]]], ["$sort": ["waiting": 1]], ["$limit": 1],
                ["$project": ["waiting": 1, "part": "waiting"]],
            ],
            [
                ["$match": ["ready.t": named]], ["$sort": ["available": 1]], ["$limit": .integer(Self.mostReady)],
                ["$project": ["ready": 1, "part": "ready"]],
            ],
        ]
        if let node {
            parts.append([
                ["$match": ["cancel": .text(node.description)]],
                ["$project": ["id": 1, "runs": 1, "part": "cancel"]],
            ])
        }
        let units = BSONValue.text(name(.units))
        var pipeline = parts[0]
        for part in parts.dropFirst() {
            pipeline.append(["$unionWith": ["coll": units, "pipeline": .array(part)]])
        }
        let found = try all(
            ["aggregate": units, "pipeline": .array(pipeline), "cursor": ["batchSize": 1000]], of: .units)
        var news = StoreNews()
        var available: [Int64] = []
        let wanted = tasks.map { Set($0.map(\.description)) }
        for document in found {
            switch document["part"]?.text {
            case "due": news.earliest.due = document["due"]?.integer.map(Instant.init(microseconds:))
            case "waiting": if let time = document["waiting"]?.integer { available.append(time) }
            case "ready":
                for entry in document["ready"]?.array.compactMap(\.document) ?? [] {
                    guard let time = entry["a"]?.integer, let task = entry["t"]?.text, wanted?.contains(task) ?? true
                    else { continue }
                    available.append(time)
                }
            default: if let node { news.cancelRequested += Self.cancelled(document, on: node) }
            }
        }
        news.earliest.available = available.min().map(Instant.init(microseconds:))
        return news
    }

    private static func cancelled(_ document: BSONDocument, on node: NodeID) -> [Run.ID] {
        guard let job = document["id"]?.text.flatMap({ try? JobID(exactly: $0) }) else { return [] }
        return document["runs"]?.array.compactMap(\.document).compactMap { entry in
            guard let id = RunName.id(entry["k"]?.text ?? "", of: job),
                let run = try? StoredRun.open(id, entry["r"]?.bytes ?? []), run.isCancelRequested,
                run.state == .running(node: node)
            else { return nil }
            return id
        } ?? []
    }
}
#endif
