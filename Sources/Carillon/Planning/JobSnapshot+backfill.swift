package import CarillonTriggers

/// Running past fire times of a trigger.
extension JobSnapshot {
    /// Returns a change with one run for each time of the job's trigger in a past range, to run as soon as possible;
    /// `nil` if there is none.
    ///
    /// The first runs are ready as far as the job has room. The others wait behind all that wait already, the earliest
    /// scheduled first, so that they run as other runs of the job do.
    ///
    /// A range that is requested again runs again, under another number. It makes no difference whether a time has run,
    /// was missed or skipped, nor does a pause: runs of a paused job wait until it is resumed.
    ///
    /// - Parameters:
    ///   - first: The first time of the range.
    ///   - last: The last time of the range; not in the future, where the trigger fires by itself.
    /// - Throws: `CarillonError` with `invalidRange`, saying what is allowed: see `JobPolicies.backfillLimit`.
    package func backfilled(from first: Instant, through last: Instant, at now: Instant) throws(CarillonError)
        -> JobChange?
    {
        try check(first, last, now)
        let trigger = job.definition.trigger
        let room = JobPolicies.backfillLimit - open.count { $0.id.occurrence.kind == .backfill }
        var row = OpenRuns(open)
        var made: [Run] = []
        var time = trigger.next(after: first.advanced(byMicroseconds: -1))
        while let scheduled = time, scheduled <= last {
            guard made.count < room else { throw tooMany(first, made.last?.id.occurrence.scheduled) }
            let isRoom = row.waitingCount == 0 && row.instanceCount < job.definition.policies.maxInstances
            let run = Run(
                id: Run.ID(backfilled(scheduled)),
                state: isRoom ? .ready : .waiting,
                due: job.next(scheduled: scheduled).due,
                available: now
            )
            row.append(run)
            made.append(run)
            time = trigger.next(after: scheduled)
        }
        if made.isEmpty { return nil }
        var change = JobChange(job: job)
        change.runs = made
        return change
    }

    /// As with manual runs: no two changes of a job have the same state version.
    private func backfilled(_ scheduled: Instant) -> Occurrence {
        Occurrence(
            job: job.id,
            generation: job.generation,
            scheduled: scheduled,
            kind: .backfill,
            number: Int(job.stateVersion)
        )
    }

    private func check(_ first: Instant, _ last: Instant, _ now: Instant) throws(CarillonError) {
        if first > last {
            throw CarillonError(
                .invalidRange,
                "a range ends where it begins or later; \(text(last)) is before \(text(first))"
            )
        }
        if last > now {
            throw CarillonError(
                .invalidRange,
                "only the past can be backfilled, up to \(text(now)); \(text(last)) is still to come"
            )
        }
    }

    private func tooMany(_ first: Instant, _ latest: Instant?) -> CarillonError {
        let limit = JobPolicies.backfillLimit
        let advice =
            latest.map { "backfill through \(text($0)), and the rest when these have ended" }
            ?? "wait until some have ended"
        return CarillonError(
            .invalidRange,
            "job '\(job.id)' has at most \(limit) backfilled runs that have not ended, and would have more with those "
                + "from \(text(first)) on; \(advice)"
        )
    }

    private func text(_ time: Instant) -> String { time.formatted(in: job.definition.trigger.shownZone) }
}
