internal import CarillonTriggers

// Exports have the same order in all stores, and a position in it is the last item that was returned, as text.

extension Run.ID {
    /// All parts of the id, in one line.
    package var transferText: String {
        let numbers = [
            occurrence.scheduled.microseconds, occurrence.generation, Int64(occurrence.number), Int64(attempt),
        ]
        return (numbers.map { String($0) } + [occurrence.kind.rawValue, occurrence.job.description])
            .joined(separator: ",")
    }

    /// Parses `transferText`; `nil` if the text is not valid.
    package init?(transferText: String) {
        let parts = transferText.split(separator: ",", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, let scheduled = Int64(parts[0]), let generation = Int64(parts[1]),
            let number = Int(parts[2]), let attempt = Int(parts[3]), let kind = Occurrence.Kind(rawValue: parts[4]),
            let job = try? JobID(parts[5])
        else { return nil }
        let occurrence = Occurrence(
            job: job, generation: generation, scheduled: Instant(microseconds: scheduled), kind: kind, number: number)
        self.init(occurrence, attempt: attempt)
    }
}

extension ReasonRange {
    /// All of it, in one line.
    package var transferText: String {
        let numbers = [
            last.microseconds, first.microseconds, generation, recorded.microseconds, Int64(count),
        ]
        return (numbers.map { String($0) } + [reason.rawValue, job.description]).joined(separator: ",")
    }

    /// Parses `transferText`; `nil` if the text is not valid.
    package init?(transferText: String) {
        let parts = transferText.split(separator: ",", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, let last = Int64(parts[0]), let first = Int64(parts[1]),
            let generation = Int64(parts[2]), let recorded = Int64(parts[3]), let count = Int(parts[4]),
            let reason = Reason(rawValue: parts[5]), let job = try? JobID(parts[6])
        else { return nil }
        self.init(
            job: job, generation: generation, first: Instant(microseconds: first), last: Instant(microseconds: last),
            count: count, reason: reason, recorded: Instant(microseconds: recorded))
    }

    /// The order of an export: by job, then by the times, the generation and the rest.
    package func isMoved(before other: ReasonRange) -> Bool {
        let jobs = job.comparedBytes(with: other.job)
        if jobs != 0 { return jobs < 0 }
        let left = [
            last.microseconds, first.microseconds, generation, recorded.microseconds, Int64(count),
        ]
        let right = [
            other.last.microseconds, other.first.microseconds, other.generation, other.recorded.microseconds,
            Int64(other.count),
        ]
        if left != right { return left.lexicographicallyPrecedes(right) }
        return reason.rawValue.comparedBytes(with: other.reason.rawValue) < 0
    }
}

extension TransferStage {
    /// Returns the item after which an export continues; `nil` for the start of a stage.
    package static func place<Place>(
        _ rest: String?, _ cursor: TransferCursor?, _ read: (String) -> Place?
    ) throws(CarillonError) -> Place? {
        guard let rest else { return nil }
        guard let place = read(rest) else { throw refusal(cursor ?? TransferCursor(text: rest)) }
        return place
    }
}

extension TransferPage {
    /// Returns the line for a removed job of which only unreadable runs are left.
    package static func leftRemoved(_ unit: UnitKey) -> String {
        "runs of the removed job '\(unit.job)' (generation \(unit.generation)) cannot be read"
    }
}

extension JobSnapshot {
    /// Whether another one is of the same job with the same open runs, whatever their order.
    package func isSame(as other: JobSnapshot) -> Bool {
        job == other.job && isRemoved == other.isRemoved && Set(open) == Set(other.open)
    }
}

extension TransferResult {
    package static func nothingLeft(_ id: JobID) -> String { "no run of the removed job '\(id)' is left" }

    package static func otherJob(_ id: JobID) -> String {
        "the store has another job '\(id)', or another version of it; remove that first"
    }

    package static func otherGeneration(_ job: Job, named other: String) -> String {
        "job '\(other)' of the store has generation \(job.generation), which is that of job '\(job.id)'; move to an empty "
            + "store"
    }

    package static func otherRun(_ id: Run.ID) -> String { "the store has another run '\(id)'" }
}
