public import CarillonTriggers

/// How a run ended.
public enum Outcome: String, Hashable, Sendable, CaseIterable, Codable {
    /// The task returned.
    case succeeded
    /// The task threw, or its process ended with an error.
    case failed
    /// The task took longer than its timeout.
    case timedOut
    /// Somebody cancelled it.
    case cancelled
    /// Its node was found gone, or stopped, and it is not run again.
    case lost
}

/// One execution of an occurrence.
public struct Run: Hashable, Sendable {
    /// What tells runs apart: the occurrence and the attempt at it.
    public struct ID: Hashable, Sendable, CustomStringConvertible {
        /// The occurrence that is run.
        public let occurrence: Occurrence
        /// 1 for the first attempt.
        public let attempt: Int

        /// Puts an identity together.
        public init(_ occurrence: Occurrence, attempt: Int = 1) {
            self.occurrence = occurrence
            self.attempt = attempt
        }

        /// The occurrence and the attempt as text.
        public var description: String { "\(occurrence)/\(attempt)" }
    }

    /// Where a run stands.
    public enum State: Hashable, Sendable {
        /// It waits for other runs of its job to end.
        case waiting
        /// A node may take it, from `available` on.
        case ready
        /// A node has taken it.
        case running(node: NodeID)
        /// It has ended.
        case finished(Outcome)
    }

    /// What tells it apart.
    public let id: ID
    private var stand: Stand
    /// When it was due: the scheduled time and the trigger's jitter.
    public let due: Instant
    /// From when on a node may take it.
    public var available: Instant
    /// Rises each time it is taken; a completion counts only with the fence of the latest take.
    public var fence: Int64 = 0
    /// How often its node was found gone, or stopped and ended it, before it had an outcome.
    public var recoveries = 0
    /// Whether somebody asked for it to be cancelled while it runs.
    public var isCancelRequested = false
    /// When its task last began; while the run is open, when it was last taken.
    public var started: Instant?
    /// When it ended.
    public var finished: Instant?
    private var details: RunDetails?

    /// The most bytes of a result and of a log that are kept.
    public static let payloadLimit = 65_536

    /// A new run that nobody has taken.
    public init(id: ID, state: State, due: Instant, available: Instant) {
        self.id = id
        stand = Stand(state, after: nil)
        self.due = due
        self.available = available
    }

    /// Where it stands.
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

    /// The node that runs it or, where it has ended, that ran it last; nothing where no node has it, or none had it when
    /// it ended. It follows `state`; only a store that reads an ended run sets it, which does nothing to an open one.
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

    /// The task that is run, where it is not the job's.
    public var task: TaskName? {
        get { details?.values.task }
        set { if newValue != nil || details != nil { changeDetails { $0.task = newValue } } }
    }

    /// The arguments as JSON, where they are not the job's.
    public var arguments: [UInt8]? {
        get { details?.values.arguments }
        set { if newValue != nil || details != nil { changeDetails { $0.arguments = newValue } } }
    }

    /// Why it failed; of an open run that is run again since its node stopped, that.
    public var error: String? {
        get { details?.values.error }
        set { if newValue != nil || details != nil { changeDetails { $0.error = newValue } } }
    }

    /// What the task returned, as JSON; 64 KiB at most.
    public var result: [UInt8]? {
        get { details?.values.result }
        set { if newValue != nil || details != nil { changeDetails { $0.result = newValue } } }
    }

    /// The end of what it logged, 64 KiB at most; of a running run, as far as it was noted.
    public var log: [UInt8]? {
        get { details?.values.log }
        set { if newValue != nil || details != nil { changeDetails { $0.log = newValue } } }
    }

    /// How far it is, where it is running and its task has said so. Like `written` and `noted` it is what a store shows
    /// of `RunNotes`; nothing that is planned or committed has it.
    public var progress: RunProgress? {
        get { details?.values.progress }
        set { changeDetails { $0.progress = newValue } }
    }

    /// How many bytes it has logged in all, where it is running and has said something.
    public var written: Int? {
        get { details?.values.written }
        set { changeDetails { $0.written = newValue } }
    }

    /// When what it last said was noted, where it is running and has said something.
    public var noted: Instant? {
        get { details?.values.noted }
        set { changeDetails { $0.noted = newValue } }
    }

    /// The process under which it works, where it is running and that may outlive its node.
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

    /// Whether it has not ended.
    public var isOpen: Bool {
        if case .finished = stand { return false }
        return true
    }

    /// Whether it takes one of the job's `maxInstances`: it is ready or running.
    public var isInstance: Bool {
        switch stand {
        case .ready, .running: true
        case .waiting, .finished: false
        }
    }

    /// Whether it waits for other runs of its job to end.
    var isWaiting: Bool { stand == .waiting }

    /// Runs that wait are served, and instances replaced, in this order.
    static func isBefore(_ left: Run, _ right: Run) -> Bool {
        let first = (left.available, left.id.occurrence.scheduled, left.id.attempt, left.id.occurrence.number)
        let second = (right.available, right.id.occurrence.scheduled, right.id.attempt, right.id.occurrence.number)
        return first != second ? first < second : left.id.occurrence.kind.rawValue < right.id.occurrence.kind.rawValue
    }
}

/// What a node says of a run it took.
package struct Completion: Hashable, Sendable {
    /// What became of the run.
    package enum Result: Hashable, Sendable {
        /// It ended. `mayRetry` is false where the retry policy leaves out this kind of error.
        case ended(Outcome, error: String? = nil, result: [UInt8]? = nil, log: [UInt8]? = nil, mayRetry: Bool = true)
        /// It was never started, and another node may take it.
        case givenBack
        /// The stop of its node ended it, which nobody else had asked for: it has no outcome, and is recovered like a run
        /// whose node died.
        case interrupted(log: [UInt8]? = nil)
    }

    /// The run.
    package let run: Run.ID
    /// The fence it was taken with.
    package let fence: Int64
    /// When its task began, where it did; the take was written before.
    package let started: Instant?
    /// When it ended.
    package let finished: Instant
    /// What became of it.
    package let result: Result

    /// Puts a completion together.
    package init(run: Run.ID, fence: Int64, started: Instant? = nil, finished: Instant, result: Result) {
        self.run = run
        self.fence = fence
        self.started = started
        self.finished = finished
        self.result = result
    }
}
