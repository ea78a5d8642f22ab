package import CarillonTriggers

/// Checking whether a job's next time is what its trigger gives now. It may not be if the clock was set back since, or
/// if the rules of the trigger's zone have changed.
extension Job {
    /// How far ahead a time may be and still count as now, in microseconds: the clocks of machines differ, and are
    /// adjusted.
    static let clockTolerance: Int64 = 500_000

    /// Whether the next time is right without reading the job's history.
    ///
    /// - Parameter ran: Future times of the job that have run.
    func isNextPlain(at now: Instant, _ ran: RanAhead.Times) -> Bool {
        let trigger = definition.trigger
        if let next, !trigger.contains(next.scheduled) { return isPaused && next.scheduled <= now }
        let soon = now.advanced(byMicroseconds: Self.clockTolerance)
        if let next, next.scheduled <= soon { return true }
        if turnedBack(to: now) != nil { return false }
        return self.next(after: soon, except: ran)?.scheduled == next?.scheduled
    }

    /// Returns the next time that has not run, by the trigger and the history.
    fileprivate func recheckedNext(at now: Instant, _ past: RecordedTimes) -> Instant? {
        let trigger = definition.trigger
        let soon = now.advanced(byMicroseconds: Self.clockTolerance)
        guard let stored = next?.scheduled else { return firstFree(after: soon, before: .latest, past) }
        if isPaused, stored <= soon { return stored }
        guard trigger.contains(stored) else {
            // Its time has moved. If the new time has come already, it is late.
            if let moved = trigger.nearest(to: stored), moved <= soon, moved >= untouched,
                past.latest ?? .earliest < moved
            {
                return moved
            }
            return firstUnrun(after: soon, past)
        }
        return stored <= soon ? stored : firstFree(after: soon, before: stored, past) ?? stored
    }

    private func firstUnrun(after time: Instant, _ past: RecordedTimes) -> Instant? {
        var following = definition.trigger.next(after: time)
        while let found = following, past.hasRun(found) { following = definition.trigger.next(after: found) }
        return following
    }

    /// Returns the first time between two that has certainly not run: it has a reason, the job did not exist at that
    /// time, or the history would have its run.
    private func firstFree(after time: Instant, before stored: Instant, _ past: RecordedTimes) -> Instant? {
        let trigger = definition.trigger
        let known = firstKnown(past)
        var following = trigger.next(after: time)
        while let found = following, found < stored {
            if past.hasRun(found) {
                following = trigger.next(after: found)
            } else if found < untouched || found >= known || past.hasReason(found) {
                return found
            } else {
                let further = [past.firstReason(after: found), known].compactMap(\.self).min() ?? stored
                following = trigger.next(after: max(found, further.advanced(byMicroseconds: -1)))
            }
        }
        return nil
    }

    /// The time before which nothing was fired. A date that has passed when the job is added is due nevertheless.
    private var untouched: Instant { definition.trigger.onlyFireTime == nil ? added : .earliest }

    /// Returns the time from which on a time with neither run nor reason was never fired.
    private func firstKnown(_ past: RecordedTimes) -> Instant {
        if definition.trigger.onlyFireTime != nil { return .latest }
        // Without runs and reasons: the job was given this trigger while the clock was ahead.
        guard let latest = past.latest else { return .earliest }
        guard past.areComplete else { return .latest }
        let (length, overflow) = Int64(definition.policies.history.days)
            .multipliedReportingOverflow(by: 86_400_000_000)
        return overflow ? .latest : latest.advanced(byMicroseconds: -length)
    }
}

extension JobSnapshot {
    /// Returns the job with the next time that its trigger gives now; `nil` if nothing changes. Ready runs that would
    /// wait for a clock that was set back are ready at once, as `turnedBack(to:)` says.
    ///
    /// - A time that has a run never runs again. An interval, which counts elapsed time, starts anew, at most one
    ///   interval away.
    /// - A future time that has a reason fires: the reason is withdrawn in the change, and recorded as `clockStep`. A
    ///   reason by an earlier trigger of the job stays: its times do not occur again.
    /// - A time that is no longer one of the trigger's has moved to the nearest one; if that has run, or may have run,
    ///   to the next one.
    ///
    /// - Parameter past: The history from `now` on, or from right before the stored next time.
    package func rechecked(at now: Instant, _ past: RecordedTimes) -> JobChange? {
        var change = turnedBack(to: now) ?? JobChange(job: job)
        if change.job.next == job.next {
            let next = job.recheckedNext(at: now, past)
            if next != job.next?.scheduled {
                change.job.next = next.map(job.next(scheduled:))
                if next == nil {
                    change.job.state = .ended
                } else if job.state == .ended {
                    change.job.state = .active
                }
            }
        }
        if change.job.next != job.next {
            if let old = job.next?.scheduled, !job.isPaused, old <= now, change.job.next?.scheduled ?? .latest > now {
                change.reasons.append(job.reason(OccurrenceStretch(one: old), .zoneChanged, at: now))
            }
            if let first = change.job.next?.scheduled, first < job.next?.scheduled ?? .latest {
                let ahead = max(first, now.advanced(byMicroseconds: 1))
                let trigger = change.job.definition.trigger
                for range in past.reasons where range.last >= ahead && trigger.names(range) {
                    change.withdraw(range, from: ahead, at: now)
                }
            }
        }
        return change.job == job && change.runs.isEmpty ? nil : change
    }
}

extension JobChange {
    /// Withdraws the part of a range of the trigger's fire times that is at or after a time, and keeps the part before.
    fileprivate mutating func withdraw(_ range: ReasonRange, from ahead: Instant, at now: Instant) {
        let trigger = job.definition.trigger
        var first = range.first
        var left = 0
        if range.first < ahead {
            let last = max(trigger.previous(before: ahead) ?? range.first, range.first)
            left = 1 + trigger.count(after: range.first, through: last)
            first = trigger.next(after: last) ?? ahead
            reasons.append(NewReason(range.part(from: range.first, through: last, count: left)))
        }
        withdrawn.append(range)
        let rest = range.part(
            from: first, through: range.last, count: range.count - left, reason: .clockStep, recorded: now)
        reasons.append(NewReason(rest))
    }
}

extension ReasonRange {
    /// Returns a part of the range; omitted values stay as they are.
    fileprivate func part(
        from first: Instant, through last: Instant, count: Int, reason: Reason? = nil, recorded: Instant? = nil
    ) -> ReasonRange {
        ReasonRange(
            job: job, generation: generation, first: first, last: last, count: count, reason: reason ?? self.reason,
            recorded: recorded ?? self.recorded)
    }
}

extension Trigger {
    /// Whether a range consists of fire times of this trigger, and not of an earlier one of the job.
    fileprivate func names(_ range: ReasonRange) -> Bool {
        contains(range.first) && contains(range.last)
            && 1 + count(after: range.first, through: range.last) == range.count
    }

    /// Returns the fire time nearest to a time; of two equally near, the later one.
    fileprivate func nearest(to time: Instant) -> Instant? {
        let before = previous(before: time)
        guard let after = next(after: time.advanced(byMicroseconds: -1)) else { return before }
        guard let before else { return after }
        return time.microseconds - before.microseconds < after.microseconds - time.microseconds ? before : after
    }
}
