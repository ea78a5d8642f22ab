#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers

/// Something that the server tells, whatever the form.
enum ServeRecord {
    /// It serves from now on.
    case started(ServeBanner)
    /// A run began.
    case began(Run.ID)
    /// A run ended. Where the store could not tell of it, the event says what is known.
    case ended(Run.ID, Outcome, error: String?, run: Run?)
    /// Occurrences did not run.
    case notRun(ReasonRange)
    /// A run that failed is tried again.
    case retrying(Run.ID, at: Instant)
    /// A run whose node was gone waits to be run again.
    case recovered(Run.ID)
    /// The stop of this server ended a run, which waits to be run again. Where `isKept` is false that is not to be expected: its
    /// store is in memory.
    case interrupted(Run.ID, isKept: Bool)
    /// The jobs of the configuration were made what it says by now.
    case reloaded(JobsDifference, sources: [String])
    /// It was asked to stop.
    case stopping(atWork: [Run.ID], deadline: Duration)
    /// It was asked once more.
    case forced(atWork: [Run.ID])
    /// It has stopped; runs that did not end were left, and the outcomes of others are not in their store.
    case stopped(left: [Run.ID], unwritten: [Run.ID])
    /// So much happened at once that some of it is not told.
    case untold(Int)
}

extension ServeRecord {
    /// How much weight it has: the log shows what has at least that of `log.level`.
    var level: LogSettings.Level {
        switch self {
        case .began: .trace
        case .started, .reloaded, .stopping: .info
        case .ended(_, let outcome, _, _): Self.level(of: outcome)
        case .notRun(let range): Self.level(of: range.reason)
        case .interrupted, .forced: .notice
        case .retrying, .recovered, .untold: .warning
        case .stopped(let left, let unwritten): left.isEmpty && unwritten.isEmpty ? .info : .warning
        }
    }

    /// That of a run that ended so.
    static func level(of outcome: Outcome) -> LogSettings.Level {
        switch outcome {
        case .succeeded: .info
        case .cancelled: .notice
        case .failed, .timedOut, .lost: .error
        }
    }

    /// That of occurrences that do not run for a reason: a warning where the job wanted them to run.
    private static func level(of reason: ReasonRange.Reason) -> LogSettings.Level {
        switch reason {
        case .missed, .queueFull: .warning
        default: .notice
        }
    }
}

/// What the server says of itself when it begins.
struct ServeBanner {
    let sources: [String]
    /// The stores by alias, without passwords.
    let stores: [(alias: String, address: String)]
    let zone: Zone
    let node: NodeID
    let tasks: [String]
    let jobCount: Int
    let difference: JobsDifference
    /// The jobs that are due next, the earliest first.
    let next: [Job]
}
#endif
