/// How a job behaves when things do not go by plan. Every policy has a default.
public struct JobPolicies: Hashable, Sendable {
    /// How late an occurrence may be fired and still run. One is missed only where no live node could fire it in time.
    public var misfireGrace: MisfireGrace = .unlimited
    /// What becomes of several occurrences that are due together.
    public var coalesce: Coalesce = .latest
    /// How many runs of the job may be open (ready or running) at the same time; 1 or more.
    public var maxInstances = 1
    /// What becomes of an occurrence while that many are open.
    public var atLimit: AtLimit = .skip
    /// Whether a failed run is tried again.
    public var retry: RetryPolicy = .none
    /// After how long a run is timed out.
    public var timeout: Duration?
    /// What becomes of a run whose node died.
    public var recovery: Recovery = .rerun
    /// Runs with a higher number are taken first.
    public var priority = 0
    /// How much of the past is kept.
    public var history = History()
    /// The task that is run when a run has failed for good.
    public var onFailure: FailureTask?
    /// Whether `${NAME}` in the texts of the arguments, and of those of the task for failed runs, stands for a variable of
    /// the environment of the node that runs them, and `$${` for `${`. The stored texts stay as they are.
    public var resolvesVariables = false

    /// All defaults.
    public init() {}

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

/// How late an occurrence may be fired and still run.
public enum MisfireGrace: Hashable, Sendable {
    /// However late.
    case unlimited
    /// So many seconds after it was due, 0 or more.
    case seconds(Int)
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
public struct RetryPolicy: Hashable, Sendable {
    /// How the delays before the attempts grow.
    public enum Backoff: Hashable, Sendable {
        /// The same delay each time.
        case constant(seconds: Int)
        /// `first`, then twice as long each time, never above `atMost`.
        case exponential(first: Int, atMost: Int)
    }

    /// How often a run is tried again after the first attempt; 0 for never.
    public var count: Int
    /// The delay before each attempt.
    public var backoff: Backoff
    /// The share of the delay, 0 to 1, that is drawn at random and added to it.
    public var jitter: Double
    /// The types of the errors that are tried again, by name; empty for all.
    public var errors: [String]

    /// Takes the parameters.
    public init(count: Int, backoff: Backoff, jitter: Double = 0, errors: [String] = []) {
        self.count = count
        self.backoff = backoff
        self.jitter = jitter
        self.errors = errors
    }

    /// Whether a run that failed with an error may be tried again. Arguments that do not decode never will.
    func mayRetry(_ error: any Error) -> Bool {
        if let error = error as? CarillonError, error.code == .invalidArguments { return false }
        return errors.isEmpty || errors.contains(String(describing: type(of: error)))
    }

    /// Never.
    public static let none = RetryPolicy(count: 0, backoff: .constant(seconds: 0))

    /// Microseconds to wait after an attempt (1, 2, …) has failed.
    func delay(afterAttempt attempt: Int, random: Double) -> Int64 {
        let doublings = max(min(attempt, 63), 1) - 1
        let seconds: Double =
            switch backoff {
            case .constant(let seconds): Double(seconds)
            case .exponential(let first, let limit):
                min(Double(first) * Double(sign: .plus, exponent: doublings, significand: 1), Double(limit))
            }
        let micros = seconds * 1_000_000 * (1 + jitter * random)
        // Not a number where a policy was never validated.
        guard micros > 0 else { return 0 }
        return Int64(min(micros, 2_000_000 * Double(JobPolicies.longestSeconds)))
    }
}
