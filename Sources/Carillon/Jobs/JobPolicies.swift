/// How a job handles misfires, failures and overlapping runs. Every policy has a default.
///
///     JobPolicies(misfireGrace: .seconds(30), maxInstances: 3, retry: RetryPolicy(count: 5), timeout: .seconds(90))
public struct JobPolicies: Hashable, Sendable {
    /// How late an occurrence may be fired and still run, 0 or more; unlimited if `nil`. An occurrence is missed only
    /// if no live node could fire it in time.
    public var misfireGrace: Duration?
    /// What to do with several occurrences that are due together.
    public var coalesce: Coalesce
    /// How many runs of the job may be ready or running at the same time; 1 or more.
    public var maxInstances: Int
    /// What to do with an occurrence while that many are.
    public var atLimit: AtLimit
    /// Whether and when a failed run is tried again.
    public var retry: RetryPolicy
    /// The time after which a run is timed out, 1 µs or more; never if `nil`.
    public var timeout: Duration?
    /// What to do with a run whose node died.
    public var recovery: Recovery
    /// Runs with a higher number are taken first.
    public var priority: Int
    /// How much history is kept.
    public var history: History
    /// What to do with the job when it has no fire time left and its runs have ended. If `nil` the job stays, unless it
    /// was added by `addJob` or `declareJob` with a date as its trigger and `ifExists` of `.fail`: then it is removed.
    public var whenEnded: WhenEnded?
    /// The task that runs when a run has failed for good.
    public var onFailure: FailureTask?
    /// Whether `${NAME}` in the strings of the arguments, and of the failure task's arguments, stands for an
    /// environment variable of the node that runs them, and `$${` for `${`. The stored strings stay as they are.
    public var resolvesVariables: Bool

    /// Creates policies; each has a default. Durations are kept in whole microseconds.
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

    /// The most runs of a job that may wait if `atLimit` is `queue`.
    public static let queueLimit = 100

    /// A job falls behind if this many occurrences wait: its runs take longer than the time between them.
    package static let backlogLimit = 10
    /// The most occurrences of a job that a pass turns into runs if `coalesce` is `all`.
    public static let catchUpLimit = 1000
    /// The most open backfill runs of a job.
    public static let backfillLimit = 1000
    /// How often a run may lose its node before it is `lost`.
    public static let recoveryLimit = 3
}

/// What to do with several occurrences of a job that are due together.
public enum Coalesce: String, Hashable, Sendable, CaseIterable, Codable {
    /// The latest runs, and stands for the others.
    case latest
    /// The earliest runs, and stands for the others.
    case earliest
    /// All run, in order. If the job is below its limit, the first becomes ready and the others wait for it; if not,
    /// all of them meet the limit.
    case all
}

/// What to do with an occurrence of a job that has `maxInstances` ready or running runs.
public enum AtLimit: String, Hashable, Sendable, CaseIterable, Codable {
    /// It is skipped, and the reason is recorded.
    case skip
    /// It waits until another run has ended, in order; the 101st is skipped.
    case queue
    /// The oldest ready or running run is cancelled, and this one starts when that has ended. Earlier occurrences that
    /// wait give way to it.
    case replace
}

/// What to do with a run whose node died.
public enum Recovery: String, Hashable, Sendable, CaseIterable, Codable {
    /// It is run again; after three times it is `lost`.
    case rerun
    /// It is `lost`.
    case markLost
}

/// What to do with a job that has no fire time left, when its last run has ended. The history of its runs stays in
/// either case.
public enum WhenEnded: String, Hashable, Sendable, CaseIterable, Codable {
    /// It stays, as an ended job.
    case keep
    /// It is removed. A job with an origin is kept nevertheless: it would run again when its origin is next read.
    case remove
}

/// How much of a job's history is kept. Reasons are limited by days alone: a range is one row, however many occurrences
/// it covers.
public struct History: Hashable, Sendable {
    /// The most ended runs.
    public var runs: Int
    /// The most days, of ended runs and of reasons.
    public var days: Int

    /// Creates limits; by default 1,000 runs and 30 days.
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
    /// The growth of the delays before the attempts. Each delay is 0 or more.
    public enum Backoff: Hashable, Sendable {
        /// The same delay each time.
        case constant(Duration)
        /// `first`, then doubled each time, never above `atMost`.
        case exponential(first: Duration, atMost: Duration)
    }

    /// How many times a run is retried after the first attempt; 0 for never.
    public var count: Int
    /// The delay before each attempt.
    public var backoff: Backoff
    /// The largest random addition to a delay, as a share of it: 0 to 1.
    public var jitter: Double
    /// The type names of the errors that are retried; empty for all. `only` takes the types themselves.
    public var errors: [String]

    /// Creates a policy; without a backoff, a run is retried at once.
    public init(count: Int, backoff: Backoff = .constant(.zero), jitter: Double = 0, errors: [String] = []) {
        self.count = count
        self.backoff = backoff
        self.jitter = jitter
        self.errors = errors
    }

    /// Returns a policy that retries only errors of the given types, three times by default. Types are compared by
    /// name, since a store keeps the policy: `Flaky`, without enclosing types.
    public static func only(
        _ types: any Error.Type...,
        count: Int = 3,
        backoff: Backoff = .constant(.zero),
        jitter: Double = 0
    ) -> RetryPolicy {
        RetryPolicy(count: count, backoff: backoff, jitter: jitter, errors: types.map { String(describing: $0) })
    }

    /// Whether a run that failed with an error may be retried. `invalidArguments` is never retried.
    func mayRetry(_ error: any Error) -> Bool {
        if let error = error as? CarillonError, error.code == .invalidArguments { return false }
        return errors.isEmpty || errors.contains(String(describing: type(of: error)))
    }

    /// No retries.
    public static let none = RetryPolicy(count: 0)

    /// Returns the delay in microseconds after a failed attempt (1, 2, …).
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
        // A policy that was not validated can make this NaN.
        guard micros > 0 else { return 0 }
        return Int64(min(micros, 2_000_000 * Double(JobPolicies.longestSeconds)))
    }
}
