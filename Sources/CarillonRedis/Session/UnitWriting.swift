#if Redis
internal import Carillon
internal import CarillonTriggers

/// What the step from one state of a unit to another writes.
extension CommitMessage {
    /// Writes a job that is not there yet, with its open runs.
    mutating func insert(_ job: Job, open: [Run] = [], isRemoved: Bool = false) {
        let unit = newNumber("unit:\(job.generation)", .unchecked)
        set(StoredJob.stateField, StoredJob.state(job, isRemoved: isRemoved), in: unit)
        set(StoredJob.definitionField, StoredJob.definition(job), in: unit)
        let member = IndexEntries.member(job.id.description, job.generation)
        if isRemoved {
            add(member, toOrdered: "removed")
        } else {
            let id = Array(job.id.description.utf8)
            set(id, Array(String(job.generation).utf8), in: "names")
            add(id, toOrdered: "ids")
            add(IndexEntries.place(job))
            if let entry = IndexEntries.waiting(job, open) { add(entry) }
            index(job.definition, id, from: nil)
        }
        for run in open {
            let key = RunKey(run.id)
            set(Self.field(key), StoredRun.open(run), in: unit)
            reindex(nil, run, of: job, from: nil, key: key)
        }
    }

    static func field(_ key: RunKey) -> [UInt8] { [StoredJob.runField] + key.bytes }

    /// Moves a job from the indexes of one definition to those of another; `nil` is none.
    private mutating func index(_ definition: JobDefinition?, _ id: [UInt8], from old: JobDefinition?) {
        let (tags, oldTags) = (Set(definition?.tags ?? []), Set(old?.tags ?? []))
        for tag in oldTags.subtracting(tags) { remove(id, fromSorted: "tag:\(tag)") }
        for tag in tags.subtracting(oldTags) {
            add(id, toOrdered: "tag:\(tag)")
            add(Array(tag.utf8), toSet: "tags")
        }
        if let origin = old?.origin, origin != definition?.origin { remove(id, fromSorted: "origin:\(origin)") }
        if let origin = definition?.origin, origin != old?.origin {
            add(id, toOrdered: "origin:\(origin)")
            add(Array(origin.utf8), toSet: "origins")
        }
        if let task = definition?.task, task != old?.task { add(Array(task.description.utf8), toSet: "tasks") }
    }

    /// Writes a change of a unit.
    ///
    /// - Parameter keepsUnit: Whether it has open runs that cannot be read, so that it stays if it was removed.
    /// - Returns: The keys of its runs that must not have ended.
    mutating func write(_ change: JobChange, onto old: JobSnapshot, keepsUnit: Bool) -> [RunKey] {
        let (before, job) = (old.job, change.job)
        let unit = newNumber("unit:\(before.generation)", .unchecked)
        let places = Dictionary(old.open.enumerated().map { ($1.id, $0) }) { first, _ in first }
        var open: [Run?] = old.open
        var added: [Run] = []
        var checks: [RunKey] = []
        let isReindexing =
            before.isPaused != job.isPaused || before.definition.task != job.definition.task
            || before.definition.policies.priority != job.definition.policies.priority
        var written: Set<Run.ID> = []
        for run in change.runs {
            let key = RunKey(run.id)
            let place = places[run.id]
            let was = place.map { old.open[$0] }
            if was == nil { checks.append(key) }
            if isReindexing { written.insert(run.id) }
            reindex(was, run, of: job, from: before, key: key)
            if run.isOpen {
                set(Self.field(key), StoredRun.open(run), in: unit)
                if let place { open[place] = run } else { added.append(run) }
            } else {
                if let place {
                    unset(Self.field(key), in: unit)
                    open[place] = nil
                }
                end(run, task: job.knownTask, key: key, generation: job.generation)
            }
        }
        let left = open.compactMap(\.self) + added
        if isReindexing {
            for run in old.open where !written.contains(run.id) {
                reindex(run, run, of: job, from: before, key: RunKey(run.id))
            }
        }
        if old.isRemoved {
            if left.isEmpty, !keepsUnit {
                discard(unit)
                remove(IndexEntries.member(before.id.description, before.generation), fromSorted: "removed")
            } else {
                setState(job, isRemoved: true, in: unit)
            }
            return checks
        }
        if change.removesJob {
            discard(unit)
            leave(before, old.open)
            return checks
        }
        setState(job, isRemoved: false, in: unit)
        move(from: IndexEntries.place(before), to: IndexEntries.place(job))
        move(from: IndexEntries.waiting(before, old.open), to: IndexEntries.waiting(job, left))
        if job.definitionVersion != before.definitionVersion {
            set(StoredJob.definitionField, StoredJob.definition(job), in: unit)
            let id = Array(job.id.description.utf8)
            index(job.definition, id, from: before.definition)
        }
        // Nodes that wait for their next due time learn that the job may run now.
        let isResumed = before.isPaused && !job.isPaused
        if isResumed || (job.definitionVersion != before.definitionVersion && !job.isPaused) { tell() }
        return checks
    }

