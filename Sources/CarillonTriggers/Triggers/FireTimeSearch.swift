/// Answers about fire times by asking for the next one again and again, for kinds that work nothing out by arithmetic.
enum FireTimeSearch {
    /// The most fire times that are counted. More of them are told as so many.
    static let countLimit = 100_000

    /// The first fire time after a time, from answers that may be wrong: one that is not later is asked for again a
    /// microsecond later, since some count the time itself. If that is not later either, there is none.
    static func next(after time: Instant, _ next: (Instant) -> Instant?) -> Instant? {
        guard let found = next(time) else { return nil }
        if found > time { return found }
        let later = time.advanced(byMicroseconds: 1)
        guard let found = next(later), found > later else { return nil }
        return found
    }

    /// The last fire time before a time.
    ///
    /// An instant lies before that fire time exactly if the next fire time after it lies before `time`. So the search
    /// steps back twice as far each time until it finds such an instant, then halves the distance to the fire time:
    /// some hundred questions at most, even of a trigger whose answers contradict each other.
    static func previous(before time: Instant, _ next: (Instant) -> Instant?) -> Instant? {
        func fireTime(after start: Instant) -> Instant? {
            guard let found = self.next(after: start, next), found < time else { return nil }
            return found
        }
        var latest = time.microseconds - 1
        var distance: Int64 = 1_000_000
        var found: Instant?
        while found == nil {
            let start = time.advanced(byMicroseconds: -distance)
            found = fireTime(after: start)
            if found == nil {
                guard start > .earliest else { return nil }
                latest = min(latest, start.microseconds)
                distance *= 2
            }
        }
        // No fire time is later than `latest` before `time`; `found` is the last one known.
        while let known = found, known.microseconds < latest {
            let middle = known.microseconds + (latest - known.microseconds) / 2
            if let later = fireTime(after: Instant(microseconds: middle)) {
                found = later
            } else {
                latest = middle
            }
        }
        return found
    }

    /// How many fire times lie after one time and at or before another, or `countLimit` if there are more.
    static func count(after start: Instant, through end: Instant, _ next: (Instant) -> Instant?) -> Int {
        var total = 0
        var time = start
        while total < countLimit, let found = self.next(after: time, next), found <= end {
            total += 1
            time = found
        }
        return total
    }
}
