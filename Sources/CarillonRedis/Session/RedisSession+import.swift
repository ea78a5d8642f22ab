#if Redis
internal import Carillon
internal import CarillonUnits
internal import CarillonTriggers

/// Imports items of another store exactly as they were.
extension RedisSession {
    /// See `JobTransferring`.
    func importItems(_ items: [TransferItem]) throws(CarillonError) -> [TransferResult] {
        var results: [TransferResult?] = Array(repeating: nil, count: items.count)
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
        let wanted = KnownUnits.Wanted(items)
        // Before anything is written: no job that is added meanwhile may get one of these generations.
        _ = try write(KeepingScripts.raiseGenerations, RedisArguments([String(wanted.greatestGeneration)]))
        var known = try knownUnits(wanted)
        for (place, item) in items.enumerated() {
            switch item {
            case .job(let snapshot):
                results[place] = bring(snapshot, &known, to: &message)
            case .run(let run, let task):
                results[place] = bring(run, task, known, to: &message)
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

    private func knownUnits(_ wanted: KnownUnits.Wanted) throws(CarillonError) -> KnownUnits {
        let units = try units(wanted.units.map { ($0.key, $0.value) })
        let generations = try generations(Array(wanted.ids))
        let live = try self.units(generations.map { ($0.value, $0.key) })
        return KnownUnits(
            units: units, live: live, ended: try loadEnded(wanted.runs).compactMap { try? $0.get() })
    }

    private func bring(
        _ snapshot: JobSnapshot, _ known: inout KnownUnits, to message: inout CommitMessage
    ) -> TransferResult {
        var snapshot = snapshot
        snapshot.fenceFloor = epoch
        let result = known.judge(snapshot)
        guard result == .written else { return result }
        let job = snapshot.job
        message.insert(job, open: snapshot.open, isRemoved: snapshot.isRemoved)
        message.tell()
        message.close(
            "n", snapshot.isRemoved ? "" : job.id.description, was: Array(String(job.generation).utf8),
            job: job.id.description, checks: snapshot.open.map { RunKey($0.id) })
        return .written
    }

    private func bring(
        _ run: Run, _ task: TaskName?, _ known: KnownUnits, to message: inout CommitMessage
    ) -> TransferResult {
        let result = known.judge(run)
        guard result == .written else { return result }
        let id = run.id
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
