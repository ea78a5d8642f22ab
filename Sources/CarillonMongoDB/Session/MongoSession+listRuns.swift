#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// Runs move from a unit to its outbox and on to the history. So open ones are read first, then what is on its way is moved,
/// then the history is read: a run that ends meanwhile is seen, at worst twice.
extension MongoSession {
    /// See `JobStore.runs`.
    func runs(_ filter: RunFilter, page: Page<Run.ID>) throws(CarillonError) -> [Run] {
        try listing(filter, page: page).runs
    }

    /// Returns a page of runs, with the number of unreadable rows that would be on it.
    func listing(
        _ filter: RunFilter, page: Page<Run.ID>
    ) throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        var found: [Run.ID: Run] = [:]
        var unreadable = 0
        let isOpen = filter.state.map { if case .finished = $0 { false } else { true } }
        if isOpen != false {
            for run in try openRuns(filter) where page.after.map({ $0.isListed(before: run.id) }) ?? true {
                found[run.id] = run
            }
        }
        if isOpen != true, filter.node == nil {
            try settleAll()
            let ended = try endedRuns(filter, after: page.after, page.limit)
            unreadable = ended.unreadable
            for run in ended.runs { found[run.id] = run }
        }
        let sorted = found.values.sorted { $0.id.isListed(before: $1.id) }
        return (Array(sorted.prefix(page.limit)), unreadable)
    }

    private func openRuns(_ filter: RunFilter) throws(CarillonError) -> [Run] {
        var condition: BSONDocument = ["runs.k": ["$exists": true]]
        if let job = filter.job { condition = ["id": .text(job.description)] }
        if let node = filter.node { condition = ["on": .text(node.description)] }
        return try find(.units, condition, fields: ["id": 1, "runs": 1, "notes.k": 1, "notes.n": 1])
            .flatMap { Self.runs($0, withLog: false) }.filter(filter.passes)
    }

    /// The open runs of a unit that can be read, with their notes.
    private static func runs(_ unit: BSONDocument, withLog: Bool) -> [Run] {
        guard let job = unit["id"]?.text.flatMap({ try? JobID(exactly: $0) }) else { return [] }
        var notes: [String: BSONDocument] = [:]
        for note in unit["notes"]?.array.compactMap(\.document) ?? [] { notes[note["k"]?.text ?? ""] = note }
        return unit["runs"]?.array.compactMap(\.document).compactMap { entry in
            let name = entry["k"]?.text ?? ""
            guard let id = RunName.id(name, of: job), var run = try? StoredRun.open(id, entry["r"]?.bytes ?? []) else {
                return nil
            }
            if let note = notes[name], let found = StoredNotes.notes(id, note["n"]?.bytes, log: note["l"]?.bytes) {
                run.show(found.notes, at: found.noted, withLog: withLog)
            }
            return run
        } ?? []
    }

    /// See `JobStore.run`.
    func run(_ id: Run.ID) throws(CarillonError) -> Run? {
        let name = RunName.text(id)
        let generation = BSONValue.integer(id.occurrence.generation)
        let units = try find(.units, ["_id": generation], fields: ["id": 1, "runs": 1, "notes": 1])
        if let open = units.flatMap({ Self.runs($0, withLog: true) }).first(where: { $0.id == id }) { return open }
        try settle([id.occurrence.generation])
        guard let document = try find(.past, ["_id": .text(name)]).first,
            case .success(let ended) = PastDocument.ended(document), ended.run.id == id
        else { return nil }
        return ended.run
    }

    // MARK: Ended runs

    private func endedRuns(
        _ filter: RunFilter, after: Run.ID?, _ limit: Int
    ) throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        var condition = BSONDocument()
        if let job = filter.job { condition.append("job", .text(job.description)) }
        if case .finished(let outcome?)? = filter.state { condition.append("outcome", .text(outcome.rawValue)) }
        if let kind = filter.kind { condition.append("kind", .text(kind.rawValue)) }
        var runs: [Run] = []
        var unreadable = 0
        try eachEnded(condition, scheduled: filter.scheduled, after: after, limit) { value in
            switch value {
            case .success(let ended): if filter.passes(ended.run) { runs.append(ended.run) }
            case .failure: unreadable += 1
            }
            return runs.count < limit
        }
        return (runs, unreadable)
    }

    /// Reads ended runs in the order of listings until there is enough.
    ///
    /// - Parameter body: Gets each, and returns whether it wants more.
    func eachEnded(
        _ condition: BSONDocument, scheduled: ClosedRange<Instant>?, after: Run.ID?, isReversed: Bool = false,
        _ limit: Int, _ body: (Result<StoredRun.Ended, UnreadableValue>) -> Bool
    ) throws(CarillonError) {
        var last = after.map { BSONValue.text(RunName.text($0)) }
        let size = max(limit, 100)
        while true {
            var conditions: [BSONValue] = condition.isEmpty ? [] : [.document(condition)]
            if let scheduled { conditions.append(["_id": RunName.range(scheduled)]) }
            if let last { conditions.append(["_id": [isReversed ? "$gt" : "$lt": last]]) }
            let documents = try find(
                .past, conditions.isEmpty ? [:] : ["$and": .array(conditions)],
                sort: ["_id": isReversed ? 1 : -1], limit: size)
            for document in documents { guard body(PastDocument.ended(document)) else { return } }
            guard documents.count == size, let end = documents.last?["_id"] else { return }
            last = end
        }
    }
}
#endif
