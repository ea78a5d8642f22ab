public import CarillonTriggers

/// How a run ended.
public enum Outcome: String, Hashable, Sendable, CaseIterable, Codable {
    /// The task returned.
    case succeeded
    /// The task threw, or its process ended with an error.
    case failed
    /// The task took longer than its timeout.
    case timedOut
    /// It was cancelled: by a user, a later occurrence, or the removal of its job.
    case cancelled
    /// Its node was found dead, or stopped, and the run is not run again.
    case lost
}

/// One execution of an occurrence.
public struct Run: Hashable, Sendable {
    /// The identity of a run: the occurrence and the attempt at it.
    public struct ID: Hashable, Sendable, CustomStringConvertible {
        /// The occurrence that is run.
        public let occurrence: Occurrence
        /// The number of the attempt, 1 for the first.
        public let attempt: Int

        /// Creates an identity.
        public init(_ occurrence: Occurrence, attempt: Int = 1) {
            self.occurrence = occurrence
            self.attempt = attempt
        }

        /// The occurrence and the attempt as text.
        public var description: String { "\(occurrence)/\(attempt)" }
    }

    /// The state of a run.
    public enum State: Hashable, Sendable {
        /// It waits for other runs of its job to end.
        case waiting
        /// A node may take it from `available` on.
        case ready
        /// A node has taken it.
        case running(node: NodeID)
        /// It has ended.
        case finished(Outcome)
    }

    /// The run's identity.
    public let id: ID
    private var stand: Stand
    /// The due time: the scheduled time plus the trigger's jitter.
    public let due: Instant
    /// The time from which a node may take it.
    public var available: Instant
    /// Rises each time the run is taken; a completion counts only with the fence of the latest take.
    public var fence: Int64 = 0
    /// How often the run lost its node before it had an outcome: the node was found dead, or stopped and ended it.
    public var recoveries = 0
    /// Whether the running run was asked to end as cancelled.
    public var isCancelRequested = false
    /// When its task last began; while the run is open, when it was last taken.
    public var started: Instant?
    /// When it ended.
    public var finished: Instant?
    private var details: RunDetails?

    /// The most bytes of a result, a log or an error that are kept.
    public static let payloadLimit = 65_536

    /// Creates a run that no node has taken.
    public init(id: ID, state: State, due: Instant, available: Instant) {
        self.id = id
        stand = Stand(state, after: nil)
        self.due = due
        self.available = available
    }

    /// The state of the run.
    public var state: State {
        get {
            switch stand {
            case .waiting: .waiting
            case .ready: .ready
            case .running(let node): .running(node: node)
            case .finished(let outcome, _): .finished(outcome)
            }
        }
        set { stand = Stand(newValue, after: node) }
    }

    /// The node that runs it, or that ran it last; `nil` if no node has it, or none had it when it ended. It follows
    /// `state`. Only a store that reads an ended run sets it; setting it on an open run does nothing.
    public var node: NodeID? {
        get {
            switch stand {
            case .waiting, .ready: nil
            case .running(let node): node
            case .finished(_, let node): node
            }
        }
        set { if case .finished(let outcome, _) = stand { stand = .finished(outcome, newValue) } }
    }

    /// The task that is run; `nil` if it is the job's.
    public var task: TaskName? {
        get { details?.values.task }
        set { if newValue != nil || details != nil { changeDetails { $0.task = newValue } } }
    }

    /// The arguments as JSON; `nil` if they are the job's.
    public var arguments: [UInt8]? {
        get { details?.values.arguments }
        set { if newValue != nil || details != nil { changeDetails { $0.arguments = newValue } } }
    }

    /// The error of a failed run; for an open run that is run again, the stop of its node.
    public var error: String? {
        get { details?.values.error }
        set { if newValue != nil || details != nil { changeDetails { $0.error = newValue } } }
    }

    /// What the task returned, as JSON; 64 KiB at most.
    public var result: [UInt8]? {
        get { details?.values.result }
        set { if newValue != nil || details != nil { changeDetails { $0.result = newValue } } }
    }

