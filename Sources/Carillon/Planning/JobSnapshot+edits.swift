public import CarillonTriggers

extension Job {
    /// Creates a job that is being added: fixes its trigger's phase and computes its first occurrence.
    ///
    /// A date that has passed is due nevertheless, and late; every other trigger starts with its first fire time that
    /// is not in the past.
    public init(id: JobID, generation: Int64, definition: JobDefinition, added now: Instant, isPaused: Bool = false) {
        self.init(
            id: id,
            generation: generation,
            definition: definition,
            state: isPaused ? .paused(since: now) : .active,
            next: nil,
            added: now
        )
        begin(at: now)
    }

    /// Creates a removed job to replace one that cannot be read. Only its identity is known, and its version is above
    /// all that it can have had.
    public init(removed id: JobID, generation: Int64, at now: Instant) {
        let definition = JobDefinition(task: TaskName(plain: "unreadable"), trigger: .date(now.date))
        self.init(
            id: id, generation: generation, definition: definition, state: .ended, next: nil, added: now,
            stateVersion: Self.unreadableVersion)
    }

    private static let unreadableVersion: Int64 = 1 << 51

    /// The task; `nil` if the job replaces one that could not be read.
    package var knownTask: TaskName? { stateVersion < Self.unreadableVersion ? definition.task : nil }

    /// Fixes the trigger's phase and finds its first occurrence, which comes after `accounted`.
    fileprivate mutating func begin(at now: Instant, after accounted: Instant = .earliest) {
        let trigger = definition.trigger.current.anchored(at: now)
        definition.trigger = trigger
        if let fireTime = trigger.fixedFirst {
            next = next(scheduled: fireTime)
        } else {
            next = next(after: max(now.advanced(byMicroseconds: -1), accounted))
        }
        if next == nil { state = .ended } else if state == .ended { state = .active }
    }

    /// The last fire time that has become a run or a reason.
    fileprivate var lastAccounted: Instant {
        definition.trigger.previous(before: next?.scheduled ?? .latest) ?? .earliest
    }
}

/// A user's edits of a job, as changes that a store can commit.
extension JobSnapshot {
    /// Returns a change to another definition; `nil` if it is equal to the present one.
    ///
    /// A trigger that stays the same keeps its phase and its next occurrence. Another one starts anew, and every
    /// occurrence of the old one whose time has come and that has not fired is recorded, whether it is late, held back
    /// by the pass before, or not due yet because of its jitter.
    ///
    /// - Throws: `CarillonError` with `invalidPolicy` if a number of the policies is out of range.
    package func modified(_ definition: JobDefinition, at now: Instant) throws(CarillonError) -> JobChange? {
        var definition = definition.current
        let old = job.definition.trigger
        // The stored trigger has its phase fixed; an equal one without a start date means the same trigger.
        let isSameTrigger = old.isSame(asGiven: definition.trigger)
        if isSameTrigger { definition.trigger = old }
        guard definition != job.definition else { return nil }
        try definition.validate()
        var change = JobChange(job: job)
        change.job.definition = definition
        change.job.definitionVersion &+= 1
        if !isSameTrigger {
            if let skipped = begun(by: now) {
                change.reasons.append(job.reason(skipped, job.isPaused ? .jobPaused : .triggerReplaced, at: now))
            }
            // A clock may run ahead: what the old trigger has fired does not fire again by the new one.
            change.job.begin(at: now, after: job.lastAccounted)
        }
        return change
    }

    /// Returns a change that pauses the job; `nil` if it is paused or has ended already.
    package func paused(at now: Instant) -> JobChange? {
        guard job.state == .active else { return nil }
        var change = JobChange(job: job)
        change.job.state = .paused(since: now)
        return change
    }

    /// Returns a change that resumes the job from its next future time and records what the pause skipped; `nil` if it
    /// is not paused.
    package func resumed(at now: Instant) -> JobChange? {
        guard job.isPaused else { return nil }
        var change = JobChange(job: job)
        change.job.state = .active
        if let skipped = late(at: now) {
            change.reasons.append(job.reason(skipped, .jobPaused, at: now))
            change.job.next = job.next(after: skipped.last)
        }
        if change.job.next == nil { change.job.state = .ended }
        return change
    }

