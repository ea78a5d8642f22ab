package import CarillonTriggers

/// The fire times of a job that its history has from some time on.
package struct RecordedTimes: Sendable {
    /// The scheduled times of its runs, in order.
    package var runs: [Instant]
    /// The ranges of times that were not run.
    package var reasons: [ReasonRange]
    /// Whether a time that has neither run nor reason was never fired. If `false`, its run may have been pruned, since
    /// the job's history is full.
    package var areComplete: Bool

    /// Creates recorded times.
    package init(runs: [Instant] = [], reasons: [ReasonRange] = [], areComplete: Bool = true) {
        self.runs = runs.sorted()
        // A withdrawn reason no longer counts.
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

    /// Returns the start of the first range after a time; `nil` if there is none.
    func firstReason(after time: Instant) -> Instant? { reasons.lazy.map(\.first).filter { $0 > time }.min() }
}
