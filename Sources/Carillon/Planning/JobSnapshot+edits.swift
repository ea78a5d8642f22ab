public import CarillonTriggers

extension Job {
    /// A job as it is when it is added: its trigger's phase is fixed, and its first occurrence worked out.
    ///
    /// A date that has passed is due all the same, and late; every other trigger begins with its first fire time that
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

    /// A removed job in place of one that cannot be read: nothing is known of it but what tells it apart, and its version
    /// is above all that it can have had.
    public init(removed id: JobID, generation: Int64, at now: Instant) {
        let definition = JobDefinition(task: TaskName(plain: "unreadable"), trigger: .date(now.date))
        self.init(
            id: id, generation: generation, definition: definition, state: .ended, next: nil, added: now,
            stateVersion: Self.unreadableVersion)
    }

    private static let unreadableVersion: Int64 = 1 << 51

    /// The task; `nil` if the job stands in place of one that could not be read.
    package var knownTask: TaskName? { stateVersion < Self.unreadableVersion ? definition.task : nil }

    /// Fixes the trigger's phase and finds its first occurrence, which lies behind those that `accounted` ends.
    fileprivate mutating func begin(at now: Instant, after accounted: Instant = .earliest) {
        let trigger = definition.trigger.current.anchored(at: now)
        definition.trigger = trigger
        if let fireTime = trigger.onlyFireTime {
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

/// What a person may ask of a job, as changes a store can commit.
extension JobSnapshot {
    /// Another definition; nothing where it says the same.
    ///
    /// A trigger that stays the same keeps its phase and its next occurrence; another one begins anew, and every
    /// occurrence of the old one whose time has come and that has not fired is recorded, be it late, held back by the
    /// pass before, or not due yet by its jitter.
    ///
    /// - Throws: `CarillonError` with `invalidPolicy` where a number of the policies is out of range.
    package func modified(_ definition: JobDefinition, at now: Instant) throws(CarillonError) -> JobChange? {
        var definition = definition.current
        let old = job.definition.trigger
        // The stored trigger has its phase fixed; the same words without a start date mean the same trigger.
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
            // A clock may run ahead: what has fired by the old trigger does not fire again by the new one.
            change.job.begin(at: now, after: job.lastAccounted)
        }
        return change
    }

    /// Fires nothing from now on; nothing where the job is paused or has ended already.
    package func paused(at now: Instant) -> JobChange? {
        guard job.state == .active else { return nil }
        var change = JobChange(job: job)
        change.job.state = .paused(since: now)
        return change
    }

    /// Fires again from the next future time on, and records what the pause skipped; nothing where the job is not
    /// paused.
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

    /// The occurrences that are due and have not been fired, those that a pass has held back among them.
    private func late(at now: Instant) -> OccurrenceStretch? {
        var job = job
        job.next = self.job.next.map { self.job.next(scheduled: $0.scheduled) }
        return DueOccurrences(job: job, now: now, grace: nil)?.ready
    }

    /// The occurrences whose scheduled time has come and that have not been fired, due or not.
    private func begun(by now: Instant) -> OccurrenceStretch? {
        guard let first = job.next?.scheduled, first <= now else { return nil }
        let trigger = job.definition.trigger
        let last = trigger.previous(before: now.advanced(byMicroseconds: 1)) ?? first
        return OccurrenceStretch(from: first, through: max(first, last), of: trigger)
    }

    /// One more run as soon as may be. It waits where the job has as many open runs as it may: somebody asked for it.
    package func ranNow(at now: Instant, arguments: [UInt8]? = nil) -> JobChange {
        // No two changes of a job have the same state version, so no two runs that were asked for have the same number.
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

    /// Ends a run that nobody has taken, or asks its node to cancel it; nothing where it is not open.
    package func cancelled(_ id: Run.ID, at now: Instant) -> JobChange? {
        guard var run = open.first(where: { $0.id == id }) else { return nil }
        // What was said of it does not say why it is cancelled, unless it is to be cancelled already.
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

    /// Another attempt at a run that has ended, and that is the latest of its occurrence; nothing where an attempt at it
    /// is open, where the run was of a job that had the id before, or where attempts can be counted no further.
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

    /// A run that somebody asks for is ready, or waits behind those that do.
    private var stateOfOneMore: Run.State {
        let runs = OpenRuns(open)
        return runs.waitingCount == 0 && runs.instanceCount < job.definition.policies.maxInstances ? .ready : .waiting
    }

    /// Why the occurrences do not run whose time has come and that have not fired when the job is removed, be it late, passed
    /// over by a pause, or not due yet by its jitter; nothing where there are none.
    public func removedReason(at now: Instant) -> NewReason? {
        begun(by: now).map { job.reason($0, job.isPaused ? .jobPaused : .jobRemoved, at: now) }
    }

    /// What becomes of the open runs of a job that is removed: those nobody has taken are cancelled.
    public func removedRuns(at now: Instant) -> [Run] {
        open.compactMap { $0.removed(at: now) }
    }
}

extension Run {
    /// What becomes of an open run when its job is removed: it is cancelled, unless a node has taken it.
    public func removed(at now: Instant) -> Run? {
        if case .running = state { return nil }
        var run = self
        run.state = .finished(.cancelled)
        run.finished = now
        run.error = Run.jobRemoved
        return run
    }
}
