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
        if let misfireGrace { try Self.check(misfireGrace, "misfireGrace") }
        try Self.check(maxInstances, in: Self.instanceLimits, "maxInstances")
        try Self.check(retry.count, in: Self.retryLimits, "retry.count")
        switch retry.backoff {
        case .constant(let delay): try Self.check(delay, "retry.backoff: the delay")
        case .exponential(let first, let atMost):
            try Self.check(first, "retry.backoff: first")
            try Self.check(atMost, "retry.backoff: atMost")
        }
        guard (0...1).contains(retry.jitter) else { throw Self.refusal("retry.jitter", retry.jitter, "0 to 1") }
        if let timeout {
            guard timeout >= .microseconds(1), timeout <= .seconds(Self.longestSeconds) else {
                throw Self.refusal("timeout", timeout, "0.000001 to \(Self.longestSeconds) seconds")
            }
        }
        switch onFailure?.arguments {
        case nil, .object: break
        case let other?: throw Self.refusal("onFailure.arguments", other.kindDescription, "an object")
        }
        try Self.check(priority, in: Self.priorityLimits, "priority")
        try Self.check(history.runs, in: Self.historyRunLimits, "history.runs")
        try Self.check(history.days, in: Self.historyDayLimits, "history.days")
    }

    private static func check(_ value: Duration, _ name: String) throws(CarillonError) {
        guard !durationLimits.contains(value) else { return }
        throw refusal(name, value, "0 to \(longestSeconds) seconds")
    }

    private static func check(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws(CarillonError) {
        guard !range.contains(value) else { return }
        throw refusal(name, value, "\(range.lowerBound) to \(range.upperBound)")
    }

    private static func refusal(_ name: String, _ value: some Any, _ allowed: String) -> CarillonError {
        CarillonError(.invalidPolicy, "\(name) is \(value); it is \(allowed)")
    }
}
