/// How a job behaves when things do not go by plan. Every policy has a default.
///
///     JobPolicies(misfireGrace: .seconds(30), maxInstances: 3, retry: RetryPolicy(count: 5), timeout: .milliseconds(500))
public struct JobPolicies: Hashable, Sendable {
    /// How late an occurrence may be fired and still run, 0 or more; however late where it is `nil`. One is missed only
    /// where no live node could fire it in time.
    public var misfireGrace: Duration?
    /// What becomes of several occurrences that are due together.
    public var coalesce: Coalesce
    /// How many runs of the job may be open (ready or running) at the same time; 1 or more.
    public var maxInstances: Int
    /// What becomes of an occurrence while that many are open.
    public var atLimit: AtLimit
    /// Whether a failed run is tried again.
    public var retry: RetryPolicy
    /// After how long a run is timed out, 1 µs or more; never where it is `nil`.
    public var timeout: Duration?
    /// What becomes of a run whose node died.
    public var recovery: Recovery
    /// Runs with a higher number are taken first.
    public var priority: Int
    /// How much of the past is kept.
    public var history: History
    /// What becomes of the job when it has no fire time left and its runs have ended. Where it is `nil` the job stays,
    /// unless it is added by `addJob` or `declareJob`, has a date for its trigger, and `ifExists` is `.fail`: then it is
    /// removed.
    public var whenEnded: WhenEnded?
    /// The task that is run when a run has failed for good.
    public var onFailure: FailureTask?
    /// Whether `${NAME}` in the texts of the arguments, and of those of the task for failed runs, stands for a variable of
    /// the environment of the node that runs them, and `$${` for `${`. The stored texts stay as they are.
    public var resolvesVariables: Bool

    /// All have defaults. Lengths of time are kept in whole microseconds.
    public init(
        misfireGrace: Duration? = nil,
        coalesce: Coalesce = .latest,
        maxInstances: Int = 1,
        atLimit: AtLimit = .skip,
        retry: RetryPolicy = .none,
        timeout: Duration? = nil,
        recovery: Recovery = .rerun,
        priority: Int = 0,
        history: History = History(),
        whenEnded: WhenEnded? = nil,
        onFailure: FailureTask? = nil,
        resolvesVariables: Bool = false
    ) {
        self.misfireGrace = misfireGrace
        self.coalesce = coalesce
        self.maxInstances = maxInstances
        self.atLimit = atLimit
        self.retry = retry
        self.timeout = timeout
        self.recovery = recovery
        self.priority = priority
        self.history = history
        self.whenEnded = whenEnded
        self.onFailure = onFailure
        self.resolvesVariables = resolvesVariables
    }

    /// The most runs of a job that wait for others of it to end.
    public static let queueLimit = 100

    /// A job of which so many occurrences wait falls behind: its runs take longer than the time between them.
    package static let backlogLimit = 10
    /// The most occurrences that a pass hands out where `coalesce` is `all`.
    public static let catchUpLimit = 1000
    /// The most runs of a job that were made for a past range and have not ended.
    public static let backfillLimit = 1000
    /// How often a run may lose its node before it is `lost`.
    public static let recoveryLimit = 3
}

/// What becomes of several occurrences of a job that are due together.
public enum Coalesce: String, Hashable, Sendable, CaseIterable, Codable {
    /// The latest runs and stands for the others.
    case latest
    /// The earliest runs and stands for the others.
    case earliest
    /// All run, in their order: where the job has room for the first, the others wait for it; where it has none, all of
    /// them are at the limit.
    case all
}

/// What becomes of an occurrence of a job that has as many open runs as it may.
public enum AtLimit: String, Hashable, Sendable, CaseIterable, Codable {
    /// It is skipped, and that is recorded.
    case skip
    /// It waits until another has ended, in order; the 101st is skipped.
    case queue
    /// The oldest open run is cancelled and, when that has ended, it starts. Earlier ones that wait give way to it.
    case replace
}

