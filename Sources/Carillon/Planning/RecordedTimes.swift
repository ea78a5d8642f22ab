package import CarillonTriggers

/// What the history of a job says of its fire times from some time on.
package struct RecordedTimes: Sendable {
    /// The scheduled times of its runs, in order.
    package var runs: [Instant]
    /// The ranges of times that were not run.
    package var reasons: [ReasonRange]
    /// Whether a time that has neither run nor reason was never fired. Otherwise its run may have been removed, since the
    /// job's history is full.
    package var areComplete: Bool

    /// Puts together what is known.
    package init(runs: [Instant] = [], reasons: [ReasonRange] = [], areComplete: Bool = true) {
        self.runs = runs.sorted()
        // What was withdrawn once is no reason any more.
        self.reasons = reasons.filter { $0.reason != .clockStep }
        self.areComplete = areComplete
    }

    /// The latest time that has a run or a reason.
    var latest: Instant? { [runs.last, reasons.map(\.last).max()].compactMap(\.self).max() }

    /// Whether a time has a run.
    func hasRun(_ time: Instant) -> Bool {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low < runs.count && runs[low] == time
    }

    /// Whether a time lies in a range of times that were not run.
    func hasReason(_ time: Instant) -> Bool { reasons.contains { $0.first <= time && time <= $0.last } }

    /// Where the first range begins that lies behind a time.
    func firstReason(after time: Instant) -> Instant? { reasons.lazy.map(\.first).filter { $0 > time }.min() }
}
