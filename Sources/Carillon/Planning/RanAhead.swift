import CarillonTriggers

/// The fire times of jobs that have run though they are in the future: the clock was ahead, and was set back. A time
/// that has a run never runs again.
package struct RanAhead: Hashable, Sendable {
    private struct Key: Hashable {
        let job: JobID
        let generation: Int64
    }

    private var times: [Key: Times] = [:]

    /// Creates an empty set.
    package init() {}

    /// Creates a set of the times of occurrences that have runs; only those of the kind `scheduled` count.
    package init(_ occurrences: [Occurrence]) {
        for occurrence in occurrences where occurrence.kind == .scheduled {
            times[Key(job: occurrence.job, generation: occurrence.generation), default: Times()]
                .insert(occurrence.scheduled)
        }
    }

    /// Whether there are no times.
    package var isEmpty: Bool { times.isEmpty }

    /// The times of a job. An interval counts elapsed time and starts anew when the clock is set back, so it has none.
    subscript(job: Job) -> Times {
        if times.isEmpty { return Times() }
        if job.definition.trigger.countsElapsedTime { return Times() }
        return times[Key(job: job.id, generation: job.generation)] ?? Times()
    }

    /// The times of one job.
    struct Times: Hashable, Sendable {
        private var times: Set<Instant> = []

        var isEmpty: Bool { times.isEmpty }

        mutating func insert(_ time: Instant) { times.insert(time) }

        func contains(_ time: Instant) -> Bool { !times.isEmpty && times.contains(time) }

        /// Returns `now`, or the moment right before the first of these times after `first`, if that is earlier.
        /// Occurrences are fired in parts, so that none of these times is inside a stretch.
        func lastMoment(before now: Instant, from first: Instant) -> Instant {
            if times.isEmpty { return now }
            guard let next = times.lazy.filter({ $0 > first && $0 <= now }).min() else { return now }
            return next.advanced(byMicroseconds: -1)
        }
    }
}

extension Job {
    /// Returns the next occurrence after a time that has not run.
    func next(after time: Instant, except ran: RanAhead.Times) -> Next? {
        var following = next(after: time)
        while let found = following, ran.contains(found.scheduled) { following = next(after: found.scheduled) }
        return following
    }
}
