package import CarillonTriggers

/// What becomes of a job when the wall clock has been set back.
extension JobSnapshot {
    /// The job turned back to a clock that shows an earlier time than it did; nothing where nothing has to change.
    ///
    /// A cron keeps its next fire time, since the times before it have fired already, and so does whatever combines
    /// several triggers. An interval counts elapsed time, so its next fire time is moved back by whole periods until it
    /// is at most one away, and its start with it: the phase stays, and an interval whose start date lies ahead goes on
    /// waiting for it. A ready run that would now wait for too long is ready at once or, where it is another attempt,
    /// after the longest delay of its policy.
    ///
    /// Where an interval is moved, the definition's version rises, though nobody has edited the job: a version that
    /// somebody has seen before is another one afterwards.
    ///
    /// Doing it twice is doing it once, so every node that notices may ask for it. Planning needs no such help to be
    /// right: whatever the clock does, no occurrence fires twice.
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
    /// An interval whose next time is more than a period away.
    func turnedBack(to now: Instant) -> Job? {
        guard let next, let turned = definition.trigger.turnedBack(to: now, next: next.scheduled, added: added)
        else { return nil }
        var job = self
        job.definition.trigger = turned.trigger
        // The same times come once more, and the number of an occurrence follows the definition's version.
        job.definitionVersion &+= 1
        job.next = job.next(scheduled: turned.next)
        return job
    }
}

extension RetryPolicy {
    /// The most microseconds that a ready run may have to wait.
    fileprivate func longestDelay(of run: Run) -> Int64 {
        run.id.attempt > 1 ? delay(afterAttempt: run.id.attempt - 1, random: 1) : 0
    }
}
