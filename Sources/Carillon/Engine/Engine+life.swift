import CarillonTriggers
import Logging
import Synchronization

/// Beginning and end.
extension Engine {
    /// Makes the start the caller's alone; what throws changes nothing.
    package nonisolated func claimStart() throws(CarillonError) {
        if isStarted.exchange(true, ordering: .acquiringAndReleasing) {
            throw CarillonError(.wrongState, "the scheduler has been started already; shut it down first")
        }
    }

    /// Starts firing, and returns when the jobs that were added before are in their stores: what the `start` of a flavour
    /// calls.
    ///
    /// - Throws: `CarillonError` with `wrongState` where it has been started; or why a job could not be added.
    public func start() async throws(CarillonError) {
        try claimStart()
        try await start(untilIdle: false)
    }

    /// Starts the lanes, after the jobs that were added before are in their stores. Whoever calls it has claimed it.
    package func start(untilIdle: Bool) async throws(CarillonError) {
        startCount += 1
        let number = startCount
        phase = .starting
        isAddingPending = true
        startMetrics()
        stopsWhenIdle = untilIdle
        lastTurn.store(clock.monotonic, ordering: .relaxed)
        let began = clock.now
        clockOffset = wallClockOffset()
        var failure: CarillonError?
        do throws(CarillonError) { try await addPending(number) } catch { failure = error }
        // A shutdown may have given up on it, and another start have begun.
        if isAddingPending(number) {
            isAddingPending = false
            if phase == .stopping {
                endIfClosed()
            } else if failure == nil {
                phase = .running
                watchZones()
                hub.emit(.started)
                for lane in lanes.values.sorted(by: { $0.alias < $1.alias }) { open(lane, since: began) }
            } else {
                phase = .idle
                hasStopped()
            }
        }
        if let failure { throw failure }
    }

    private func isAddingPending(_ number: Int) -> Bool { isAddingPending && startCount == number }

    /// Puts the jobs that were added before into their stores, unless a shutdown has come between.
    private func addPending(_ number: Int) async throws(CarillonError) {
        // One start at a time, since one that was given up on may still be at it.
        await pendingLock.acquire()
        defer { pendingLock.release() }
        if isAddingPending(number), phase == .starting { try await addPending() }
    }

    /// Starts a lane and what keeps it informed. What a lane does, runs among it, has the same priority whoever started
    /// the scheduler.
    ///
    /// - Parameter since: What is due from then on is fired in time; from now on where nothing is given.
    func open(_ lane: StoreLane, since: Instant? = nil) {
        lane.begin(since: since ?? clock.now)
        let (store, inbox) = (lane.store, lane.inbox)
        let alias = lane.alias
        lane.turning = Task(executorPreference: laneExecutor, priority: .medium) { await self.run(alias) }
        if store.capabilities.isShared {
            let (lapses, lapse) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            lane.informants.append(Task.detached { await self.sendHeartbeats(of: alias, to: store, inbox, lapse) })
            lane.informants.append(Task.detached { for await _ in lapses { await self.lookForTakeovers(alias) } })
        }
        if let store = store as? any ChangeNotifying {
            lane.informants.append(
                // Where the lane runs, so that no thread has to wake another for each change.
                Task(executorPreference: laneExecutor, priority: .medium) {
                    await self.followChanges(of: store, inbox)
                })
        }
    }

    /// Fires and takes nothing any more, and waits for the runs that are at work and for the stores.
    ///
    /// - Parameters:
    ///   - mode: What becomes of runs that are at work.
    ///   - deadline: After so long they are asked to end, and after as long again left behind.
    ///   - isInside: Whether a run of this scheduler asks; it is not waited for.
    func shutdown(_ mode: ShutdownMode, deadline: Duration?, isInside: Bool) async {
        switch phase {
        case .idle: return
        // The start sees it when its stores have answered.
        case .starting: phase = .stopping
        case .running:
            phase = .stopping
            for lane in lanes.values { lane.signal.raise() }
        case .stopping: break
        }
        if mode == .cancel { cancelAll() }
        if let deadline {
            deadlines.append(
                Task { await enforce(deadline, cancel: cancelAll, leaveBehind: leaveBehind, giveUp: giveUp) })
        }
        if !isInside { await waitForEnd() }
    }

    /// Ends step by step what takes longer than it may. The task is cancelled when what it is to end has ended.
    ///
    /// - Parameters:
    ///   - deadline: How long runs may go on.
    ///   - cancel: Asks runs to end.
    ///   - leaveBehind: Goes on without the runs that did not end, after as long again.
    ///   - giveUp: Goes on without the stores that did not answer.
    func enforce(
        _ deadline: Duration, cancel: () -> Void, leaveBehind: () -> Void, giveUp: () -> Void
    ) async {
        let limit = deadline.wholeMicroseconds
        guard await hasPassed(limit) else { return }
        cancel()
        guard await hasPassed(max(limit, 1_000_000)) else { return }
        leaveBehind()
        guard await hasPassed(Self.storePatience) else { return }
        giveUp()
    }

    /// Sleeps for so many microseconds.
    ///
    /// - Returns: Whether the task has not been cancelled meanwhile.
    private func hasPassed(_ microseconds: Int64) async -> Bool {
        do { try await clock.sleep(until: clock.monotonic + microseconds) } catch { return false }
        return !Task.isCancelled
    }

