import CarillonTriggers
import Synchronization

/// What the engine knows of one job store, and of its runs from there. Every store has a lane of its own, so that one
/// that hangs holds up no other.
final class StoreLane {
    /// What others tell the lane from their own threads.
    struct Inbox {
        /// Those that were answered, with when they were sent and answered.
        var heartbeats: [(answer: Heartbeat, sent: Int64, answered: Int64)] = []
        /// What was heard in between, with when it was.
        var news: [(answer: StoreNews, answered: Int64)] = []
        /// When one has failed last, on the monotonic clock.
        var failed: Int64?
        var isChanged = false
        /// Whether a heartbeat was answered after others had failed.
        var answersAgain = false
    }

    let alias: String
    let store: any JobStore
    /// Whoever writes to the store and tells of it holds it, so that events come in the order of what was written.
    let lock = AsyncLock()
    /// Jobs that are to be added and have not got to the store.
    var additions = AdditionQueue()
    /// Jobs that are to be run by the next pass.
    var runRequests = RunRequests()
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
    /// Those that a pass is writing.
    var writing: [Completion] = []
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
    /// The most jobs of each kind that a pass looks at.
    let passLimit: Int
    /// Whether the runs of this node have to be looked up: at the start, and when the store had failed.
    var mustReconcile = true
    /// When they are looked up once more.
    var reconcileAt: Int64?
    /// How this node's zone data compares with that of the others that share the store.
    enum Zones {
        case same
        /// Others have newer data, and judge what the two do not have in common.
        case olderThanOthers
        case newerThanOthers
    }

    var zones = Zones.same
    /// Whether the next times of jobs have to be compared with what their triggers give now, and what does that.
    var mustRecheck = false
    var recheck: Task<Void, Never>?
    /// Times that have run though the clock does not show them yet, and whether they have to be read anew.
    var ranAhead = RanAhead()
    var mustReadAhead = false
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
    /// Whether the store is used by other nodes too.
    let isShared: Bool
    let lease: LeaseHold
    /// As many breaks of the lease as there were when the runs of this node were last looked up.
    var reconciledBreaks = 0
    /// Whether it waits for a heartbeat before it may do what is to be done.
    var awaitsHeartbeat = false
    /// What other nodes may have been unable to write.
    var doubts: LimitDoubts {
        didSet { inbox.needsAllNodes.store(doubts.needsAllNodes, ordering: .relaxed) }
    }
    /// What is due from then on could be fired in time; see `Planner.Input.awakeSince`.
    var awakeSince = Instant.earliest
    /// Whether it may have slept past a due time, or could do nothing then. The wall clock may have been set and set right
    /// again meanwhile, which others saw.
    var hasLostTime = false { didSet { if hasLostTime { mustReadAhead = true } } }
    /// When its store last answered a heartbeat, on the clock that only goes on.
    private var heard: Int64?
    /// Since when it has been kept from firing by its lease, on the clock that only goes on.
    var asleepSince: Int64?
    private var wait: Wait?
    /// How many jobs stayed due in the last pass, since it was not known whether they were at their limits.
    var heldOff = 0
    /// How many passes in a row wrote nothing, since all that they planned was answered `changed`.
    private var refusals = 0
    /// So many may be bad luck among many nodes. More are not: what is planned then can never be written.
    private static let mostRefusals = 20
    /// After so many it is looked up which times have run: an ended run is never written over.
    private static let suspiciousRefusals = 3
    /// Jobs of which it was said that they fall behind.
    var toldBehind: Set<JobID> = []
    /// How often in a row the store has failed.
    var failures = 0
    /// Nothing is asked of the store before this time of the clock that only goes on.
    var retryAt: Int64 = .min
    /// Whether what runs say could not be written the last time.
    var hasFailedToNote = false
    /// When history is next cleared, and what clears it.
    var pruneAt: Int64 = .min
    var pruning: Task<Void, Never>?
    /// What keeps the lane informed, and is cancelled when it ends.
    var tasks: [Task<Void, Never>] = []
    /// What turns.
    var turning: Task<Void, Never>?
    /// Whether the store is being removed: nothing of it is fired or taken any more.
    var isLeaving = false
    /// What limits how long that takes.
    var leaving: Task<Void, Never>?
    /// Who waits for that to be done.
    var leaveWaiters: [CheckedContinuation<Void, Never>] = []
    /// Whether it waits to be woken.
    var isWaiting = false
    /// Rises each time the lane is started; a task of a start before, held up by its store, ends when it sees that.
    private(set) var epoch = 0
    private(set) var isDone = true
    /// Whether nothing is asked of the store any more.
    var isClosed = true
    /// Whether a turn is at work that may yet find something to do.
    var isTurning = false
    private let clock: any SchedulerClock

