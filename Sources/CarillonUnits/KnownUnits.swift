package import Carillon
internal import CarillonTriggers

/// What a storage has of the items that are brought to it, and what becomes of each: an import writes only what is judged to
/// be written.
package struct KnownUnits {
    private var live: [JobID: StoredUnit] = [:]
    private var byGeneration: [Int64: StoredUnit] = [:]
    /// Those that this call has brought.
    private var brought: [Int64: JobSnapshot] = [:]
    /// The ended runs that are there.
    private var ended: [Run.ID: StoredRun.Ended] = [:]

    /// What is looked for to judge items.
    package struct Wanted {
        /// The ids under which jobs are looked for.
        package private(set) var ids: Set<String> = []
        /// The generations of units, with the ids that they should have.
        package private(set) var units: [Int64: String] = [:]
        /// The runs that may have ended.
        package private(set) var runs: [Run.ID] = []
        /// The greatest generation of all.
        package private(set) var greatestGeneration: Int64 = 0

        package init(_ items: [TransferItem]) {
            for item in items {
                switch item {
                case .job(let snapshot):
                    greatestGeneration = max(greatestGeneration, snapshot.job.generation)
                    units[snapshot.job.generation] = snapshot.job.id.description
                    ids.insert(snapshot.job.id.description)
                    runs += snapshot.open.map(\.id)
                case .run(let run, _):
                    greatestGeneration = max(greatestGeneration, run.id.occurrence.generation)
                    runs.append(run.id)
                    units[run.id.occurrence.generation] = run.id.occurrence.job.description
                case .reason(let range): greatestGeneration = max(greatestGeneration, range.generation)
                }
            }
        }
    }

    /// - Parameters:
    ///   - units: The units of the wanted generations.
    ///   - live: Those of the wanted ids.
    ///   - ended: The wanted runs that have ended.
    package init(units: [StoredUnit], live: [StoredUnit], ended: [StoredRun.Ended]) {
        for unit in units { byGeneration[unit.generation] = unit }
        for unit in live { if let id = try? JobID(exactly: unit.id) { self.live[id] = unit } }
        for found in ended { self.ended[found.run.id] = found }
    }

    /// The id of the job that has a generation; `nil` if none has.
    private func owner(_ generation: Int64) -> String? {
        if let job = brought[generation]?.job { return job.id.description }
        guard let unit = byGeneration[generation] else { return nil }
        // Under the id that was asked for the definition does not say another one.
        var reader = PackedReader(unit.definition)
        _ = try? reader.count("version")
        _ = try? reader.instant("added")
        return (try? reader.text("id")) ?? unit.id
    }

    /// Judges a job. One that is to be written is known from then on.
    package mutating func judge(_ snapshot: JobSnapshot) -> TransferResult {
        let job = snapshot.job
        let before: JobSnapshot?
        if snapshot.isRemoved {
            before =
                brought[job.generation] ?? byGeneration[job.generation]?.snapshot.flatMap { $0.isRemoved ? $0 : nil }
        } else {
            before = brought.values.first { $0.job.id == job.id && !$0.isRemoved } ?? live[job.id]?.snapshot
        }
        if let before, before.job.id == job.id {
            return before.isSame(as: snapshot) ? .present : .conflict(TransferResult.otherJob(job.id))
        }
        if !snapshot.isRemoved, live[job.id] != nil {
            return .conflict("job '\(job.id)' of the store cannot be read; remove it first")
        }
        if let owner = owner(job.generation) {
            return .conflict(TransferResult.otherGeneration(job, named: owner))
        }
        do throws(CarillonError) {
            try job.definition.policies.validate()
        } catch {
            return .conflict("job '\(job.id)' could not be read back: \(error.reason)")
        }
        if snapshot.isRemoved, snapshot.open.isEmpty { return .notHeld(TransferResult.nothingLeft(job.id)) }
        for run in snapshot.open where ended[run.id] != nil { return .conflict(TransferResult.otherRun(run.id)) }
        brought[job.generation] = snapshot
        return .written
    }

    /// Judges an ended run.
    package func judge(_ run: Run) -> TransferResult {
        let id = run.id
        guard !run.isOpen else { return .conflict("run '\(id)' has not ended; it comes with its job") }
        if let there = ended[id] {
            return there.run == run ? .present : .conflict(TransferResult.otherRun(id))
        }
        if let owner = owner(id.occurrence.generation), owner != id.occurrence.job.description {
            return .conflict(TransferResult.otherRun(id))
        }
        let open = byGeneration[id.occurrence.generation]?.snapshot ?? brought[id.occurrence.generation]
        if open?.open.contains(where: { $0.id == id }) == true {
            return .conflict("run '\(id)' has not ended in the store")
        }
        return .written
    }
}