    /// Returns the occurrences that are due and have not fired, including those that a pass has held back.
    private func late(at now: Instant) -> OccurrenceStretch? {
        var job = job
        job.next = self.job.next.map { self.job.next(scheduled: $0.scheduled) }
        return DueOccurrences(job: job, now: now, grace: nil)?.ready
    }

    /// Returns the occurrences whose scheduled time has come and that have not fired, due or not.
    private func begun(by now: Instant) -> OccurrenceStretch? {
        guard let first = job.next?.scheduled, first <= now else { return nil }
        let trigger = job.definition.trigger
        let last = trigger.previous(before: now.advanced(byMicroseconds: 1)) ?? first
        return OccurrenceStretch(from: first, through: max(first, last), of: trigger)
    }

    /// Returns a change with one more run, as soon as possible. If the job has `maxInstances` runs, it waits, since a
    /// user asked for it.
    package func ranNow(at now: Instant, arguments: [UInt8]? = nil) -> JobChange {
        // No two changes of a job have the same state version, so no two manual runs have the same number.
        let occurrence = Occurrence(
            job: job.id,
            generation: job.generation,
            scheduled: now,
            kind: .manual,
            number: Int(job.stateVersion)
        )
        var run = Run(id: Run.ID(occurrence), state: stateOfOneMore, due: now, available: now)
        run.arguments = arguments
        var change = JobChange(job: job)
        change.runs = [run]
        return change
    }

    /// Returns a change that ends a run that no node has taken, or asks its node to cancel it; `nil` if the run is not
    /// open.
    package func cancelled(_ id: Run.ID, at now: Instant) -> JobChange? {
        guard var run = open.first(where: { $0.id == id }) else { return nil }
        // An earlier error does not say why the run is cancelled, unless a cancel was requested already.
        if !run.isCancelRequested { run.error = nil }
        if case .running = run.state {
            run.isCancelRequested = true
        } else {
            run.state = .finished(.cancelled)
            run.finished = now
        }
        var change = JobChange(job: job)
        change.runs = [run]
        change.removesJob = job.isOver && !isRemoved && !run.isOpen && open.count == 1
        return change
    }

    /// Returns a change with another attempt at an ended run, the latest of its occurrence; `nil` if an attempt at it
    /// is open, if the run belongs to an earlier job of the same id, or if the attempt number cannot rise further.
    package func retried(_ latest: Run, at now: Instant) -> JobChange? {
        let occurrence = latest.id.occurrence
        guard !latest.isOpen, latest.id.attempt < .max,
            occurrence.job == job.id, occurrence.generation == job.generation,
            !open.contains(where: { $0.id.occurrence == occurrence })
        else { return nil }
        let id = Run.ID(occurrence, attempt: latest.id.attempt + 1)
        var next = Run(id: id, state: stateOfOneMore, due: latest.due, available: now)
        next.task = latest.task
        next.arguments = latest.arguments
        var change = JobChange(job: job)
        change.runs = [next]
        return change
    }

    /// The state of a run that a user asks for: ready, or waiting behind those that wait.
    private var stateOfOneMore: Run.State {
        let runs = OpenRuns(open)
        return runs.waitingCount == 0 && runs.instanceCount < job.definition.policies.maxInstances ? .ready : .waiting
    }

    /// Returns the reason for the occurrences whose time has come and that have not fired when the job is removed,
    /// whether they are late, skipped by a pause, or not due yet because of their jitter; `nil` if there are none.
    public func removedReason(at now: Instant) -> NewReason? {
        begun(by: now).map { job.reason($0, job.isPaused ? .jobPaused : .jobRemoved, at: now) }
    }

    /// Returns the open runs that the removal of the job cancels: those that no node has taken.
    public func removedRuns(at now: Instant) -> [Run] {
        open.compactMap { $0.removed(at: now) }
    }
}

extension Run {
    /// Returns the open run cancelled by the removal of its job; `nil` if a node has taken it.
    public func removed(at now: Instant) -> Run? {
        if case .running = state { return nil }
        var run = self
        run.state = .finished(.cancelled)
        run.finished = now
        run.error = Run.jobRemoved
        return run
    }
}