    /// How many microseconds a store that was left has to answer what it was asked before.
    private static let storePatience: Int64 = 1_000_000

    private func cancelAll() {
        guard phase == .stopping else { return }
        for lane in lanes.values { lane.runs.cancelForStop() }
    }

    /// Stops without the runs that did not end though they were asked to. They stay this node's: where the scheduler is
    /// started again their ends are written, and otherwise other nodes take them over when the lease has run out.
    private func leaveBehind() {
        guard phase == .stopping else { return }
        for lane in lanes.values where !lane.isDone {
            for work in lane.runs.works.values {
                logger.warning("a run was left behind", metadata: ["run": "\(work.run.id)"])
            }
            close(lane)
        }
    }

    /// Stops without the answers of stores that do not come.
    private func giveUp() {
        guard phase == .stopping else { return }
        isAddingPending = false
        for lane in lanes.values where !lane.isClosed { giveUp(lane) }
        endIfClosed()
    }

    /// Lets go of a store that does not answer.
    func giveUp(_ lane: StoreLane) {
        logger.warning(
            "the job store has not answered what it was asked before the end", metadata: ["store": "\(lane.alias)"])
        hasClosed(lane, lane.epoch)
    }

    /// Ends a lane that has nothing left to do when the engine stops.
    func finishStopping(_ lane: StoreLane) {
        guard phase == .stopping || lane.departure.isUnderWay else { return }
        giveBackUnstarted(lane, all: true)
        if lane.runs.works.isEmpty, lane.completions.pending.isEmpty { close(lane) }
    }

    /// Ends a lane and, with the last one of a scheduler that is shut down, the engine: once the store has answered all
    /// that it was asked, since whoever it belongs to may close it then.
    func close(_ lane: StoreLane) {
        guard !lane.isDone else { return }
        let isForgotten = lane.runs.works.isEmpty && lane.store.capabilities.isShared
        let underWay = lane.end()
        tellUnwritten(lane)
        let epoch = lane.epoch
        Task(priority: .medium) {
            for task in underWay { await task.value }
            // Whether it is forgotten now or when its lease has run out makes no difference to the others.
            if isForgotten, lane.epoch == epoch, !lane.isClosed { try? await lane.store.forget([node.id]) }
            hasClosed(lane, epoch)
        }
    }

    /// Nothing is asked of a store any more that was asked since a time.
    private func hasClosed(_ lane: StoreLane, _ epoch: Int) {
        guard lane.epoch == epoch, !lane.isClosed else { return }
        lane.isClosed = true
        if lane.departure.isUnderWay { hasLeft(lane) }
        endIfClosed()
    }

    /// Ends the engine, where it stops and its stores are let go of.
    func endIfClosed() {
        guard phase == .stopping, !isAddingPending, lanes.values.allSatisfy(\.isClosed) else { return }
        phase = .idle
        zoneWatch?.cancel()
        zoneWatch = nil
        timeouts.stop()
        for slot in executors.values { slot.executor.shutdown() }
        retireExecutors()
        latestPause = nil
        hasStopped(after: .shutDown)
    }

    /// Returns when it has been shut down, by `Scheduler.shutdown`; at once where it does not run.
    public func waitForEnd() async {
        // Asked inside, since others may have had their turn before.
        await withCheckedContinuation { if phase == .idle { $0.resume() } else { stopWaiters.append($0) } }
    }

    /// Resumes those who wait for the end.
    ///
    /// - Parameter event: The last event, emitted when the scheduler counts as stopped.
    private func hasStopped(after event: SchedulerEvent.Kind? = nil) {
        for deadline in deadlines { deadline.cancel() }
        deadlines = []
        isStarted.store(false, ordering: .releasing)
        if let event {
            hub.emit(event)
            hub.finish()
        }
        settle()
        if let loop = executor as? LoopExecutor { loop.stop() }
        let waiters = stopWaiters
        stopWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    /// Stops where nothing is left to do and the scheduler was started to stop then.
    func stopIfIdle() {
        guard stopsWhenIdle, phase == .running, lanes.values.allSatisfy(\.isIdle) else { return }
        phase = .stopping
        for lane in lanes.values { lane.signal.raise() }
    }

    var isPaused: Bool { latestPause.map { $0.until == nil } ?? false }

    /// Fires and takes nothing until `resume`; what is at work goes on.
    func pause() {
        guard !isPaused else { return }
        latestPause = SchedulerPause(since: clock.now)
        hub.emit(.paused)
    }

    /// Fires and takes again. What was due in the meantime, and no other node has fired, is skipped.
    func resume() {
        guard let pause = latestPause, isPaused else { return }
        latestPause = SchedulerPause(since: pause.since, until: clock.now)
        hub.emit(.resumed)
        for lane in lanes.values {
            // What was due before the pause is late.
            lane.loseTime()
            lane.wake()
        }
    }
}

/// What becomes of runs that are at work when a scheduler is shut down.
public enum ShutdownMode: Hashable, Sendable {
    /// They are waited for.
    case drain
    /// They are asked to end, and waited for. Those that end by that have no outcome, and are recovered: they run again
    /// when a node is there, or are `lost`, as their jobs' `recovery` says.
    case cancel
}
