import CarillonTriggers

extension JobPolicies {
    /// A hundred years.
    static let longestSeconds: Int64 = 3_155_760_000
    static let durationLimits = Duration.zero...Duration.seconds(longestSeconds)
    static let instanceLimits = 1...1_000_000
    static let retryLimits = 0...1_000_000
    static let priorityLimits = -1_000_000...1_000_000
    static let historyRunLimits = 0...1_000_000_000
    static let historyDayLimits = 0...1_000_000

    /// Checks that every number is in its range, which is the same as in the JSON form.
    ///
    /// - Throws: `CarillonError` with `invalidPolicy`, naming the first that is not.
    public func validate() throws(CarillonError) {
        if let misfireGrace { try Self.check(misfireGrace, "the misfire grace") }
        try Self.check(maxInstances, in: Self.instanceLimits, "max instances")
        try Self.check(retry.count, in: Self.retryLimits, "the number of retries")
        switch retry.backoff {
        case .constant(let delay): try Self.check(delay, "the delay of a retry")
        case .exponential(let first, let atMost):
            try Self.check(first, "the first delay of a retry")
            try Self.check(atMost, "the longest delay of a retry")
        }
        guard (0...1).contains(retry.jitter) else {
            throw CarillonError(.invalidPolicy, "the jitter of a retry is a number from 0 to 1, not \(retry.jitter)")
        }
        if let timeout {
            guard timeout >= .microseconds(1), timeout <= .seconds(Self.longestSeconds) else {
                throw CarillonError(
                    .invalidPolicy,
                    "a timeout is a time from 0.000001 to \(Self.longestSeconds) seconds, not \(timeout)"
                )
            }
        }
        switch onFailure?.arguments {
        case nil, .object: break
        case let other?:
            throw CarillonError(
                .invalidPolicy, "the arguments of the task for failed runs are an object, not \(other.kindDescription)")
        }
        try Self.check(priority, in: Self.priorityLimits, "the priority")
        try Self.check(history.runs, in: Self.historyRunLimits, "the number of runs in the history")
        try Self.check(history.days, in: Self.historyDayLimits, "the number of days in the history")
    }

    private static func check(_ value: Duration, _ what: String) throws(CarillonError) {
        guard !durationLimits.contains(value) else { return }
        throw CarillonError(.invalidPolicy, "\(what) is a time from 0 to \(longestSeconds) seconds, not \(value)")
    }

    private static func check(_ value: Int, in range: ClosedRange<Int>, _ what: String) throws(CarillonError) {
        guard !range.contains(value) else { return }
        throw CarillonError(
            .invalidPolicy,
            "\(what) lies in \(range.lowerBound)...\(range.upperBound), which \(value) does not"
        )
    }
}