    init(alias: String, store: any JobStore, node: NodeID, watch: NodeWatch, clock: any SchedulerClock) {
        self.alias = alias
        self.store = store
        self.node = node
        self.watch = watch
        passLimit = store.capabilities.jobsPerPass
        readyLimit = passLimit
        isShared = store.capabilities.isShared
        lease = LeaseHold(lease: isShared ? watch.lease : nil, from: clock.monotonic)
        doubts = LimitDoubts(lease: watch.lease)
        let signal = WakeSignal()
        self.signal = signal
        self.clock = clock
        mailbox = RunMailbox(signal)
        inbox = LaneInbox(signal, lease)
    }

    /// Whether no job of the store fires any more, and no run is open that this node could run.
    var isIdle: Bool {
        !isTurning && works.isEmpty && completions.isEmpty && additions.isIdle && runRequests.isEmpty && !mustPass
            && !mustAsk && earliest == EarliestTimes() && !mustRecheck && recheck == nil
    }

    /// Whether it is at work still as it was started at a time.
    func isOpen(_ epoch: Int) -> Bool { !isDone && self.epoch == epoch }

    /// Whether it does nothing until its time comes or somebody wakes it.
    var isSettled: Bool {
        if isDone { return true }
        return isWaiting && !awaitsHeartbeat && pruning == nil && recheck == nil && signal.isLowered
    }

