#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// The document of a unit: a job with its open runs, and what both are found by.
///
///     { _id: generation, id: "job", name: "job",       // no name once it was removed
///       j: state, d: definition,                       // packed
///       at: 1700000000000000, task: "t", due: 17000…,  // task and due only of an active job
///       tags: […], origin: "…", priority: 0,
///       runs: [{ k: key, r: run, h: head, n: node }, …],   // packed; head and node only while it is running
///       ready: [{ t: "t", a: 17000… }], available: 17000…, waiting: 17000…, on: ["node"], cancel: ["node"],
///       notes: [{ k: key, f: fence, n: notes, l: log }, …],
///       outbox: [{ t: token, … }, …],                  // what has ended and is on its way to the history
///       w: token, tell: token }                        // of the last change, and of the last that others wait for
///
/// A unit that is over and has an outbox left is `over`, with neither name nor state.
enum UnitDocument {
    /// The time of a job that has no next one, in the order by due time.
    static let never = Int64.max

    /// What a plan and its commit do not need: of the outbox they need the names of runs.
    static let planFields: BSONDocument = ["notes": 0, "outbox.runs.r": 0, "outbox.reasons": 0]

    /// The fields that follow from a job and its open runs; those that are not there are to be removed.
    static func fields(
        _ job: Job, open: [Run], unreadable: [BSONDocument] = [], isRemoved: Bool
    ) -> (set: BSONDocument, unset: BSONDocument) {
        var set: BSONDocument = [
            "id": .text(job.id.description), "j": .bytes(StoredJob.state(job, isRemoved: isRemoved)),
            "runs": .array((open.map(Self.run) + unreadable).map { .document($0) }),
        ]
        var missing: Set<String> = ["name", "at", "task", "due", "tags", "origin", "ready", "available", "waiting"]
        func put(_ name: String, _ value: BSONValue) {
            set.append(name, value)
            missing.remove(name)
        }
        if !isRemoved {
            put("name", .text(job.id.description))
            put("at", .integer(job.next?.due.microseconds ?? never))
            if case .active = job.state, let next = job.next {
                put("task", .text(job.definition.task.description))
                put("due", .integer(next.due.microseconds))
            }
            if !job.definition.tags.isEmpty { put("tags", .texts(Set(job.definition.tags).sorted())) }
            if let origin = job.definition.origin { put("origin", .text(origin)) }
            let ready = ready(job, open)
            if let earliest = ready.values.min() {
                put(
                    "ready",
                    .array(ready.sorted { $0.key < $1.key }.map { ["t": .text($0.key), "a": .integer($0.value)] }))
                put("available", .integer(earliest))
            }
            if let waiting = waiting(job, open) { put("waiting", .integer(waiting.microseconds)) }
        }
        set.append("priority", .integer(Int64(job.definition.policies.priority)))
        let running = open.compactMap { run in run.node.map { (run: run, node: $0.description) } }
        let unknown = unreadable.compactMap { $0["n"]?.text }
        set.append("on", .texts(Set(running.map(\.node) + unknown).sorted()))
        set.append("cancel", .texts(Set(running.filter(\.run.isCancelRequested).map(\.node)).sorted()))
        var unset = BSONDocument()
        for name in missing.sorted() { unset.append(name, "") }
        return (set, unset)
    }

    private static func run(_ run: Run) -> BSONDocument {
        var document: BSONDocument = [
            "k": .text(RunName.text(run.id)), "r": .bytes(StoredRun.open(run)),
        ]
        if case .running(let node) = run.state {
            document.append("h", .bytes(StoredRun.head(runningOn: node, fence: run.fence)))
            document.append("n", .text(node.description))
        }
        return document
    }

    /// The earliest ready run of each task.
    private static func ready(_ job: Job, _ open: [Run]) -> [String: Int64] {
        guard !job.isPaused else { return [:] }
        var ready: [String: Int64] = [:]
        for run in open where run.state == .ready {
            let task = (run.task ?? job.definition.task).description
            ready[task] = min(ready[task] ?? .max, run.available.microseconds)
        }
        return ready
    }

    /// When the waiting run became available that has room and waits longest; `nil` if none has.
    private static func waiting(_ job: Job, _ open: [Run]) -> Instant? {
        guard !job.isPaused else { return nil }
        var instances = 0
        var earliest: Instant?
        for run in open {
            switch run.state {
            case .waiting: earliest = min(earliest ?? run.available, run.available)
            case .ready, .running: instances += 1
            case .finished: break
            }
        }
        return instances < job.definition.policies.maxInstances ? earliest : nil
    }

    /// A new unit as a whole.
    static func new(_ job: Job, open: [Run], isRemoved: Bool = false) -> BSONDocument {
        var document: BSONDocument = ["_id": .integer(job.generation)]
        for (name, value) in fields(job, open: open, isRemoved: isRemoved).set.fields { document.append(name, value) }
        document.append("d", .bytes(StoredJob.definition(job)))
        return document
    }

    /// Reads a unit; `nil` if it is over.
    static func unit(_ document: BSONDocument, _ readers: UnitReaders) -> StoredUnit? {
        guard let generation = document["_id"]?.integer, !(document["over"]?.isTrue ?? false) else { return nil }
        return StoredUnit(
            generation: generation, id: document["id"]?.text ?? "", state: document["j"]?.bytes ?? [],
            definition: document["d"]?.bytes ?? [],
            runs: document["runs"]?.array.compactMap(\.document).map { run in
                (RunName.key(run["k"]?.text ?? "") ?? [], run["r"]?.bytes ?? [])
            } ?? [], readers: readers)
    }
}

/// The identity of a run as one text, in the order of listings read backwards: hexadecimal digits. As a document it would be
/// another key with its fields in another order.
enum RunName {
    static func text(_ id: Run.ID) -> String { Hexadecimal.text(RunKey(id).bytes) }

    /// The key of a run; `nil` if the text is none.
    static func key(_ text: String) -> [UInt8]? {
        Hexadecimal.bytes(text).flatMap { $0.count == RunKey.length ? $0 : nil }
    }

    /// The identity of a run of a job.
    static func id(_ text: String, of job: JobID) -> Run.ID? { key(text).flatMap { RunKey.id($0[...], of: job) } }

    /// What the names of runs scheduled in a range lie between.
    static func range(_ scheduled: ClosedRange<Instant>) -> BSONValue {
        [
            "$gte": .text(Hexadecimal.text(RunKey.beginning(scheduled.lowerBound))),
            // Every key is longer than this beginning, and no digit is greater than `f`.
            "$lt": .text(Hexadecimal.text(RunKey.beginning(scheduled.upperBound)) + "g"),
        ]
    }
}
#endif
