import CarillonTriggers
import Synchronization

/// What the engine knows of one job store, and of its runs from there. Every store has a lane of its own, so that one that
/// hangs holds up no other.
///
/// What a lane knows is kept by subject, in values that decide nothing about each other.
final class StoreLane {
    let alias: String
    let store: any JobStore
    /// Held by who writes to the store and emits events of it, so that events come in the order of what was written.
    let lock = AsyncLock()
    private let clock: any SchedulerClock

    // What it has to do
    var agenda: Agenda
    /// Jobs that are to be added and have not got to the store.
    var additions = AdditionQueue()
    /// Jobs that are to be run by the next pass.
    var runRequests = RunRequests()
    var times = NextTimesCheck()
    var parked = ParkedJobs()
    var pruning = Pruning()

    // Its runs
    var runs = TakenRuns()
    var completions = UnwrittenCompletions()
    /// Jobs of which it was logged that they fall behind.
    var toldBehind: Set<JobID> = []

    // Its store, and the other nodes
    var health = StoreHealth()
    var refusals = RefusedPasses()
    /// Whether what runs say could not be written the last time.
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
    /// Rises each time the lane is started; a task of a start before, held up by its store, ends when it sees that.
    private(set) var epoch = 0
    private(set) var isDone = true
    /// Whether nothing is asked of the store any more.
    var isClosed = true
    /// Whether a turn is at work that may yet find something to do.
    var isTurning = false
    /// Whether it waits to be woken.
    var isWaiting = false
    var departure = Departure()
    /// What turns.
    var turning: Task<Void, Never>?
    /// What keeps the lane informed, and is cancelled when it ends.
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

    /// Whether other nodes use the store too.
    var isShared: Bool { membership.isShared }

    /// Whether no job of the store fires any more, and no run is open that this node could run.
    var isIdle: Bool {
        !isTurning && runs.works.isEmpty && completions.isEmpty && additions.isIdle && runRequests.isEmpty
            && agenda.isEmpty && times.isSettled
    }

    /// Whether it is at work still as it was started at a time.
    func isOpen(_ epoch: Int) -> Bool { !isDone && self.epoch == epoch }

    /// Whether it does nothing until its time comes or it is woken.
    var isSettled: Bool {
        if isDone { return true }
        return isWaiting && !membership.awaitsHeartbeat && pruning.task == nil && times.task == nil && signal.isLowered
    }

    /// Whether it may fire and take; see `Membership`.
    func isAwake(at monotonic: Int64) -> Bool { membership.isAwake(reconciliation, at: monotonic) }

    /// Asks the store when it next has something to do.
    func ask(_ tasks: Set<TaskName>) async throws(CarillonError) {
        agenda.beginAsking()
        agenda.learn(try await store.earliest(of: tasks))
    }

    /// Has it turn at times when there may be something to do.
    func expect(_ times: EarliestTimes) { if agenda.expect(times) { signal.raise() } }

    /// Notes that it may have slept past a due time, or could do nothing then. The wall clock may have been set and set
    /// right again meanwhile, which others saw.
    func loseTime() {
        timely.loseTime()
        times.mustReadAhead = true
    }

    /// Notes that it waits from now on.
    func beginWait(until time: Int64?) {
        timely.beginWait(until: time, due: agenda.earliest.due, at: clock.now, clock.monotonic)
    }

    /// Notes that it waits no longer.
    func endWait() {
        let monotonic = clock.monotonic
        if timely.endWait(at: clock.now, monotonic) { times.mustReadAhead = true }
    }

    /// Notes whether it has its lease.
    func noteSleep() {
        let monotonic = clock.monotonic
        if timely.note(isAwake: isAwake(at: monotonic), at: monotonic) { times.mustReadAhead = true }
    }

    /// Notes that the store answered.
    func hear(at monotonic: Int64) {
        noteSilence(at: monotonic)
        membership.hear(at: monotonic)
    }

    /// Where no heartbeat was answered for a while, the wall clock may have been set and set right again meanwhile, and
    /// others may have run what lies ahead now.
    func noteSilence(at monotonic: Int64) { if membership.isSilent(at: monotonic) { times.mustReadAhead = true } }

    /// Notes that a call of the store has failed, or has taken too long.
    func noteStall() {
        guard isShared else { return }
        membership.noteStall(at: clock.monotonic)
        times.mustReadAhead = true
    }

    /// Notes that the store failed.
    ///
    /// - Returns: Whether it is the first failure in a row.
    func fail() -> Bool {
        loseTime()
        noteStall()
        agenda.mustPass = true
        // What a failed commit did is not known; the store says when it answers again.
        reconciliation.want()
        return health.fail(at: clock.monotonic)
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
        agenda.mustPass = true
        signal.raise()
    }

    /// Begins anew, with the runs that were left behind the last time.
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

    /// Does nothing any more.
    ///
    /// - Returns: What may wait for an answer of the store still.
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
