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
            if needsPassForCallers(lane) { continue }
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

    /// Returns when every lane waits for a time or for somebody, and every run that is at work sleeps by the clock; for
    /// those who move the clock.
    package func waitUntilSettled() async {
        // Asked inside, since others may have had their turn before.
        await withCheckedContinuation { if isSettled { $0.resume() } else { settledWaiters.append($0) } }
    }

    /// Does something on the engine without a thread that has to wake another, for those who move the clock.
    package func perform(_ body: @escaping @Sendable (isolated Engine) async -> Void) async {
        await Task(executorPreference: laneExecutor) { await body(self) }.value
    }

    private var isSettled: Bool { lanes.values.allSatisfy(\.isSettled) && areRunsSettled }

    /// Whether every run that is at work sleeps by the clock, and no other can begin before one of them has woken.
    private var areRunsSettled: Bool {
        var sleeping = FewNamed<Int>()
        var waiting = FewNamed<Int>()
        for lane in lanes.values where !lane.isDone {
            for work in lane.works.values {
                switch work.activity {
                case .atWork: return false
                case .sleeping: sleeping.count(work.executor)
                case .waiting: waiting.count(work.executor)
                }
            }
        }
        let isInlineSleeping = sleeping.names.contains { executors[$0]?.executor.isInline == true }
        if isPerformingInline, !isInlineSleeping { return false }
        return waiting.names.allSatisfy { alias in
            guard let index = sleeping.index(of: alias), let slot = executors[alias] else { return false }
            return sleeping.values[index] >= slot.executor.capacity
        }
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
        let epoch = lane.epoch
        lane.isTurning = true
        lastTurn.store(clock.monotonic, ordering: .relaxed)
        checkClock()
        collect(lane)
        takeHeartbeats(lane)
        lane.noteSilence(at: clock.monotonic)
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
            if !lane.leftBehind.isEmpty {
                // That may take seconds.
                lane.giveUpPass()
                try await endLeftBehind(lane)
            }
            if lane.mustReconcile { try await reconcile(lane) }
            // A shutdown may have left the store behind meanwhile: nothing is asked of it any more.
            if lane.isOpen(epoch), lane.mustReadAhead { try await readAhead(lane) }
            noteSleep(lane)
            if lane.isOpen(epoch), lane.mustAsk, !needsPass(lane) { try await lane.ask(registry.names) }
            guard lane.isOpen(epoch) else { return .at(nil) }
            let wakeUp = needsPass(lane) ? try await pass(lane) : rest(lane)
            if lane.isOpen(epoch) { beginRecheck(lane) }
            if lane.isOpen(epoch) { try await reportParked(lane) }
            if lane.isOpen(epoch) { await writeNotes(lane) }
            if lane.isOpen(epoch) { hasAnswered(lane) }
            return wakeUp
        } catch {
            guard lane.isOpen(epoch) else { return .at(nil) }
            hasFailed(lane, error)
            return .at(lane.retryAt)
        }
    }

    func firesAndTakes(_ lane: StoreLane) -> Bool {
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
        return firesAndTakes(lane) && (lane.hasCallers || hasSomethingToDo(lane))
    }

    private func hasSomethingToDo(_ lane: StoreLane) -> Bool {
        let now = clock.now
        if lane.mustPass || lane.earliest.due.map({ $0 <= now }) ?? false { return true }
        return lane.earliest.available.map { $0 <= now } ?? false
    }

    private func pass(_ lane: StoreLane) async throws(CarillonError) -> WakeUp {
        let epoch = lane.epoch
        await lane.lock.acquire()
        // A shutdown may have left the store behind meanwhile.
        guard lane.isOpen(epoch) else {
            lane.lock.release()
            return .at(nil)
        }
        let sent = clock.monotonic
        // What is due is judged only by a node that has its lease and knows who is dead.
        let fires = firesAndTakes(lane)
        let draws = RoomDraws(fires ? executors : [:], at: sent)
        let ends = UnwrittenEnds(lane.works, lane.withheld.completions)
        let now = clock.now
        let limit = lane.store.capabilities.changesPerStep
        let additions = beginAdding(fires ? lane.additions.takeAll(limit: limit) : [], lane, at: now)
        var pass = StorePass(now: now, node: node.id, tasks: registry.names)
        pass.adding = additions.new
        let requests = fires ? lane.runRequests.take(limit: limit) : []
        pass.runNow = Set(requests.map(\.job))
        pass.readNow = { [clock] in clock.now }
        pass.random = options.random
        pass.awakeSince = lane.awakeSince(at: pass.now)
        pass.atWork = Set(lane.takenOver.compactMap { lane.works[$0]?.run.id })
        pass.mayHaveEnded = mayHaveEnded(ends, sent: sent, lane)
        // What is lost is logged.
        let mayLose = !lane.dead.isEmpty || Completion.isAnyInterrupted(of: lane.completions)
        pass.wantsEvents = hub.isWanted || metrics != nil || mayLose
        // A pass is told no more ends than one step of the store holds; the next one comes at once.
        let left = lane.completions.dropFirst(limit)
        pass.completions = left.isEmpty ? lane.completions : Array(lane.completions.dropLast(left.count))
        pass.dead = lane.isAwake(at: sent) ? lane.dead : []
        pass.pause = latestPause
        pass.fires = fires
        pass.ranAhead = lane.ranAhead
        pass.movesNext = lane.zones != .olderThanOthers
        pass.draws = draws
        // Those that stay due come first, and must not hide the others.
        pass.dueLimit = fires ? lane.passLimit + lane.heldOff : 0
        pass.readyLimit = fires && hasRoom ? lane.readyLimit : 0
        lane.completions = Array(left)
        lane.writing = pass.completions
        lane.beginAsking()
        // A pass that only writes leaves the others to do.
        if fires || phase != .running || isPaused || lane.isLeaving { lane.mustPass = false }

        let result: StorePass.Result
        do throws(CarillonError) {
            result = try await pass.run(on: lane.store)
            ends.clear()
        } catch {
            ends.clear()
            fail(additions, error, lane)
            for request in requests { request.settle(.failure(error)) }
            lane.lock.release()
            release(draws, of: lane)
            // Whether they were written is not known; their fences tell.
            lane.completions = pass.completions + lane.completions
            lane.writing = []
            throw error
        }
        tell(additions, result.added, lane)
        lane.completions += result.unwritten
        lane.writing = []
        lane.learn(result.earliest)
        guard lane.isOpen(epoch) else {
            // It came back to a store that was left behind: what it took is looked up when the store is next served.
            answer(additions, requests, result)
            lane.lock.release()
            release(draws, of: lane)
            lane.mustReconcile = true
            lane.signal.raise()
            return .at(nil)
        }
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
        tellBacklogs(result.backlogs, lane)
        cancel(result.cancelled, on: lane)
        await start(result.taken, of: result.definitions, sent: sent, on: lane)
        // Behind the start, which is what they wait for.
        answer(additions, requests, result)
        lane.lock.release()
        release(draws, of: lane)
        if let failure { throw failure }

        var moved: [JobID] = []
        for id in result.misplaced where lane.isOpen(epoch) {
            if try await recheck(id, lane) { moved.append(id) }
        }
        tellMoved(moved, lane)
        if lane.isOpen(epoch) { try await forgetDead(pass.dead, result, lane) }
        guard lane.isOpen(epoch) else { return .at(nil) }
        noteStall(lane, result)
        let isChanged = lane.mayTryAgain(result.statuses)
        let addedCount = result.added.count { $0?.isDue(at: pass.now) ?? false }
        let isFull = result.statuses.count - addedCount >= lane.passLimit
        // Behind those for executors without room there may be some for executors that have it.
        let isHidden = pass.readyLimit > 0 && result.taken.isEmpty && result.planned >= pass.readyLimit
        lane.readyLimit = isHidden ? 2 * lane.readyLimit : lane.passLimit
        // Another pass may have had the room, which it has given back by now.
        let mayTakeMore = draws.exhausted.contains { executors[$0]?.room(at: clock.monotonic).free ?? 0 > 0 }
        let isStalled = !isChanged && !mayTakeMore && result.statuses.allSatisfy { $0 == .changed }
        let hasMore = isChanged || isFull || isHidden || !left.isEmpty || !moved.isEmpty
        return hasMore ? .now : rest(lane, isStalled: isStalled)
    }

    /// Answers those who have waited for a pass.
    private func answer(_ additions: AdditionBatch, _ requests: [RunRequests.Request], _ result: StorePass.Result) {
        answer(additions, result.added)
        for request in requests { request.settle(.success(result.ranNow[request.job])) }
    }

    /// Gives back the room that a pass has drawn; what it took is counted apart.
    private func release(_ draws: RoomDraws, of lane: StoreLane) {
        guard draws.giveBack() else { return }
        retireExecutors()
        if hasRoom { wakeStarved(except: lane) }
    }

    /// When there is something to do next. What lies in the past though nothing came of the last pass waits for whoever
    /// holds it up, who wakes the lane at the end.
    private func rest(_ lane: StoreLane, isStalled: Bool = false) -> WakeUp {
        lane.isTurning = false
        stopIfIdle()
        // Runs at work wake the lane when they end; without any it is done.
        guard phase == .running, !lane.isLeaving else {
            return lane.works.isEmpty || !lane.completions.isEmpty ? .now : .at(nil)
        }
        let now = clock.now
        let monotonic = clock.monotonic
        var times: [Int64] = []
        let isAwake = lane.isAwake(at: monotonic)
        lane.awaitsHeartbeat = !isPaused && !isAwake && hasSomethingToDo(lane)
        if !isPaused {
            for time in [lane.earliest.due, lane.earliest.available].compactMap({ $0 }) {
                let distance = time.microseconds - now.microseconds
                // What is not yet due comes at its time, also without the lease: a test that moves the clock then waits
                // for the heartbeat that brings it back.
                if distance > 0 {
                    times.append(monotonic + distance)
                } else if isAwake {
                    if !isStalled, time == lane.earliest.due || hasRoom { return .now }
                    times.append(monotonic + Self.stalledPause)
                }
            }
            if isAwake { lane.isStarved = lane.earliest.available.map { $0 <= now } ?? false }
        }
        if let time = lane.reconcileAt { times.append(time) }
        if let time = lane.withheld.due { times.append(time) }
        if let oldest = lane.unstarted.first { times.append(oldest.taken + Self.unstartedLimit) }
        // The end of what is under way wakes the lane.
        if lane.pruning == nil { times.append(lane.pruneAt) }
        return .at(times.min())
    }

    /// Whether an executor could have another run now.
    private var hasRoom: Bool {
        let monotonic = clock.monotonic
        return executors.values.contains { slot in
            let room = slot.room(at: monotonic)
            return room.free > 0 || room.ahead > 0
        }
    }

    private func tell(_ result: StorePass.Result, _ completions: [Completion], _ lane: StoreLane) {
        metrics?.passed(result)
        guard hub.isWanted || !result.lost.isEmpty else { return }
        var errors: [Run.ID: String] = [:]
        for completion in completions {
            switch completion.result {
            case .ended(_, let error?, _, _, _): errors[completion.run] = error
            case .interrupted: errors[completion.run] = Run.interruption(by: node.id)
            default: break
            }
        }
        // As it stands in the store: that may say more than the completion did.
        for lost in result.lost { errors[lost.id] = lost.error ?? errors[lost.id] }
        if !result.lost.isEmpty { logLost(result, errors, lane) }
        hub.emit(result.events.map { SchedulerEvent.Kind($0) { errors[$0] } })
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
    func noteStall(of lane: StoreLane) {
        guard lane.isShared else { return }
        lane.doubts.noteStall(at: clock.monotonic)
        lane.mustReadAhead = true
    }

    private func hasAnswered(_ lane: StoreLane) {
        guard lane.failures > 0 else { return }
        lane.failures = 0
        lane.retryAt = .min
        logger.notice("the job store answers again", metadata: ["store": "\(lane.alias)"])
        hub.emit(.storeRecovered(lane.alias))
    }

    func hasFailed(_ lane: StoreLane, _ error: CarillonError) {
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