    mutating func setState(_ job: Job, isRemoved: Bool, in unit: Int) {
        var job = job
        job.stateVersion &+= 1
        set(StoredJob.stateField, StoredJob.state(job, isRemoved: isRemoved), in: unit)
    }

    /// Takes a job out of all indexes of jobs.
    mutating func leave(_ job: Job, _ open: [Run]) {
        let id = Array(job.id.description.utf8)
        unset(id, in: "names")
        remove(id, fromSorted: "ids")
        remove(IndexEntries.place(job))
        if let entry = IndexEntries.waiting(job, open) { remove(entry) }
        index(nil, id, from: job.definition)
    }

    private mutating func move(from old: IndexEntry?, to new: IndexEntry?) {
        guard old != new else { return }
        if let old, old.key != new?.key { remove(old) }
        if let new { add(new) }
    }

    /// Moves a run from where it was found to where it is to be found.
    ///
    /// - Parameters:
    ///   - was: The run as it was; `nil` if it is new.
    ///   - before: Its job as it was.
    mutating func reindex(_ was: Run?, _ run: Run, of job: Job, from before: Job?, key: RunKey) {
        let member = key.bytes + Array(job.id.description.utf8)
        if was == nil, run.isOpen { add(member, toOrdered: "open") }
        if was != nil, !run.isOpen { remove(member, fromSorted: "open") }
        let oldLane = was.flatMap { run in before.flatMap { IndexEntries.lane(run, of: $0) } }
        let lane = IndexEntries.lane(run, of: job)
        if let oldLane, oldLane != lane { remove(member, fromSorted: "ready:\(oldLane)", isWatched: true) }
        if let lane, lane != oldLane || was?.available != run.available {
            add(
                IndexEntry(
                    key: "ready:\(lane)", member: member, score: Score.text(run.available), isWatched: true))
            add(
                IndexEntry(
                    key: "lanes", member: Array(lane.utf8), score: String(job.definition.policies.priority)))
        }
        let (oldNode, node) = (was.flatMap(Self.runner), Self.runner(run))
        if let oldNode, oldNode != node { remove(member, fromSet: "running:\(oldNode)") }
        if let node, node != oldNode {
            add(member, toSet: "running:\(node)")
            add(Array(node.description.utf8), toSet: "runners")
        }
        let wasCancelled = was?.isCancelRequested ?? false
        if let oldNode, wasCancelled, oldNode != node || !run.isCancelRequested {
            remove(member, fromSet: "cancel:\(oldNode)")
        }
        if let node, run.isCancelRequested, oldNode != node || !wasCancelled {
            add(member, toSet: "cancel:\(node)")
            tell()
        }
    }

    private static func runner(_ run: Run) -> NodeID? {
        if case .running(let node) = run.state { node } else { nil }
    }
}
#endif
