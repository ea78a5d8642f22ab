#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

/// The document of an ended run.
enum PastDocument {
    /// - Parameter task: The task that it ran, if known.
    static func document(_ run: Run, task: TaskName?) -> BSONDocument {
        var document: BSONDocument = [
            "_id": .text(RunName.text(run.id)), "job": .text(run.id.occurrence.job.description),
            "r": .bytes(StoredRun.ended(run, task: task)), "late": .integer(Int64(run.lateness.rawValue)),
            "kind": .text(run.id.occurrence.kind.rawValue),
        ]
        if case .finished(let outcome) = run.state { document.append("outcome", .text(outcome.rawValue)) }
        if let finished = run.finished { document.append("finished", .integer(finished.microseconds)) }
        if let task { document.append("task", .text(task.description)) }
        if let node = run.node { document.append("node", .text(node.description)) }
        if let error = run.errorFingerprint { document.append("error", .text(error.description)) }
        return document
    }

    /// The identity that a document is found by.
    static func id(_ document: BSONDocument) -> Run.ID? {
        guard let text = document["job"]?.text, let job = try? JobID(exactly: text) else { return nil }
        return RunName.id(document["_id"]?.text ?? "", of: job)
    }

    /// Reads an ended run.
    static func ended(_ document: BSONDocument) -> Result<StoredRun.Ended, UnreadableValue> {
        Result { () throws(UnreadableValue) in
            guard let id = id(document) else { throw UnreadableValue("its key is not as Carillon writes it") }
            return try StoredRun.ended(id, document["r"]?.bytes ?? [])
        }
    }
}

/// The document of a range of reasons. It has the version of the unit with which it was written, so that an older state never
/// replaces a newer one, and stays as `gone` for a while when it was withdrawn.
enum ReasonDocument {
    /// The key of a new range: the unit that it leaves, the version of that, and its place among those of the change.
    static func key(_ generation: Int64, version: Int64, place: Int) -> String { "\(generation) \(version) \(place)" }

    static func fields(_ range: ReasonRange) -> BSONDocument {
        [
            "job": .text(range.job.description), "generation": .integer(range.generation),
            "reason": .text(range.reason.rawValue), "first": .integer(range.first.microseconds),
            "last": .integer(range.last.microseconds), "count": .integer(Int64(range.count)),
            "recorded": .integer(range.recorded.microseconds),
        ]
    }

    /// Reads a range; `nil` if it cannot be read.
    static func range(_ document: BSONDocument) -> ReasonRange? {
        func instant(_ name: String) -> Instant? {
            guard let number = document[name]?.integer else { return nil }
            let instant = Instant(microseconds: number)
            return instant.microseconds == number ? instant : nil
        }
        guard let job = document["job"]?.text.flatMap({ try? JobID(exactly: $0) }),
            let generation = document["generation"]?.integer, let first = instant("first"), let last = instant("last"),
            let count = document["count"]?.integer, count >= 0, let recorded = instant("recorded"),
            let reason = document["reason"]?.text.flatMap(ReasonRange.Reason.init(rawValue:))
        else { return nil }
        return ReasonRange(
            job: job, generation: generation, first: first, last: last, count: Int(count), reason: reason,
            recorded: recorded)
    }
}
#endif
