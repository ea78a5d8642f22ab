import CarillonTriggers

/// Due occurrences become runs, or reasons why they are not run.
extension Planner {
    /// How long a job waits that has more late occurrences than it may hand out; a job that stayed due would be looked
    /// at without end.
    static let catchUpPause: Int64 = 1_000_000

    /// Does nothing where the node lacks the job's task, since what no node could run is parked, neither missed nor at
    /// its limit: such a node looks at the job for its runs, to recover or move them up. It does nothing, either, where the
    /// job is at its limit by a run that may have ended: the job stays due until that is known.
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
                // An occurrence that is due later than its trigger says was held back by the pass before.
                let isHeldBack = first.due > job.next(scheduled: first.scheduled).due
                isHeldBack ? handOut(ready) : admit(ready)
            }
        }
        if next == nil, input.wantsEvents { tell(.jobEnded(job.id)) }
    }

    /// Lets occurrences run, or does with them what the job says of its limit. Those that are due together are judged
    /// together: where the job has room for the first, the others follow it.
    private mutating func admit(_ stretch: OccurrenceStretch) {
        // No waiting run is passed over: all that had room have moved up before.
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

    /// Hands out as many as may wait; the job looks at the others again a little later.
    private mutating func handOut(_ stretch: OccurrenceStretch) {
        let room = JobPolicies.catchUpLimit - open.waitingCount
        guard let rest = makeRuns(of: stretch, atMost: room) else { return }
        next = Job.Next(scheduled: rest.first, due: input.now.advanced(byMicroseconds: Self.catchUpPause))
    }

    /// Makes runs of the first so many occurrences, ready while there are free instances, and answers the others.
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
        // Whoever was due first is served first.
        open.append(Run(id: id, state: isRoom ? .ready : .waiting, due: due, available: due))
        if input.wantsEvents { tell(.queued(id)) }
    }

    /// Makes room for a later occurrence: those that wait give way, and the oldest instance is cancelled. A run that
    /// somebody asked for waits on, and the task for a failed run is not cancelled.
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
    /// The identity of an occurrence that the trigger names.
    ///
    /// Its number tells apart what is scheduled twice at the same time, which happens only where the definition has been
    /// changed in between: another trigger may name a time once more, and a clock may be set back.
    func occurrence(scheduled: Instant) -> Occurrence {
        Occurrence(job: id, generation: generation, scheduled: scheduled, number: Int(definitionVersion) &- 1)
    }

    /// A record that occurrences were not run, which goes on from a record of the occurrence before them.
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
