import CarillonTriggers
import Logging
import Synchronization

/// How a lane turns.
extension Engine {
    /// A lane looks again after so many microseconds where work is there that it could not take.
    private static let stalledPause: Int64 = 1_000_000

    /// Turns until the engine has stopped and the lane has nothing left to write.
    func run(_ alias: String) async {
        guard let lane = lanes[alias] else { return }
        let epoch = lane.epoch
        while !lane.isDone, lane.epoch == epoch {
            let wakeUp = await turn(lane)
            if lane.isDone || lane.epoch != epoch { return }
            switch wakeUp {
            case .now: continue
            case .at(let time):
                lane.alarm?.set(time)
                lane.beginWait(until: time)
            }
            lane.isWaiting = true
            settle()
            await lane.signal.wait()
            lane.isWaiting = false
            lane.endWait()
        }
    }

    /// Returns when every lane waits for a time or for somebody, and no run is at work; for those who move the clock.
    package func waitUntilSettled() async {
        // Asked inside, since others may have had their turn before.
        await withCheckedContinuation { if isSettled { $0.resume() } else { settledWaiters.append($0) } }
    }

    /// Does something on the engine without a thread that has to wake another, for those who move the clock.
    package func perform(_ body: @escaping @Sendable (isolated Engine) async -> Void) async {
        await Task(executorPreference: laneExecutor) { await body(self) }.value
    }

    private var isSettled: Bool {
        !isPerformingInline && lanes.values.allSatisfy(\.isSettled)
    }