    /// The end of its log, 64 KiB at most; for a running run, as of its latest notes.
    public var log: [UInt8]? {
        get { details?.values.log }
        set { if newValue != nil || details != nil { changeDetails { $0.log = newValue } } }
    }

    /// The progress that the task of a running run has reported. Like `written` and `noted` it is read from `RunNotes`;
    /// nothing that is planned or committed has it.
    public var progress: RunProgress? {
        get { details?.values.progress }
        set { changeDetails { $0.progress = newValue } }
    }

    /// How many bytes it has logged in all; `nil` unless it is running and has reported something.
    public var written: Int? {
        get { details?.values.written }
        set { changeDetails { $0.written = newValue } }
    }

    /// When its latest notes were stored; `nil` unless it is running and has reported something.
    public var noted: Instant? {
        get { details?.values.noted }
        set { changeDetails { $0.noted = newValue } }
    }

    /// The process of a running run that may outlive its node.
    public var process: RunProcess? {
        get { details?.values.process }
        set { changeDetails { $0.process = newValue } }
    }

    private mutating func changeDetails(_ change: (inout RunDetails.Values) -> Void) {
        var values = details?.values ?? RunDetails.Values()
        change(&values)
        guard values != details?.values ?? RunDetails.Values() else { return }
        details = values == RunDetails.Values() ? nil : RunDetails(values)
    }

    /// `State` with the node of an ended run.
    private enum Stand: Hashable {
        case waiting
        case ready
        case running(NodeID)
        case finished(Outcome, NodeID?)

        init(_ state: State, after node: NodeID?) {
            self =
                switch state {
                case .waiting: .waiting
                case .ready: .ready
                case .running(let node): .running(node)
                case .finished(let outcome): .finished(outcome, node)
                }
        }
    }

    /// Whether the run has not ended.
    public var isOpen: Bool {
        if case .finished = stand { return false }
        return true
    }

    /// Whether the run counts for the job's `maxInstances`: it is ready or running.
    public var isInstance: Bool {
        switch stand {
        case .ready, .running: true
        case .waiting, .finished: false
        }
    }

    /// Whether the run waits for other runs of its job to end.
    var isWaiting: Bool { stand == .waiting }

    /// Whether a waiting run moves up, or an instance is replaced, before another.
    static func isBefore(_ left: Run, _ right: Run) -> Bool {
        let first = (left.available, left.id.occurrence.scheduled, left.id.attempt, left.id.occurrence.number)
        let second = (right.available, right.id.occurrence.scheduled, right.id.attempt, right.id.occurrence.number)
        return first != second ? first < second : left.id.occurrence.kind.rawValue < right.id.occurrence.kind.rawValue
    }
}

/// What a node reports of a run it took.
package struct Completion: Hashable, Sendable {
    /// The end of a node's work at a run.
    package enum Result: Hashable, Sendable {
        /// It ended. `mayRetry` is false if the retry policy excludes this kind of error.
        case ended(Outcome, error: String? = nil, result: [UInt8]? = nil, log: [UInt8]? = nil, mayRetry: Bool = true)
        /// It was never started, and another node may take it.
        case givenBack
        /// The stop of its node ended it, and nothing else had asked for that: it has no outcome, and is recovered like
        /// a run whose node died.
        case interrupted(log: [UInt8]? = nil)
    }

    /// The run.
    package let run: Run.ID
    /// The fence it was taken with.
    package let fence: Int64
    /// When its task began, after the take was written; `nil` if it did not.
    package let started: Instant?
    /// When it ended.
    package let finished: Instant
    /// What became of the run.
    package let result: Result

    /// Creates a completion.
    package init(run: Run.ID, fence: Int64, started: Instant? = nil, finished: Instant, result: Result) {
        self.run = run
        self.fence = fence
        self.started = started
        self.finished = finished
        self.result = result
    }
}
