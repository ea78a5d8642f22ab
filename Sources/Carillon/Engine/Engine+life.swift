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

    /// Starts the lanes, after the jobs that were added before are in their stores. Whoever calls it has claimed it.
    package func start(untilIdle: Bool = false) async throws(CarillonError) {
        phase = .starting
        startMetrics()
        stopsWhenIdle = untilIdle
        lastTurn.store(clock.monotonic, ordering: .relaxed)
        let began = clock.now
        clockOffset = wallClockOffset()
        do throws(CarillonError) {
            try await addPending()
        } catch {
            phase = .idle
            hasStopped()
            throw error
        }
        // Somebody may have called `shutdown` in the meantime.
        guard phase == .starting else { return }
        phase = .running
        hub.emit(.started)
        for lane in lanes.values.sorted(by: { $0.alias < $1.alias }) { open(lane, since: began) }
    }

    /// Starts a lane and what keeps it informed.
    ///
    /// - Parameter since: What is due from then on is fired in time; from now on where nothing is given.
    func open(_ lane: StoreLane, since: Instant? = nil) {
        lane.begin(since: since ?? clock.now)
        let (store, inbox) = (lane.store, lane.inbox)
        let alias = lane.alias
        Task(executorPreference: laneExecutor) { await self.run(alias) }
        if store.capabilities.isShared {
            let (lapses, lapse) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            lane.tasks.append(Task.detached { await self.sendHeartbeats(of: alias, to: store, inbox, lapse) })
            lane.tasks.append(Task.detached { for await _ in lapses { await self.lookForTakeovers(alias) } })
        }
        if let store = store as? any ChangeNotifying {
            lane.tasks.append(Task.detached { await self.followChanges(of: store, inbox) })
        }
    }

    /// Fires and takes nothing any more, and waits for the runs that are at work.
    ///
    /// - Parameters:
    ///   - mode: What becomes of runs that are at work.
    ///   - deadline: After so long they are asked to end, and after as long again left behind.
    ///   - isInside: Whether a run of this scheduler asks; it is not waited for.
    func shutdown(_ mode: ShutdownMode, deadline: Duration?, isInside: Bool) async {
        switch phase {
        case .idle: return
        case .starting:
            phase = .idle
            return hasStopped()
        case .running:
            phase = .stopping
            for lane in lanes.values { lane.signal.raise() }
        case .stopping: break
        }
        if mode == .cancel { cancelAll() }
        if let deadline {
            let clock = clock
            Task { [weak self] in
                let limit = deadline.wholeMicroseconds
                try? await clock.sleep(until: clock.monotonic + limit)
                await self?.cancelAll()
                try? await clock.sleep(until: clock.monotonic + max(limit, 1_000_000))
                await self?.leaveBehind()
            }
        }
        if !isInside { await waitForEnd() }
    }

    private func cancelAll() {
        guard phase == .stopping else { return }
        for lane in lanes.values { for work in lane.works.values { work.cancel(for: .stop) } }
    }

    /// Stops without the runs that did not end though they were asked to. They stay this node's: where the scheduler is
    /// started again their ends are written, and otherwise other nodes take them over when the lease has run out.
    private func leaveBehind() {
        guard phase == .stopping else { return }
        for lane in lanes.values where !lane.isDone {
            for work in lane.works.values {
                logger.warning("a run was left behind", metadata: ["run": "\(work.run.id)"])
            }
            close(lane)
        }
    }

    /// Ends a lane that has nothing left to do when the engine stops.
    func finishStopping(_ lane: StoreLane) {
        guard phase == .stopping || lane.isLeaving else { return }
        giveBackUnstarted(lane, all: true)
        if lane.works.isEmpty, lane.completions.isEmpty { close(lane) }
    }

    /// Ends a lane and, with the last one of a scheduler that is shut down, the engine.
    func close(_ lane: StoreLane) {
        lane.end()
        tellWithheld(lane)
        if lane.works.isEmpty, lane.store.capabilities.isShared {
            let (store, node) = (lane.store, node.id)
            // Whether it is forgotten now or when its lease has run out makes no difference to the others.
            Task.detached { try? await store.forget([node]) }
        }
        if lane.isLeaving { hasLeft(lane) }
        guard phase == .stopping, lanes.values.allSatisfy(\.isDone) else { return }
        phase = .idle
        hub.emit(.shutDown)
        hub.finish()
        timeouts.stop()
        for slot in executors.values { slot.executor.shutdown() }
        retireExecutors()
        hasStopped()
    }

    /// Returns when the engine has stopped.
    func waitForEnd() async {
        // Asked inside, since others may have had their turn before.
        await withCheckedContinuation { if phase == .idle { $0.resume() } else { stopWaiters.append($0) } }
    }

    /// Lets go whoever waits for the end.
    private func hasStopped() {
        isStarted.store(false, ordering: .releasing)
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
            lane.hasLostTime = true
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
