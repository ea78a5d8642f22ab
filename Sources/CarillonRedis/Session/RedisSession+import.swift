#if Redis
internal import Carillon
internal import CarillonTriggers

/// Imports items of another store exactly as they were.
extension RedisSession {
    /// See `JobTransferring`.
    func importItems(_ items: [TransferItem]) throws(CarillonError) -> [TransferResult] {
        var results: [TransferResult?] = Array(repeating: nil, count: items.count)
        var greatest: Int64 = 0
        var message = CommitMessage()
        var places: [(place: Int, refusal: TransferResult)] = []
        func send() throws(CarillonError) {
            guard message.count > 0 else { return }
            let arguments = message.arguments(unmarking: []) { append([], to: &$0) }
            let digits = try write(CommitScript.script, arguments).answer.elements.first?.text ?? ""
            for (digit, one) in zip(digits.utf8, places) {
                results[one.place] = digit == UInt8(ascii: "0") ? .written : one.refusal
            }
            message = CommitMessage()
            places = []
        }
        // Before anything is written: no job that is added meanwhile may get one of these generations.
        for item in items {
            switch item {
            case .job(let snapshot): greatest = max(greatest, snapshot.job.generation)
            case .run(let run, _): greatest = max(greatest, run.id.occurrence.generation)
            case .reason(let range): greatest = max(greatest, range.generation)
            }
        }
        _ = try write(KeepingScripts.raiseGenerations, RedisArguments([String(greatest)]))
        var known = try KnownUnits(items, self)
        for (place, item) in items.enumerated() {
            switch item {
            case .job(let snapshot):
                results[place] = try bring(snapshot, &known, to: &message)
            case .run(let run, let task):
                results[place] = try bring(run, task, known, to: &message)
            case .reason: continue
            }
            if results[place] == .written {
                let refusal: TransferResult =
                    if case .run(let run, _) = item { .conflict(TransferResult.otherRun(run.id)) } else {
                        .conflict("it was added meanwhile")
                    }
                places.append((place, refusal))
                // The next item may be of the same run.
                if message.count >= Self.changesPerStep || message.weight > 8_000_000 { try send() }
            }
        }
        try send()
        for (place, result) in try bringReasons(items) { results[place] = result }
        return results.map { $0 ?? .notHeld("it was not looked at") }
    }

    /// What is there of the jobs that are brought.
    private struct KnownUnits {
        var live: [JobID: StoredUnit] = [:]
        var byGeneration: [Int64: StoredUnit] = [:]
        /// Those that this call has brought.
        var brought: [Int64: JobSnapshot] = [:]
        var broughtRuns: [Run.ID: Run] = [:]
        /// The ended runs that are there.
        var ended: [Run.ID: StoredRun.Ended] = [:]

        init(_ items: [TransferItem], _ session: RedisSession) throws(CarillonError) {
            var wanted: [Int64: String] = [:]
            var ids: Set<String> = []
            var runs: [Run.ID] = []
            for item in items {
                switch item {
                case .job(let snapshot):
                    wanted[snapshot.job.generation] = snapshot.job.id.description
                    ids.insert(snapshot.job.id.description)
                    runs += snapshot.open.map(\.id)
                case .run(let run, _):
                    runs.append(run.id)
                    wanted[run.id.occurrence.generation] = run.id.occurrence.job.description
                case .reason: break
                }
            }
            for unit in try session.units(wanted.map { ($0.key, $0.value) }) { byGeneration[unit.generation] = unit }
            let generations = try session.generations(Array(ids))
            for unit in try session.units(generations.map { ($0.value, $0.key) }) {
                if let id = try? JobID(exactly: unit.id) { live[id] = unit }
            }
            for case .success(let found) in try session.loadEnded(runs) { ended[found.run.id] = found }
        }

        /// The id of the job that has a generation; `nil` if none has.
        func owner(_ generation: Int64) -> String? {
            if let job = brought[generation]?.job { return job.id.description }
            guard let unit = byGeneration[generation] else { return nil }
            // Under the id that was asked for the definition does not say another one.
            var reader = PackedReader(unit.definition)
            _ = try? reader.count("version")
            _ = try? reader.instant("added")
            return (try? reader.text("id")) ?? unit.id
        }
    }