/// What becomes of a run whose node died.
public enum Recovery: String, Hashable, Sendable, CaseIterable, Codable {
    /// It is run again; after three times it is `lost`.
    case rerun
    /// It is `lost`.
    case markLost
}

/// What becomes of a job that has no fire time left, when its last run has ended. What is recorded of its runs stays in
/// either case.
public enum WhenEnded: String, Hashable, Sendable, CaseIterable, Codable {
    /// It stays, as a job that has ended.
    case keep
    /// It is removed. A job that has an origin is kept all the same: it would run again when its origin is next read.
    case remove
}

/// How much of a job's past is kept. Reasons are kept by their days alone: a range is one row, however many occurrences
/// it stands for.
public struct History: Hashable, Sendable {
    /// The most finished runs.
    public var runs: Int
    /// The most days, of finished runs and of reasons.
    public var days: Int

    /// Takes the limits: 1,000 runs and 30 days unless told otherwise.
    public init(runs: Int = 1000, days: Int = 30) {
        self.runs = runs
        self.days = days
    }
}

/// Whether and when a failed run is tried again.
///
///     RetryPolicy(count: 5, backoff: .exponential(first: .milliseconds(200), atMost: .seconds(60)))
///     RetryPolicy.only(Flaky.self, TimedOut.self, count: 3, backoff: .constant(.seconds(10)))
public struct RetryPolicy: Hashable, Sendable {
    /// How the delays before the attempts grow. Each is 0 or more.
    public enum Backoff: Hashable, Sendable {
        /// The same delay each time.
        case constant(Duration)
        /// `first`, then twice as long each time, never above `atMost`.
        case exponential(first: Duration, atMost: Duration)
    }

    /// How often a run is tried again after the first attempt; 0 for never.
    public var count: Int
    /// The delay before each attempt.
    public var backoff: Backoff
    /// The share of the delay, 0 to 1, that is drawn at random and added to it.
    public var jitter: Double
    /// The types of the errors that are tried again, by name; empty for all. `only` takes the types themselves.
    public var errors: [String]

    /// Takes the parameters; without a backoff, a run is tried again at once.
    public init(count: Int, backoff: Backoff = .constant(.zero), jitter: Double = 0, errors: [String] = []) {
        self.count = count
        self.backoff = backoff
        self.jitter = jitter
        self.errors = errors
    }

    /// Tries a run again that failed with an error of one of some types, three times unless told otherwise. Types are
    /// compared by their names, since a store keeps the policy: `Flaky`, without what it is nested in.
    public static func only(
        _ types: any Error.Type...,
        count: Int = 3,
        backoff: Backoff = .constant(.zero),
        jitter: Double = 0
    ) -> RetryPolicy {
        RetryPolicy(count: count, backoff: backoff, jitter: jitter, errors: types.map { String(describing: $0) })
    }

    /// Whether a run that failed with an error may be tried again. Arguments that do not decode never will.
    func mayRetry(_ error: any Error) -> Bool {
        if let error = error as? CarillonError, error.code == .invalidArguments { return false }
        return errors.isEmpty || errors.contains(String(describing: type(of: error)))
    }

    /// Never.
    public static let none = RetryPolicy(count: 0)

    /// Microseconds to wait after an attempt (1, 2, …) has failed.
    func delay(afterAttempt attempt: Int, random: Double) -> Int64 {
        let doublings = max(min(attempt, 63), 1) - 1
        let delay: Double =
            switch backoff {
            case .constant(let delay): Double(delay.wholeMicroseconds)
            case .exponential(let first, let limit):
                min(
                    Double(first.wholeMicroseconds) * Double(sign: .plus, exponent: doublings, significand: 1),
                    Double(limit.wholeMicroseconds))
            }
        let micros = delay * (1 + jitter * random)
        // Not a number where a policy was never validated.
        guard micros > 0 else { return 0 }
        return Int64(min(micros, 2_000_000 * Double(JobPolicies.longestSeconds)))
    }
}