    /// Whether it may fire and take: the others count this node among the living, it has seen which of them are dead, and
    /// which of its own runs others have by now.
    func isAwake(at monotonic: Int64) -> Bool {
        !isShared || (hasHeard && reconciledBreaks == lease.breaks && lease.isHeld(at: monotonic))
    }

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
        beginAsking()
        learn(try await store.earliest(of: tasks))
    }

    /// Is about to ask the store for something whose answer says when it next has something to do.
    func beginAsking() {
        mustAsk = false
        added = EarliestTimes()
    }

    /// Takes that answer.
    func learn(_ answer: EarliestTimes) { earliest = answer.merged(with: added) }

    /// Has it turn at a time when there may be something to do. One that is too early costs a pass that finds nothing,
    /// and asks the store.
    func expect(_ times: EarliestTimes) {
        added = added.merged(with: times)
        let merged = earliest.merged(with: times)
        guard merged != earliest else { return }
        earliest = merged
        signal.raise()
    }

    /// A time for which the lane does nothing.
    private struct Wait {
        /// When it began, on both clocks.
        let began: Int64
        let now: Instant
        /// When it was to end.
        let until: Int64?
        /// When something was due next.
        let due: Instant?
    }

    /// Notes that it waits from now on.
    func beginWait(until time: Int64?) {
        wait = Wait(began: clock.monotonic, now: clock.now, until: time, due: earliest.due)
    }

    /// Finds out, when it has waited, what it can fire in time.
    ///
    /// That is what came due within the last second, and what it waited for: where it was woken for that in time, a live
    /// node was there. Where it was woken more than a second late, the process stood still, or the wall clock was set.
    func endWait() {
        guard let wait else { return }
        self.wait = nil
        let (monotonic, now) = (clock.monotonic, clock.now)
        let isLate = wait.until.map { monotonic - max($0, wait.began) > StorePass.stallLimit } ?? false
        let step = now.microseconds - wait.now.microseconds - (monotonic - wait.began)
        if isLate || abs(step) > StorePass.stallLimit { hasLostTime = true }
        let recent = now.advanced(byMicroseconds: -StorePass.stallLimit)
        awakeSince = max(awakeSince, min(recent, wait.due ?? recent))
    }

    /// Notes that a heartbeat was answered.
    func hear(at monotonic: Int64) {
        noteSilence(at: monotonic)
        heard = monotonic
    }

    /// Where no heartbeat was answered for a while, the process stood still or the store did. The wall clock may have been
    /// set and set right again meanwhile, and others may have run what lies ahead now.
    func noteSilence(at monotonic: Int64) {
        guard let heard, monotonic - heard > Engine.heartbeatPause + StorePass.stallLimit else { return }
        mustReadAhead = true
    }

    /// Since when it could fire in time, for a pass at a time.
    func awakeSince(at now: Instant) -> Instant {
        // It lies ahead where the clock was set back meanwhile.
        if hasLostTime || awakeSince > now { awakeSince = now }
        hasLostTime = false
        return awakeSince
    }

    /// Whether a pass had changes refused that are worth planning anew at once.
    func mayTryAgain(_ statuses: [CommitStatus]) -> Bool {
        guard statuses.contains(.changed), !statuses.contains(.accepted) else {
            refusals = 0
            return statuses.contains(.changed)
        }
        refusals += 1
        if refusals == Self.suspiciousRefusals { mustReadAhead = true }
        return refusals < Self.mostRefusals
    }

    /// Forgets a work that has ended, or that was not begun.
    ///
    /// - Returns: Whether another node has its run.
    @discardableResult func remove(_ work: RunWork) -> Bool {
        works[ObjectIdentifier(work)] = nil
        return !takenOver.isEmpty && takenOver.remove(ObjectIdentifier(work)) != nil
    }

    /// Whether callers wait for a pass.
    var hasCallers: Bool { additions.needsPass || !runRequests.isEmpty }

    /// There will be no pass: what waits for one is written by the callers.
    func giveUpPass() {
        additions.giveUpPass()
        runRequests.giveUp()
    }

    /// Has it look at its store.
    func wake() {
        mustPass = true
        signal.raise()
    }

    /// Begins anew, with the runs that were left behind the last time.
    ///
    /// - Parameter since: What is due from then on is fired in time.
    func begin(since: Instant) {
        epoch += 1
        isDone = false
        isClosed = false
        mustPass = true
        mustReconcile = true
        mustRecheck = true
        recheck = nil
        mustReadAhead = true
        mustReportParked = true
        reportedParked = []
        pruneAt = .min
        retryAt = .min
        withheld.expire()
        lastHeartbeat = nil
        awaitsHeartbeat = false
        awakeSince = since
        hasLostTime = false
        asleepSince = nil
        heard = nil
        wait = nil
        heldOff = 0
        toldBehind = []
        lease.begin(at: clock.monotonic)
        doubts = LimitDoubts(lease: watch.lease)
        alarm = clock.makeAlarm { [signal] in signal.raise() }
        mailbox.unwritten.open(clock.makeAlarm { [signal] in signal.raise() })
    }

    /// Does nothing any more.
    ///
    /// - Returns: What may wait for an answer of the store still.
    func end() -> [Task<Void, Never>] {
        isDone = true
        for task in tasks { task.cancel() }
        pruning?.cancel()
        recheck?.cancel()
        let underWay = tasks + [pruning, recheck, turning].compactMap(\.self)
        tasks = []
        alarm?.stop()
        alarm = nil
        mailbox.unwritten.close()
        giveUpPass()
        signal.raise()
        return underWay
    }
}

/// Takes what others tell a lane, and wakes it.
final class LaneInbox: Sendable {
    private let state = Mutex(StoreLane.Inbox())
    private let signal: WakeSignal
    /// Written by whoever sends heartbeats.
    let lease: LeaseHold
    /// Whether the next heartbeats are to ask for all nodes; see `LimitDoubts`. Written by the lane.
    let needsAllNodes = Atomic(false)

    init(_ signal: WakeSignal, _ lease: LeaseHold) {
        self.signal = signal
        self.lease = lease
    }

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