    private func bring(
        _ snapshot: JobSnapshot, _ known: inout KnownUnits, to message: inout CommitMessage
    ) throws(CarillonError) -> TransferResult {
        var snapshot = snapshot
        snapshot.fenceFloor = epoch
        let job = snapshot.job
        let before: JobSnapshot?
        if snapshot.isRemoved {
            before =
                known.brought[job.generation]
                ?? known.byGeneration[job.generation]?.snapshot.flatMap { $0.isRemoved ? $0 : nil }
        } else {
            before =
                known.brought.values.first { $0.job.id == job.id && !$0.isRemoved } ?? known.live[job.id]?.snapshot
        }
        if let before, before.job.id == job.id {
            return before.isSame(as: snapshot) ? .present : .conflict(TransferResult.otherJob(job.id))
        }
        if !snapshot.isRemoved, known.live[job.id] != nil {
            return .conflict("job '\(job.id)' of the store cannot be read; remove it first")
        }
        if let owner = known.owner(job.generation) {
            return .conflict(TransferResult.otherGeneration(job, named: owner))
        }
        do throws(CarillonError) {
            try job.definition.policies.validate()
        } catch {
            return .conflict("job '\(job.id)' could not be read back: \(error.reason)")
        }
        if snapshot.isRemoved, snapshot.open.isEmpty { return .notHeld(TransferResult.nothingLeft(job.id)) }
        for run in snapshot.open where known.ended[run.id] != nil || known.broughtRuns[run.id] != nil {
            return .conflict(TransferResult.otherRun(run.id))
        }
        known.brought[job.generation] = snapshot
        message.insert(job, open: snapshot.open, isRemoved: snapshot.isRemoved)
        message.tell()
        message.close(
            "n", snapshot.isRemoved ? "" : job.id.description, was: Array(String(job.generation).utf8),
            job: job.id.description, checks: snapshot.open.map { RunKey($0.id) })
        return .written
    }

    private func bring(
        _ run: Run, _ task: TaskName?, _ known: KnownUnits, to message: inout CommitMessage
    ) throws(CarillonError) -> TransferResult {
        let id = run.id
        guard !run.isOpen else { return .conflict("run '\(id)' has not ended; it comes with its job") }
        if let there = known.ended[id] {
            return there.run == run ? .present : .conflict(TransferResult.otherRun(id))
        }
        if let owner = known.owner(id.occurrence.generation), owner != id.occurrence.job.description {
            return .conflict(TransferResult.otherRun(id))
        }
        let open = known.byGeneration[id.occurrence.generation]?.snapshot ?? known.brought[id.occurrence.generation]
        if open?.open.contains(where: { $0.id == id }) == true {
            return .conflict("run '\(id)' has not ended in the store")
        }
        message.end(run, task: task, key: RunKey(id), generation: id.occurrence.generation)
        message.close("a", "", was: [], job: id.occurrence.job.description, checks: [RunKey(id)])
        return .written
    }

    private func bringReasons(
        _ items: [TransferItem]
    ) throws(CarillonError) -> [(place: Int, result: TransferResult)] {
        let ranges = items.enumerated().compactMap { place, item in
            if case .reason(let range) = item { (place: place, range: range) } else { nil }
        }
        guard let first = ranges.first?.range else { return [] }
        // A change that is not written: it says what has to be read.
        let carrier = JobChange(
            job: Job(removed: first.job, generation: first.generation, at: first.first),
            reasons: ranges.map { NewReason($0.range) })
        var edits = try reasonEdits([carrier])
        var results: [(place: Int, result: TransferResult)] = []
        var new: [NewReason] = []
        for (place, range) in ranges {
            let isThere = edits.has(range) || new.contains { $0.range == range }
            results.append((place, isThere ? .present : .written))
            if !isThere { new.append(NewReason(range)) }
        }
        guard !new.isEmpty else { return results }
        var change = carrier
        change.reasons = new
        var message = CommitMessage()
        write(edits.edits(change), to: &message)
        message.close("a", "", was: [], job: "")
        _ = try write(CommitScript.script, message.arguments(unmarking: []) { append([], to: &$0) })
        return results
    }
}
#endif