    func settle() {
        guard !settledWaiters.isEmpty, isSettled else { return }
        let waiters = settledWaiters
        settledWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    /// When a lane wants to turn again.
    private enum WakeUp {
        case now
        /// At a time of the clock that only goes on, or when it is woken.
        case at(Int64?)
    }

    private func turn(_ lane: StoreLane) async -> WakeUp {
        lastTurn.store(clock.monotonic, ordering: .relaxed)
        checkClock()
        collect(lane)
        takeHeartbeats(lane)
        giveBackUnstarted(lane)
        retireExecutors()
        metrics?.note(executors)
        prune(lane)
        finishStopping(lane)
        if lane.isDone { return .at(nil) }
        guard clock.monotonic >= lane.retryAt else { return .at(lane.retryAt) }
        lane.completions += lane.withheld.take(at: clock.monotonic)
        if lane.isShared, lane.reconciledBreaks != lane.lease.breaks { lane.mustReconcile = true }
        if let time = lane.reconcileAt, clock.monotonic >= time { lane.mustReconcile = true }
        do {
            // Before anything can recover the runs of dead nodes.
            if !lane.leftBehind.isEmpty { try await endLeftBehind(lane) }
            if lane.mustReconcile { try await reconcile(lane) }
            if lane.mustTurnBack { try await turnBack(lane) }
            noteSleep(lane)
            if lane.mustAsk, !needsPass(lane) { try await lane.ask(registry.names) }
            let wakeUp = needsPass(lane) ? try await pass(lane) : rest(lane)
            try await reportParked(lane)
            await writeNotes(lane)
            hasAnswered(lane)
            return wakeUp
        } catch {
            hasFailed(lane, error)
            return .at(lane.retryAt)
        }
    }

    private func firesAndTakes(_ lane: StoreLane) -> Bool {
        phase == .running && !isPaused && !lane.isLeaving && lane.isAwake(at: clock.monotonic)
    }

    /// What came due while the lane had no lease for more than a second could not be fired in time.
    private func noteSleep(_ lane: StoreLane) {
        let monotonic = clock.monotonic
        if !lane.isAwake(at: monotonic) {
            lane.asleepSince = lane.asleepSince ?? monotonic
        } else if let since = lane.asleepSince {
            lane.asleepSince = nil
            if monotonic - since > StorePass.stallLimit { lane.hasLostTime = true }
        }
    }

    private func needsPass(_ lane: StoreLane) -> Bool {
        if !lane.completions.isEmpty || (!lane.dead.isEmpty && lane.isAwake(at: clock.monotonic)) { return true }
        return firesAndTakes(lane) && hasSomethingToDo(lane)
    }

    private func hasSomethingToDo(_ lane: StoreLane) -> Bool {
        let now = clock.now
        if lane.mustPass || lane.earliest.due.map({ $0 <= now }) ?? false { return true }
        return lane.earliest.available.map { $0 <= now } ?? false
    }

    private func pass(_ lane: StoreLane) async throws(CarillonError) -> WakeUp {
        await lane.lock.acquire()
        let sent = clock.monotonic
        // What is due is judged only by a node that has its lease and knows who is dead.
        let fires = firesAndTakes(lane)
        let ends = UnwrittenEnds(lane.works, lane.withheld.completions)
        var pass = StorePass(now: clock.now, node: node.id, tasks: registry.names)
        pass.readNow = { [clock] in clock.now }
        pass.random = options.random
        pass.awakeSince = lane.awakeSince(at: pass.now)
        pass.atWork = Set(lane.takenOver.compactMap { lane.works[$0]?.run.id })
        pass.mayHaveEnded = mayHaveEnded(ends, sent: sent, lane)
        // What is lost is logged.
        let mayLose = !lane.dead.isEmpty || lane.completions.contains(where: \.isInterrupted)
        pass.wantsEvents = hub.isWanted || metrics != nil || mayLose
        pass.completions = lane.completions
        pass.dead = lane.isAwake(at: sent) ? lane.dead : []
        pass.pause = latestPause
        pass.fires = fires
        pass.rooms = fires ? rooms() : [:]
        // Those that stay due come first, and must not hide the others.
        pass.dueLimit = fires ? lane.passLimit + lane.heldOff : 0
        pass.readyLimit = fires && hasRoom(pass.rooms) ? lane.readyLimit : 0
        lane.completions = []
        // A pass that only writes leaves the others to do.
        if fires || phase != .running || isPaused || lane.isLeaving { lane.mustPass = false }

        let result: StorePass.Result
        do throws(CarillonError) {
            result = try await pass.run(on: lane.store)
            ends.clear()
        } catch {
            ends.clear()
            lane.lock.release()
            // Whether they were written is not known; their fences tell.
            lane.completions = pass.completions + lane.completions
            throw error
        }
        lane.completions += result.unwritten
        if fires { lane.heldOff = result.heldOff }
        if clock.monotonic - sent > StorePass.stallLimit { noteStall(of: lane) }
        var failure: CarillonError?
        do throws(CarillonError) {
            try await tellRefused(result.refused, lane)
        } catch {
            // What was taken is the node's in any case.
            failure = error
        }
        tell(result, pass.completions, lane)
        cancel(result.cancelled, on: lane)
        tellBacklogs(result.backlogs, lane)
        await start(result.taken, of: result.definitions, sent: sent, on: lane)
        lane.lock.release()
        if let failure { throw failure }

        try await forgetDead(pass.dead, result, lane)
        try await lane.ask(registry.names)
        noteStall(lane, result)
        let isChanged = result.statuses.contains { $0.status == .changed }
        let isFull = result.statuses.count >= lane.passLimit
        // Behind those for executors without room there may be some for executors that have it.
        let isHidden = pass.readyLimit > 0 && result.taken.isEmpty && result.planned >= pass.readyLimit
        lane.readyLimit = isHidden ? 2 * lane.readyLimit : lane.passLimit
        return isChanged || isFull || isHidden ? .now : rest(lane, isStalled: result.statuses.isEmpty)
    }

    /// When there is something to do next. What lies in the past though nothing came of the last pass waits for whoever
    /// holds it up, who wakes the lane at the end.
    private func rest(_ lane: StoreLane, isStalled: Bool = false) -> WakeUp {
        stopIfIdle()
        // Runs at work wake the lane when they end; without any it is done.
        guard phase == .running, !lane.isLeaving else {
            return lane.works.isEmpty || !lane.completions.isEmpty ? .now : .at(nil)
        }
        let now = clock.now
        let monotonic = clock.monotonic
        var times: [Int64] = []
        lane.awaitsHeartbeat = !isPaused && !lane.isAwake(at: monotonic) && hasSomethingToDo(lane)
        // Without its lease it can only wait for a heartbeat.
        if !isPaused, lane.isAwake(at: monotonic) {
            for time in [lane.earliest.due, lane.earliest.available].compactMap({ $0 }) {
                let distance = time.microseconds - now.microseconds
                if distance <= 0, !isStalled, time == lane.earliest.due || hasRoom(rooms()) { return .now }
                // Only what is due already is held up; what is not yet due comes at its time.
                times.append(monotonic + (distance > 0 ? distance : Self.stalledPause))
            }
            lane.isStarved = lane.earliest.available.map { $0 <= now } ?? false
        }
        if let time = lane.reconcileAt { times.append(time) }
        if let time = lane.withheld.due { times.append(time) }
        if let oldest = lane.unstarted.first { times.append(oldest.taken + Self.unstartedLimit) }
        // The end of what is under way wakes the lane.
        if lane.pruning == nil { times.append(lane.pruneAt) }
        return .at(times.min())
    }

    private func rooms() -> [String: StorePass.Room] {
        let monotonic = clock.monotonic
        return executors.mapValues { $0.room(at: monotonic) }
    }

    private func hasRoom(_ rooms: [String: StorePass.Room]?) -> Bool {
        rooms?.values.contains { $0.free > 0 || $0.ahead > 0 } ?? false
    }

    private func tell(_ result: StorePass.Result, _ completions: [Completion], _ lane: StoreLane) {
        metrics?.passed(result)
        guard hub.isWanted || !result.lost.isEmpty || !result.endedWithoutJob.isEmpty else { return }
        var errors: [Run.ID: String] = [:]
        for completion in completions {
            switch completion.result {
            case .ended(_, let error?, _, _, _): errors[completion.run] = error
            case .interrupted: errors[completion.run] = Run.interruption(by: node.id)
            default: break
            }
        }
        if !result.lost.isEmpty { logLost(result, errors, lane) }
        hub.emit(result.events.map { SchedulerEvent.Kind($0) { errors[$0] } })
        for completion in result.endedWithoutJob {
            switch completion.result {
            case .ended(let outcome, let error, _, _, _): hub.emit(.runEnded(completion.run, outcome, error: error))
            case .interrupted:
                let error = Run.interruption(by: node.id)
                logFailure(completion.run, .lost, error, task: nil, lane)
                hub.emit(.runEnded(completion.run, .lost, error: error))
            case .givenBack: break
            }
        }
    }

    /// Whether a running run may have ended without the store knowing it.
    private func mayHaveEnded(
        _ ends: UnwrittenEnds, sent: Int64, _ lane: StoreLane
    ) -> @Sendable (Run) -> Bool {
        let (clock, node, doubts) = (clock, node.id, lane.doubts)
        return { run in
            guard case .running(let holder) = run.state else { return false }
            if holder == node { return ends.contains(run) }
            let monotonic = clock.monotonic
            // Where the store has stalled, it has done so for the others, too.
            return monotonic - sent > StorePass.stallLimit || doubts.cover(holder, at: monotonic)
        }
    }

    /// Says of jobs, once of each, that they fall behind.
    private func tellBacklogs(_ backlogs: [(job: JobID, waiting: Int)], _ lane: StoreLane) {
        for (job, waiting) in backlogs where waiting >= JobPolicies.backlogLimit {
            guard lane.toldBehind.insert(job).inserted else { continue }
            logger.warning(
                """
                a job falls behind: \(waiting) of its occurrences wait for earlier ones to end, and \
                \(JobPolicies.queueLimit) are the most; its runs take longer than the time between them
                """,
                metadata: ["store": "\(lane.alias)", "job": "\(job)"])
        }
    }

    // MARK: Trouble

    /// A call of the store has failed, or has taken too long: what the others could not write is not known for a while.
    private func noteStall(of lane: StoreLane) {
        if lane.isShared { lane.doubts.noteStall(at: clock.monotonic) }
    }

    private func hasAnswered(_ lane: StoreLane) {
        guard lane.failures > 0 else { return }
        lane.failures = 0
        lane.retryAt = .min
        logger.notice("the job store answers again", metadata: ["store": "\(lane.alias)"])
        hub.emit(.storeRecovered(lane.alias))
    }

    private func hasFailed(_ lane: StoreLane, _ error: CarillonError) {
        lane.failures += 1
        lane.hasLostTime = true
        noteStall(of: lane)
        metrics?.failed(store: lane.alias)
        lane.mustPass = true
        // What a failed commit did is not known; the store tells when it answers again.
        lane.mustReconcile = true
        let pause = min(30_000_000, Int64(100_000) << min(lane.failures - 1, 9))
        lane.retryAt = clock.monotonic + pause
        if lane.failures == 1 {
            logger.error("the job store failed: \(error)", metadata: ["store": "\(lane.alias)"])
            hub.emit(.storeFailed(lane.alias, error))
        }
    }

    /// Clears history every ten minutes, beside the lane: a store clears a part at a time, and takes its time for all.
    private func prune(_ lane: StoreLane) {
        let monotonic = clock.monotonic
        guard phase == .running, lane.pruning == nil, monotonic >= max(lane.pruneAt, lane.retryAt) else { return }
        lane.pruneAt = monotonic + 600_000_000
        let (alias, epoch, now) = (lane.alias, lane.epoch, clock.now)
        lane.pruning = Task(executorPreference: laneExecutor) { await self.clearHistory(alias, epoch, at: now) }
    }

    private func clearHistory(_ alias: String, _ epoch: Int, at now: Instant) async {
        guard let lane = lanes[alias] else { return }
        do throws(CarillonError) {
            _ = try await lane.store.prune(at: now)
            try await releaseFunctions(lane)
        } catch {
            // What a store says that was closed in the meantime is of no interest.
            if lane.epoch == epoch, !lane.isDone { hasFailed(lane, error) }
        }
        lane.pruning = nil
        lane.signal.raise()
    }
}
