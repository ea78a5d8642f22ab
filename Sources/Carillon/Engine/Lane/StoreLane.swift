import CarillonTriggers
import Synchronization

/// What the engine knows of one job store and of its runs from there. Each store has its own, so that a store that
/// hangs holds up no other.
///
/// What a lane knows is split by subject into values that know nothing of each other.
final class StoreLane {
    let alias: String
    let store: any JobStore
    /// Held while the store is written to and the events of that are emitted, so that events come in the order of the
    /// writes.
    let lock = AsyncLock()
    private let clock: any SchedulerClock

    // What it has to do
    var agenda: Agenda
    /// Jobs that have to be added and have not reached the store.
    var additions = AdditionQueue()
    /// Jobs that the next pass has to run.
    var runRequests = RunRequests()
    var times = NextTimesCheck()
    var parked = ParkedJobs()
    var pruning = Pruning()

    // Its runs
    var runs = TakenRuns()
    var completions = UnwrittenCompletions()
    /// Jobs whose falling behind has been logged.
    var toldBehind: Set<JobID> = []

    // Its store, and the other nodes
    var health = StoreHealth()
    var refusals = RefusedPasses()
    /// Whether the last attempt to write what runs report failed.
    var hasFailedToNote = false
    var membership: Membership {
        didSet { inbox.needsAllNodes.store(membership.doubts.needsAllNodes, ordering: .relaxed) }
    }
    var reconciliation = Reconciliation()
    var timely: TimelyFiring

    // What wakes it
    let signal: WakeSignal
    let mailbox: RunMailbox
    let inbox: LaneInbox
    private(set) var alarm: (any Alarm)?

    // Its life
    /// Incremented each time the lane is started. A task of an earlier start that its store held up ends when it sees
    /// that.
    private(set) var epoch = 0
    private(set) var isDone = true
    /// Whether the store is not called any more.
    var isClosed = true
    /// Whether a turn is under way that may still find something to do.
    var isTurning = false
    /// Whether the lane waits to be woken.
    var isWaiting = false
    var departure = Departure()
    /// The task that turns.
    var turning: Task<Void, Never>?
    /// The tasks that feed the lane; cancelled when it ends.
    var informants: [Task<Void, Never>] = []

    init(alias: String, store: any JobStore, node: NodeID, watch: NodeWatch, clock: any SchedulerClock) {
        self.alias = alias
        self.store = store
        self.clock = clock
        let capabilities = store.capabilities
        agenda = Agenda(passLimit: capabilities.jobsPerPass)
        membership = Membership(node, watch, isShared: capabilities.isShared, at: clock.monotonic)
        timely = TimelyFiring(since: .earliest)
        let signal = WakeSignal()
        self.signal = signal
        mailbox = RunMailbox(signal)
        inbox = LaneInbox(signal, membership.lease)
    }

    /// Whether other nodes use the store as well.
    var isShared: Bool { membership.isShared }

    /// Whether no job of the store fires any more, and no run is open that this node could run.
    var isIdle: Bool {
        !isTurning && runs.works.isEmpty && completions.isEmpty && additions.isIdle && runRequests.isEmpty
            && agenda.isEmpty && times.isSettled
    }

    /// Whether the lane is at work and has not been started again since `epoch`.
    func isOpen(_ epoch: Int) -> Bool { !isDone && self.epoch == epoch }

    /// Whether the lane does nothing until its time comes or it is woken.
    var isSettled: Bool {
        if isDone { return true }
        return isWaiting && !membership.awaitsHeartbeat && pruning.task == nil && times.task == nil && signal.isLowered
    }

    /// Whether the lane may fire and take; see `Membership`.
    func isAwake(at monotonic: Int64) -> Bool { membership.isAwake(reconciliation, at: monotonic) }

    /// Asks the store when it next has something to do.
    func ask(_ tasks: Set<TaskName>) async throws(CarillonError) {
        agenda.beginAsking()
        agenda.learn(try await store.earliest(of: tasks))
    }

    /// Makes the lane turn at times when there may be something to do.
    func expect(_ times: EarliestTimes) { if agenda.expect(times) { signal.raise() } }

    /// Records that the lane may have slept past a due time, or could do nothing then. The wall clock may have been set
    /// and corrected in the meantime, and other nodes may have seen that.
    func loseTime() {
        timely.loseTime()
        times.mustReadAhead = true
    }

    /// Records that the lane waits from now on.
    func beginWait(until time: Int64?) {
        timely.beginWait(until: time, due: agenda.earliest.due, at: clock.now, clock.monotonic)
    }

    /// Records that the lane has stopped waiting.
    func endWait() {
        let monotonic = clock.monotonic
        if timely.endWait(at: clock.now, monotonic) { times.mustReadAhead = true }
    }

    /// Records whether the lane has its lease.
    func noteSleep() {
        let monotonic = clock.monotonic
        if timely.note(isAwake: isAwake(at: monotonic), at: monotonic) { times.mustReadAhead = true }
    }

    /// Records that the store answered.
    func hear(at monotonic: Int64) {
        noteSilence(at: monotonic)
        membership.hear(at: monotonic)
    }

    /// Makes the lane read which times have run ahead if no heartbeat was answered for a while: the wall clock may have
    /// been set and corrected in the meantime, and other nodes may have run what lies ahead now.
    func noteSilence(at monotonic: Int64) { if membership.isSilent(at: monotonic) { times.mustReadAhead = true } }

    /// Records that a call of the store failed or took too long.
    func noteStall() {
        guard isShared else { return }
        membership.noteStall(at: clock.monotonic)
        times.mustReadAhead = true
    }

    /// Records that the store failed.
    ///
    /// - Returns: Whether it is the first failure in a row.
    func fail() -> Bool {
        loseTime()
        noteStall()
        agenda.mustPass = true
        // What a failed commit wrote is not known until the store answers again.
        reconciliation.want()
        return health.fail(at: clock.monotonic)
    }

    /// Whether callers wait for a pass.
    var hasCallers: Bool { additions.needsPass || !runRequests.isEmpty }

    /// Lets the callers write what waits for a pass, since there will be none.
    func giveUpPass() {
        additions.giveUpPass()
        runRequests.giveUp()
    }

    /// Makes the lane turn and make a pass.
    func wake() {
        agenda.mustPass = true
        signal.raise()
    }

    /// Starts the lane, with the runs that were left behind the last time.
    ///
    /// - Parameter since: What is due from then on is fired in time.
    func begin(since: Instant) {
        epoch += 1
        isDone = false
        isClosed = false
        agenda.mustPass = true
        agenda.heldOff = 0
        times.restart()
        parked = ParkedJobs()
        pruning.restart()
        completions.withheld.expire()
        toldBehind = []
        health.retryAtOnce()
        reconciliation.want()
        membership.begin(at: clock.monotonic)
        timely = TimelyFiring(since: since)
        alarm = clock.makeAlarm { [signal] in signal.raise() }
        mailbox.unwritten.open(clock.makeAlarm { [signal] in signal.raise() })
    }

    /// Ends the lane.
    ///
    /// - Returns: The tasks that may still wait for an answer of the store.
    func end() -> [Task<Void, Never>] {
        isDone = true
        let besides = informants + [pruning.task, times.task].compactMap(\.self)
        for task in besides { task.cancel() }
        informants = []
        alarm?.stop()
        alarm = nil
        mailbox.unwritten.close()
        giveUpPass()
        signal.raise()
        return besides + [turning].compactMap(\.self)
    }
}
