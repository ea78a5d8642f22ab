#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// What leaves a unit with one change: runs that have ended, and reasons. It is an entry of the unit's outbox until it has
/// been moved to the history.
struct Leaving {
    private let runs: [BSONDocument]
    private let reasons: [BSONDocument]

    /// - Parameters:
    ///   - runs: The runs of the change, of which those that have ended leave.
    ///   - version: The state version of the unit after the change.
    init(_ runs: [Run], of job: Job, reasons: [(key: String?, range: ReasonRange, isGone: Bool)], version: Int64) {
        self.init(runs, task: job.knownTask, reasons: reasons, generation: job.generation, version: version)
    }

    /// - Parameter task: The task that the runs ran, if known.
    init(
        _ runs: [Run], task: TaskName?, reasons: [(key: String?, range: ReasonRange, isGone: Bool)],
        generation: Int64, version: Int64
    ) {
        self.runs = runs.filter { !$0.isOpen }.map { PastDocument.document($0, task: $0.task ?? task) }
        self.reasons = reasons.enumerated().map { place, one in
            var document: BSONDocument = [
                "_id": .text(one.key ?? ReasonDocument.key(generation, version: version, place: place)),
                "v": .integer(version),
            ]
            for (name, value) in ReasonDocument.fields(one.range).fields { document.append(name, value) }
            if one.isGone { document.append("gone", true) }
            return document
        }
    }

    var isEmpty: Bool { runs.isEmpty && reasons.isEmpty }

    func entry(_ token: String) -> BSONDocument {
        [
            "t": .text(token), "runs": .array(runs.map { .document($0) }),
            "reasons": .array(reasons.map { .document($0) }),
        ]
    }
}

/// The ranges of reasons that a change writes: a new one that continues another extends it.
struct ReasonChanges {
    private(set) var written: [(key: String?, range: ReasonRange, isGone: Bool)] = []

    /// - Parameter there: What is there of what the change may continue or withdraw, by the keys of the documents.
    init(_ change: JobChange, there: [String: ReasonRange]) {
        var there = there
        for range in change.withdrawn {
            for (key, known) in there
            where known.job == range.job && known.generation == range.generation && known.reason == range.reason
                && known.first == range.first && known.last == range.last
            {
                written.append((key, known, true))
                there[key] = nil
            }
        }
        for new in change.reasons {
            if let (key, known) = there.first(where: { $0.value.isContinued(by: new) }) {
                let range = known.extended(by: new.range)
                written.append((key, range, false))
                there[key] = range
            } else {
                written.append((nil, new.range, false))
            }
        }
    }
}

/// The step from one state of a unit to another.
struct UnitWrite {
    private var set = BSONDocument()
    private var unset = BSONDocument()
    private let leaving: Leaving
    /// Whether nothing is left of the unit but what leaves it.
    private let isOver: Bool
    /// Whether something that left it before has not been moved yet.
    private let hasOutbox: Bool
    /// Whether nodes that wait have to know.
    private var tells = false

    /// Writes a change.
    init(_ change: JobChange, onto found: FoundUnit, reasons: [(key: String?, range: ReasonRange, isGone: Bool)]) {
        let old = found.snapshot ?? JobSnapshot(job: change.job)
        var job = change.job
        job.stateVersion &+= 1
        leaving = Leaving(change.runs, of: change.job, reasons: reasons, version: job.stateVersion)
        let changed = Dictionary(change.runs.map { ($0.id, $0) }) { _, last in last }
        var open = old.open.map { changed[$0.id] ?? $0 }
        let known = Set(old.open.map(\.id))
        open += change.runs.filter { !known.contains($0.id) }
        open.removeAll { !$0.isOpen }
        let unreadable = found.unreadableRuns
        hasOutbox = !(found.document["outbox"]?.array ?? []).isEmpty
        isOver = change.removesJob || (old.isRemoved && open.isEmpty && unreadable.isEmpty)
        guard !isOver else { return }
        (set, unset) = UnitDocument.fields(job, open: open, unreadable: unreadable, isRemoved: old.isRemoved)
        if job.definitionVersion != old.job.definitionVersion {
            set.append("d", .bytes(StoredJob.definition(job)))
            tells = !job.isPaused
        }
        tells = tells || isEarlier(found.document) || (old.job.isPaused && !job.isPaused)
    }

    /// Removes a unit: its id is free, and its runs that nobody has taken end. What cannot be read of it stays.
    init(
        removing found: FoundUnit, at now: Instant, reasons: [(key: String?, range: ReasonRange, isGone: Bool)]
    ) {
        let unit = found.unit
        let open = unit.snapshot?.open ?? unit.readableRuns
        let ended = open.compactMap { $0.removed(at: now) }
        let left = open.filter { $0.removed(at: now) == nil }
        var job: Job?
        if let snapshot = unit.snapshot {
            var rest = snapshot.job
            rest.state = .ended
            rest.next = nil
            rest.stateVersion &+= 1
            job = rest
        } else if let name = try? JobID(exactly: unit.id) {
            job = Job(removed: name, generation: unit.generation, at: now)
        }
        let unreadable = found.unreadableRuns
        hasOutbox = !(found.document["outbox"]?.array ?? []).isEmpty
        leaving = Leaving(
            ended, task: unit.snapshot?.job.knownTask, reasons: reasons, generation: unit.generation,
            version: job?.stateVersion ?? 0)
        isOver = (left.isEmpty && unreadable.isEmpty) || job == nil
        guard !isOver, let job else { return }
        (set, unset) = UnitDocument.fields(job, open: left, unreadable: unreadable, isRemoved: true)
        if unit.snapshot == nil { set.append("d", .bytes(StoredJob.definition(job))) }
    }

    /// Whether something leaves the unit, so that it has to be moved.
    var leaves: Bool { !leaving.isEmpty || (isOver && hasOutbox) }

    /// Whether the document is simply removed.
    var isDeletion: Bool { isOver && !leaves }

    private func isEarlier(_ old: BSONDocument) -> Bool {
        for name in ["due", "available", "waiting"] {
            if let time = set[name]?.integer, time < old[name]?.integer ?? .max { return true }
        }
        let asked = set["cancel"]?.array ?? []
        return !asked.isEmpty && asked != old["cancel"]?.array ?? []
    }

    /// The document as it was found.
    func filter(_ found: FoundUnit) -> BSONDocument {
        ["_id": .integer(found.generation), "j": found.document["j"] ?? .nothing]
    }

    /// The update.
    func update(_ token: String) -> BSONDocument {
        var set = set
        var unset = unset
        if isOver {
            set = ["over": true]
            unset = BSONDocument()
            for name in [
                "name", "j", "d", "at", "task", "due", "tags", "origin", "ready", "available", "waiting", "on",
                "cancel",
                "runs", "priority",
            ] { unset.append(name, "") }
        }
        set.append("w", .text(token))
        if tells { set.append("tell", .text(token)) }
        var update: BSONDocument = ["$set": .document(set)]
        if !unset.isEmpty { update.append("$unset", .document(unset)) }
        if !leaving.isEmpty { update.append("$push", ["outbox": .document(leaving.entry(token))]) }
        return update
    }
}
#endif
