import CarillonTriggers

/// Firing due occurrences: they become runs, or reasons why they do not run.
extension Planner {
    /// How long a job with too many late occurrences waits before it fires the rest, in microseconds; a job that stayed
    /// due would be planned without end.
    static let catchUpPause: Int64 = 1_000_000

    /// Fires the due occurrences of the job.
    ///
    /// It does nothing if the node lacks the job's task: an occurrence that no node can run is parked, neither missed
    /// nor at the limit. Such a node plans the job only for its runs, to recover them or move them up. It also does
    /// nothing if the job is at its limit and one of its runs may have ended: the job stays due until that is known.
    mutating func fire() {
        guard input.fires, job.state == .active, let first = job.next, input.pause?.isOn != true,
            first.due <= input.now, input.canRun(job.definition.task)
        else { return }
        if input.movesNext, !job.definition.trigger.contains(first.scheduled) {
            changeRest { $0.isMisplaced = true }
            return
        }
        let ran = input.ranAhead[job]
        if ran.contains(first.scheduled) {
            hasFired = true
            next = job.next(after: first.scheduled, except: ran)
            return
        }
        guard
            let due = DueOccurrences(
                job: job, now: ran.lastMoment(before: input.now, from: first.scheduled),
                grace: job.definition.policies.misfireGrace, awakeSince: input.awakeSince, pause: input.pause)
        else { return }
        if open.instanceCount >= job.definition.policies.maxInstances, open.contains(where: input.mayHaveEnded) {
            return changeRest { $0.isHeldOff = true }
        }
        hasFired = true
        next = due.following
        if !ran.isEmpty, let following = next, ran.contains(following.scheduled) {
            next = job.next(after: following.scheduled, except: ran)
        }
        if let skipped = due.skipped { record(skipped, .schedulerPaused) }
        if let missed = due.missed { record(missed, .missed) }
        if let ready = due.ready {
            switch job.definition.policies.coalesce {
            case .latest:
                if let earlier = ready.withoutLast(of: job.definition.trigger) { record(earlier, .coalesced) }
                admit(OccurrenceStretch(one: ready.last))
            case .earliest:
                admit(OccurrenceStretch(one: ready.first))
                if let later = ready.withoutFirst(of: job.definition.trigger) { record(later, .coalesced) }
            case .all:
                // If an occurrence is due later than its trigger says, the pass before held it back.
                let isHeldBack = first.due > job.next(scheduled: first.scheduled).due
                isHeldBack ? handOut(ready) : admit(ready)
            }
        }
        if next == nil, input.wantsEvents { tell(.jobEnded(job.id)) }
    }

    /// Makes runs of occurrences, or applies the job's `atLimit` to them. Occurrences that are due together are judged
    /// together: if the job has room for the first, the others follow it.
    private mutating func admit(_ stretch: OccurrenceStretch) {
        // No waiting run is overtaken: all that had room have moved up before.
        if open.instanceCount < job.definition.policies.maxInstances { return handOut(stretch) }
        switch job.definition.policies.atLimit {
        case .skip: record(stretch, .instanceLimit)
        case .queue:
            let room = JobPolicies.queueLimit - open.waitingCount
            if let rest = makeRuns(of: stretch, atMost: room) { record(rest, .queueFull) }
            let waiting = open.waitingCount
            changeRest { $0.backlog = waiting }
        case .replace:
            if let earlier = stretch.withoutLast(of: job.definition.trigger) { record(earlier, .replaced) }
            makeRoom(for: stretch.last)
            makeRuns(of: OccurrenceStretch(one: stretch.last), atMost: 1)
        }
    }

    /// Makes runs of as many occurrences as may wait; the job fires the rest a little later.
    private mutating func handOut(_ stretch: OccurrenceStretch) {
        let room = JobPolicies.catchUpLimit - open.waitingCount
        guard let rest = makeRuns(of: stretch, atMost: room) else { return }
        next = Job.Next(scheduled: rest.first, due: input.now.advanced(byMicroseconds: Self.catchUpPause))
    }

    /// Makes runs of the first occurrences up to a limit, ready while the job has room, and returns the rest; `nil` if
    /// none is left.
    @discardableResult
    private mutating func makeRuns(of stretch: OccurrenceStretch, atMost limit: Int) -> OccurrenceStretch? {
        var scheduled = stretch.first
        for made in 0... {
            guard made < limit else {
                return OccurrenceStretch(from: scheduled, through: stretch.last, of: job.definition.trigger)
            }
            makeRun(scheduled)
            guard scheduled < stretch.last, let next = job.definition.trigger.next(after: scheduled) else { break }
            scheduled = next
        }
        return nil
    }

    private mutating func makeRun(_ scheduled: Instant) {
        let id = Run.ID(job.occurrence(scheduled: scheduled))
        let due = job.next(scheduled: scheduled).due
        let isRoom = open.instanceCount < job.definition.policies.maxInstances
        // The occurrence that was due first is taken first.
        open.append(Run(id: id, state: isRoom ? .ready : .waiting, due: due, available: due))
        if input.wantsEvents { tell(.queued(id)) }
    }

    /// Makes room for a later occurrence: waiting occurrences give way, and the oldest ready or running run is
    /// cancelled. A waiting run that a user asked for keeps waiting, and the run of a failure task is not cancelled.
    private mutating func makeRoom(for scheduled: Instant) {
        let time = scheduled.formatted(in: job.definition.trigger.shownZone)
        let reason = "the later occurrence of \(time) took its place"
        for position in open.oldest(where: { $0.state == .waiting && $0.id.occurrence.kind == .scheduled }) {
            open.update(position) { $0.error = reason }
            end(position, .cancelled, at: input.now)
        }
        guard let oldest = open.oldest(1, where: { $0.isInstance && $0.id.occurrence.kind != .onFailure }).first else {
            return
        }
        let run = open[oldest]
        guard !run.isCancelRequested else { return }
        open.update(oldest) { $0.error = reason }
        if run.state == .ready {
            end(oldest, .cancelled, at: input.now)
        } else {
            open.update(oldest) { $0.isCancelRequested = true }
            if run.node == input.node { changeRest { $0.cancelled.append(run.id) } }
            if input.wantsEvents { tell(.cancelRequested(run.id)) }
        }
    }

    private mutating func record(_ stretch: OccurrenceStretch, _ reason: ReasonRange.Reason) {
        let new = job.reason(stretch, reason, at: input.now)
        reasons.append(new)
        if input.wantsEvents { tell(.notRun(new.range)) }
    }
}

extension Job {
    /// Returns the identity of an occurrence of the trigger.
    ///
    /// Its number distinguishes occurrences that are scheduled twice at the same time, which happens only if the
    /// definition was changed in between: another trigger may have the same time, and a clock may be set back.
    func occurrence(scheduled: Instant) -> Occurrence {
        Occurrence(job: id, generation: generation, scheduled: scheduled, number: Int(definitionVersion) &- 1)
    }

    /// Returns the reason for a stretch of occurrences; it continues a reason of the occurrence before them.
    func reason(_ stretch: OccurrenceStretch, _ reason: ReasonRange.Reason, at now: Instant) -> NewReason {
        let range = ReasonRange(
            job: id,
            generation: generation,
            first: stretch.first,
            last: stretch.last,
            count: stretch.count,
            reason: reason,
            recorded: now
        )
        return NewReason(range, follows: definition.trigger.previous(before: stretch.first))
    }
}
