package import CarillonTriggers

/// Adjusting a job when the wall clock has been set back.
extension JobSnapshot {
    /// Returns the job adjusted to a clock that was set back; `nil` if nothing changes.
    ///
    /// A cron keeps its next fire time, since the times before it have fired already, and so does a combination of
    /// triggers. An interval counts elapsed time, so its next fire time is moved back by whole periods until it is at
    /// most one away, and its start with it: the phase stays, and an interval whose start date is in the future still
    /// waits for it. A ready run that would now wait for too long is ready at once or, if it is another attempt, after
    /// the longest delay of its policy.
    ///
    /// If an interval is moved, the definition's version rises though no user has edited the job: a version that a user
    /// has read before is then outdated.
    ///
    /// Doing this twice has the same effect as once, so every node that notices may do it. Planning does not depend on
    /// it: whatever the clock does, no occurrence fires twice.
    package func turnedBack(to now: Instant) -> JobChange? {
        var change = JobChange(job: job)
        if let turned = job.turnedBack(to: now) { change.job = turned }
        change.runs = open.compactMap { run in
            let latest = now.advanced(byMicroseconds: job.definition.policies.retry.longestDelay(of: run))
            guard run.state == .ready, run.available > latest else { return nil }
            var run = run
            run.available = latest
            return run
        }
        return change.job == job && change.runs.isEmpty ? nil : change
    }
}

extension Job {
    /// Returns an interval job moved back if its next time is more than a period away; `nil` otherwise.
    func turnedBack(to now: Instant) -> Job? {
        guard let next, let turned = definition.trigger.turnedBack(to: now, next: next.scheduled, added: added)
        else { return nil }
        var job = self
        job.definition.trigger = turned.trigger
        // The same times occur again, and the number of an occurrence depends on the definition's version.
        job.definitionVersion &+= 1
        job.next = job.next(scheduled: turned.next)
        return job
    }
}

extension RetryPolicy {
    /// Returns how long a ready run may have to wait, in microseconds.
    fileprivate func longestDelay(of run: Run) -> Int64 {
        run.id.attempt > 1 ? delay(afterAttempt: run.id.attempt - 1, random: 1) : 0
    }
}
