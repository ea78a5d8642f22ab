import CarillonTriggers
import Synchronization

/// What the engine knows of one job store, and of its runs from there. Every store has a lane of its own, so that one
/// that hangs holds up no other.
final class StoreLane {
    /// What others tell the lane from their own threads.
    struct Inbox {
        var heartbeats: [Heartbeat] = []
        var isChanged = false
        /// Whether a heartbeat was answered after others had failed.
        var answersAgain = false
    }

    let alias: String
    let store: any JobStore
    /// Whoever writes to the store and tells of it holds it, so that events come in the order of what was written.
    let lock = AsyncLock()
    let signal: WakeSignal
    let mailbox: RunMailbox
    private(set) var alarm: (any Alarm)?
    let inbox: LaneInbox
    private let node: NodeID
    var watch: NodeWatch
    /// Runs that were handed to an executor and have not ended.
    var works: [ObjectIdentifier: RunWork] = [:]
    /// Those that others have by now: what is still done for them is to end, and is not told to the store.
    var takenOver: Set<ObjectIdentifier> = []
    /// The works, in the order in which they were taken, for those that may not have been started.
    var unstarted: FirstInFirstOut<RunWork> = FirstInFirstOut()
    /// What is known of runs and not written yet.
    var completions: [Completion] = []
    /// What is known of runs that cannot be written at the moment.
    var withheld = WithheldCompletions()
    /// When the store next has something to do.
    private(set) var earliest = EarliestTimes()
    /// What was added since the store was last asked.
    private var added = EarliestTimes()
    /// Whether the store has to be asked when it next has something to do.
    var mustAsk = false
    /// Whether a pass has to be made whatever `earliest` says.
    var mustPass = true
    /// Whether there were runs that could be taken but for want of a worker.
    var isStarved = false
    /// How many ready runs a pass looks at.
    var readyLimit: Int
    /// The most jobs of each kind that a pass looks at. One over memory is quickest where what it looks at stays in the
    /// processor's cache, one over a disk or a network where it seldom waits.
    let passLimit: Int
    /// Whether the runs of this node have to be looked up: at the start, and when the store had failed.
    var mustReconcile = true
    /// When they are looked up once more.
    var reconcileAt: Int64?
    /// Whether the wall clock was set back and the jobs have not been told.
    var mustTurnBack = false
    /// Whether to look for jobs that cannot be run, when that is next useful, and those that have been told of.
    var mustReportParked = true
    var parkedAt: Int64 = .min
    var reportedParked: Set<String> = []
    /// The last answer to a heartbeat.
    var lastHeartbeat: Heartbeat?
    /// Nodes known to be dead, whose runs have not all been recovered.
    var dead: Set<NodeID> = []
    /// Those of them whose processes ran on this machine and have ended, and what they have left there has not been ended.
    var leftBehind: Set<NodeID> = []
    /// How often in a row the store has failed.
    var failures = 0
    /// Nothing is asked of the store before this time of the clock that only goes on.
    var retryAt: Int64 = .min
    /// Whether what runs say could not be written the last time.
    var hasFailedToNote = false
    /// When history is next cleared, and what clears it.
    var pruneAt: Int64 = .min
    var pruning: Task<Void, Never>?
    var changeCounter: Int64 = -1
    /// What keeps the lane informed.
    var tasks: [Task<Void, Never>] = []
    /// Whether the store is being removed: nothing of it is fired or taken any more.
    var isLeaving = false
    /// Who waits for that to be done.
    var leaveWaiters: [CheckedContinuation<Void, Never>] = []
    /// Whether it waits to be woken.
    var isWaiting = false
    /// Rises each time the lane is started; a task of a start before, held up by its store, ends when it sees that.
    private(set) var epoch = 0
    private(set) var isDone = true
    private let clock: any SchedulerClock

    init(alias: String, store: any JobStore, node: NodeID, watch: NodeWatch, clock: any SchedulerClock) {
        self.alias = alias
        self.store = store
        self.node = node
        self.watch = watch
        passLimit = store.capabilities.isPersistent || store.capabilities.isShared ? 1000 : 100
        readyLimit = passLimit
        let signal = WakeSignal()
        self.signal = signal
        self.clock = clock
        mailbox = RunMailbox(signal)
        inbox = LaneInbox(signal)
    }

    /// Whether no job of the store fires any more, and no run is open that this node could run.
    var isIdle: Bool {
        works.isEmpty && completions.isEmpty && !mustPass && earliest == EarliestTimes()
    }

    /// Whether it does nothing until its time comes or somebody wakes it.
    var isSettled: Bool { isDone || (isWaiting && works.isEmpty && pruning == nil && signal.isLowered) }

    /// Whether the store has answered a heartbeat.
    var hasHeard: Bool { lastHeartbeat != nil }

    /// Whether another live node has a task, as far as the last heartbeat tells.
    func isTaskOfOthers(_ task: TaskName) -> Bool {
        guard let heartbeat = lastHeartbeat else { return false }
        return heartbeat.nodes.contains { node in
            node.report.id != self.node && node.report.tasks.contains(task)
                && heartbeat.storeTime.microseconds - node.lastHeartbeat.microseconds <= watch.lease
        }
    }

    /// Asks the store when it next has something to do. What is added while it answers counts as well.
    func ask(_ tasks: Set<TaskName>) async throws(CarillonError) {
        mustAsk = false
        added = EarliestTimes()
        let answer = try await store.earliest(of: tasks)
        earliest = answer.merged(with: added)
    }

    /// Has it turn at a time when there may be something to do. One that is too early costs a pass that finds nothing,
    /// and asks the store.
    func expect(_ times: EarliestTimes) {
        added = added.merged(with: times)
        let merged = earliest.merged(with: times)
        guard merged != earliest else { return }
        earliest = merged
        signal.raise()
    }

    /// Forgets a work that has ended, or that was not begun.
    ///
    /// - Returns: Whether another node has its run.
    @discardableResult func remove(_ work: RunWork) -> Bool {
        works[ObjectIdentifier(work)] = nil
        return !takenOver.isEmpty && takenOver.remove(ObjectIdentifier(work)) != nil
    }

    /// Has it look at its store.
    func wake() {
        mustPass = true
        signal.raise()
    }

    /// Begins anew, with the runs that were left behind the last time.
    func begin() {
        epoch += 1
        isDone = false
        mustPass = true
        mustReconcile = true
        mustReportParked = true
        reportedParked = []
        pruneAt = .min
        retryAt = .min
        withheld.expire()
        alarm = clock.makeAlarm { [signal] in signal.raise() }
        mailbox.unwritten.open(clock.makeAlarm { [signal] in signal.raise() })
    }

    /// Does nothing any more.
    func end() {
        isDone = true
        for task in tasks { task.cancel() }
        pruning?.cancel()
        tasks = []
        alarm?.stop()
        alarm = nil
        mailbox.unwritten.close()
        signal.raise()
    }
}

/// Takes what others tell a lane, and wakes it.
final class LaneInbox: Sendable {
    private let state = Mutex(StoreLane.Inbox())
    private let signal: WakeSignal

    init(_ signal: WakeSignal) { self.signal = signal }

    func post(_ change: (inout StoreLane.Inbox) -> Void) {
        state.withLock { change(&$0) }
        signal.raise()
    }

    func takeAll() -> StoreLane.Inbox {
        state.withLock { state in
            defer { state = StoreLane.Inbox() }
            return state
        }
    }
}
