import CarillonTriggers

/// The due occurrences of a job, computed arithmetically however many there are.
struct DueOccurrences {
    /// The occurrences that a pause of the scheduler skipped; they come first.
    let skipped: OccurrenceStretch?
    /// The occurrences that no node could fire within the misfire grace; they come before the ready ones.
    let missed: OccurrenceStretch?
    /// The occurrences that may run.
    let ready: OccurrenceStretch?
    /// The first occurrence that is not due yet, or that is left to the next pass.
    let following: Job.Next?

    /// Finds the due occurrences; `nil` if none is due.
    ///
    /// - Parameters:
    ///   - grace: How late an occurrence may run; unlimited if `nil`.
    ///   - awakeSince: An occurrence that is due from then on is not missed, since the node could fire it in time.
    init?(job: Job, now: Instant, grace: Duration?, awakeSince: Instant? = nil, pause: SchedulerPause? = nil) {
        guard let first = job.next, first.due <= now else { return nil }
        var next = first
        // Occurrences are considered up to this time: those due before a pause are planned separately.
        var end = now
        var skipped: OccurrenceStretch?
        if let pause, let until = pause.until {
            // An occurrence held back by the pass before was due earlier than `next` says.
            let firstDue = job.next(scheduled: first.scheduled).due
            if firstDue < pause.since {
                end = min(now, pause.since.advanced(byMicroseconds: -1))
            } else if firstDue < until {
                let last = Self.last(
                    of: job, notBefore: first.scheduled, dueBy: min(now, until.advanced(byMicroseconds: -1)))
                skipped = OccurrenceStretch(from: first.scheduled, through: last, of: job.definition.trigger)
                let behind = job.next(after: last)
                guard let behind, behind.due <= now else {
                    self.skipped = skipped
                    missed = nil
                    ready = nil
                    following = behind
                    return
                }
                next = behind
            }
        }
        self.skipped = skipped
        let onTime = awakeSince.map { Self.isDueAtOnce(job, next, $0) ? min($0, next.due) : $0 }
        let limit = Self.earliestDue(at: now, grace).map { min($0, onTime ?? $0) }
        let second = job.next(after: next.scheduled)
        // Nearly always one occurrence is due, and the next one is in the future.
        guard let second, second.due <= end else {
            let only = OccurrenceStretch(one: next.scheduled)
            let isMissed = limit.map { next.due < $0 } ?? false
            missed = isMissed ? only : nil
            ready = isMissed ? nil : only
            following = second
            return
        }
        let trigger = job.definition.trigger
        let last = Self.last(of: job, notBefore: second.scheduled, dueBy: end)
        following = job.next(after: last)
        guard let limit, next.due < limit else {
            missed = nil
            ready = OccurrenceStretch(from: next.scheduled, through: last, of: trigger)
            return
        }
        guard let firstReady = Self.first(of: job, through: last, dueFrom: limit) else {
            missed = OccurrenceStretch(from: next.scheduled, through: last, of: trigger)
            ready = nil
            return
        }
        let lastMissed = max(trigger.previous(before: firstReady) ?? next.scheduled, next.scheduled)
        missed = OccurrenceStretch(from: next.scheduled, through: lastMissed, of: trigger)
        ready = OccurrenceStretch(from: firstReady, through: last, of: trigger)
    }

    /// Whether a job was due when it was added, like a job without a trigger, by a node that was awake then or soon
    /// after. The second and the minute allow for the time that adding, and starting with many jobs, takes.
    private static func isDueAtOnce(_ job: Job, _ next: Job.Next, _ awakeSince: Instant) -> Bool {
        let distance = next.due.microseconds - job.added.microseconds
        return distance.magnitude <= 1_000_000 && job.added >= awakeSince.advanced(byMicroseconds: -60_000_000)
    }

    /// Returns the last occurrence that is due. Jitter never reaches the next fire time, so of all that are scheduled
    /// up to now only the last may not be due yet.
    private static func last(of job: Job, notBefore second: Instant, dueBy now: Instant) -> Instant {
        let trigger = job.definition.trigger
        let last = max(trigger.previous(before: now.advanced(byMicroseconds: 1)) ?? second, second)
        if job.next(scheduled: last).due <= now { return last }
        return max(trigger.previous(before: last) ?? second, second)
    }

    /// Returns the first occurrence, after the next one, that is due at or after a limit; `nil` if all are due before
    /// it.
    private static func first(of job: Job, through last: Instant, dueFrom limit: Instant) -> Instant? {
        if job.next(scheduled: last).due < limit { return nil }
        let trigger = job.definition.trigger
        // The last occurrence scheduled before the limit may be due after it by its jitter.
        if let candidate = trigger.previous(before: limit), job.next(scheduled: candidate).due >= limit {
            return candidate
        }
        return trigger.next(after: limit.advanced(byMicroseconds: -1))
    }

    /// Returns the earliest due time that may still run now; `nil` if there is no limit.
    private static func earliestDue(at now: Instant, _ grace: Duration?) -> Instant? {
        guard let grace else { return nil }
        let micros = max(grace.wholeMicroseconds, 0)
        return micros == .max ? .earliest : now.advanced(byMicroseconds: -micros)
    }
}
