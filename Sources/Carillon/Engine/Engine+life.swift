import CarillonTriggers
import Logging
import Synchronization

/// Start, shutdown, pause and resume.
extension Engine {
    /// Claims the start for the caller. If it throws, nothing has changed.
    ///
    /// - Throws: `CarillonError` with `wrongState` if the scheduler has been started, or if this process is a worker of a
    ///   process pool whose `main` has not said so.
    package nonisolated func claimStart() throws(CarillonError) {
        if WorkerMark.isSet {
            WorkerProcess.refuse()
            throw WorkerMark.refusal
        }
        if isStarted.exchange(true, ordering: .acquiringAndReleasing) {
            throw CarillonError(.wrongState, "the scheduler has been started already; shut it down first")
        }
    }

    /// Starts firing, and returns when the jobs that were added before are in their stores.
    ///
    /// The `start` of a scheduler flavour calls it.
    ///
    /// - Throws: `CarillonError` with `wrongState` if the scheduler has been started, or the reason why a job could not
    ///   be added.
    public func start() async throws(CarillonError) {
        try claimStart()
        try await start(untilIdle: false)
    }

    /// Starts the lanes once the jobs that were added before are in their stores. The caller has claimed the start.
    package func start(untilIdle: Bool) async throws(CarillonError) {
        startCount += 1
        let number = startCount
        phase = .starting
        isAddingPending = true
        startMetrics()
        for slot in executors.values { (slot.executor as? ProcessPoolExecutor)?.tellLimit(logger) }
        stopsWhenIdle = untilIdle
        lastTurn.store(clock.monotonic, ordering: .relaxed)
        let began = clock.now
        clockOffset = wallClockOffset()
        var failure: CarillonError?
        do throws(CarillonError) { try await addPending(number) } catch { failure = error }
        // A shutdown may have given up on this start, and another one have begun.
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

    /// Puts the jobs that were added before into their stores, unless a shutdown has intervened.
    private func addPending(_ number: Int) async throws(CarillonError) {
        // One start at a time, since one that was given up on may still be under way.
        await pendingLock.acquire()
        defer { pendingLock.release() }
        if isAddingPending(number), phase == .starting { try await addPending() }
        if isAddingPending(number), phase == .starting, options.addsDecoratedJobs { _ = try await keepDecoratedJobs() }
    }

    /// Starts a lane and the tasks that feed it. They all have the same priority, as have the runs, whatever the
    /// priority of the task that started the scheduler.
    ///
    /// - Parameter since: What is due from then on is fired in time; `nil` for now.
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
                // On the lane's executor, so that a change does not have to wake another thread.
                Task(executorPreference: laneExecutor, priority: .medium) {
                    await self.followChanges(of: store, inbox)
                })
        }
    }

    /// Stops firing and taking, and waits for the runs at work and for the stores.
    ///
    /// - Parameters:
    ///   - mode: What becomes of runs at work.
    ///   - deadline: How long runs may go on before they are asked to end; after as long again, a second at the least,
    ///     they are left behind. `nil` sets no limit.
    ///   - isInside: Whether a run of this scheduler is the caller, which is then not waited for.
    package func shutdown(_ mode: ShutdownMode, deadline: Duration?, isInside: Bool) async {
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

    /// Enforces a deadline step by step. The task is cancelled when everything has ended.
    ///
    /// - Parameters:
    ///   - deadline: How long runs may go on.
    ///   - cancel: Asks the runs to end.
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

    /// Sleeps for a time in microseconds.
    ///
    /// - Returns: Whether the task has not been cancelled meanwhile.
    private func hasPassed(_ microseconds: Int64) async -> Bool {
        do { try await clock.sleep(until: clock.monotonic + microseconds) } catch { return false }
        return !Task.isCancelled
    }

    /// How long a store that is left behind has to answer pending calls, in microseconds.
    private static let storePatience: Int64 = 1_000_000

    private func cancelAll() {
        guard phase == .stopping else { return }
        for lane in lanes.values { lane.runs.cancelForStop() }
    }

    /// Stops without the runs that did not end when asked to. They stay this node's: if the scheduler is started again,
    /// their ends are written; otherwise other nodes take them over when the lease has run out.
    private func leaveBehind() {
        guard phase == .stopping else { return }
        for lane in lanes.values where !lane.isDone {
            for work in lane.runs.works.values {
                logger.warning("a run was left behind", metadata: ["run": "\(work.run.id)"])
            }
            close(lane)
        }
    }

    /// Stops without waiting any longer for stores that do not answer.
    private func giveUp() {
        guard phase == .stopping else { return }
        isAddingPending = false
        for lane in lanes.values where !lane.isClosed { giveUp(lane) }
        endIfClosed()
    }

    /// Gives up on a store that does not answer.
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

    /// Ends a lane once its store has answered all pending calls, since the store's owner may close it then. With the
    /// last lane of a scheduler that is shut down, ends the engine.
    func close(_ lane: StoreLane) {
        guard !lane.isDone else { return }
        let isForgotten = lane.runs.works.isEmpty && lane.store.capabilities.isShared
        let underWay = lane.end()
        tellUnwritten(lane)
        let epoch = lane.epoch
        Task(priority: .medium) {
            for task in underWay { await task.value }
            // A failure does no harm: to the other nodes it is the same whether this one is forgotten now or when its
            // lease runs out.
            if isForgotten, lane.epoch == epoch, !lane.isClosed { try? await lane.store.forget([node.id]) }
            hasClosed(lane, epoch)
        }
    }

    /// Marks a lane as closed, unless it has been started again since `epoch`.
    private func hasClosed(_ lane: StoreLane, _ epoch: Int) {
        guard lane.epoch == epoch, !lane.isClosed else { return }
        lane.isClosed = true
        if lane.departure.isUnderWay { hasLeft(lane) }
        endIfClosed()
    }

    /// Ends the engine if it is stopping and all its lanes are closed.
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

    /// Returns when `Scheduler.shutdown` has shut the engine down, or at once if it does not run.
    public func waitForEnd() async {
        // Checked inside, since other tasks may have run in between.
        await withCheckedContinuation { if phase == .idle { $0.resume() } else { stopWaiters.append($0) } }
    }

    /// Resumes the callers that wait for the end.
    ///
    /// - Parameter event: The last event, emitted once the scheduler counts as stopped.
    private func hasStopped(after event: SchedulerEvent.Kind? = nil) {
        for deadline in deadlines { deadline.cancel() }
        deadlines = []
        releaseDecoratedJobs()
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

    /// Stops if nothing is left to do and the scheduler was started to stop then.
    func stopIfIdle() {
        guard stopsWhenIdle, phase == .running, lanes.values.allSatisfy(\.isIdle) else { return }
        phase = .stopping
        for lane in lanes.values { lane.signal.raise() }
    }

    var isPaused: Bool { latestPause.map { $0.until == nil } ?? false }

    /// Stops firing and taking until `resume`; runs at work go on.
    func pause() {
        guard !isPaused else { return }
        latestPause = SchedulerPause(since: clock.now)
        hub.emit(.paused)
    }

    /// Fires and takes again. What was due in the meantime and was not fired by another node is skipped.
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

/// What becomes of runs at work when a scheduler is shut down.
public enum ShutdownMode: Hashable, Sendable {
    /// They are waited for.
    case drain
    /// They are asked to end, and waited for.
    ///
    /// A run that ends because of that has no outcome and is recovered: it runs again when a node is available, or is
    /// `lost`, as its job's `recovery` says.
    case cancel
}
