import CarillonTriggers
import Logging
import Synchronization

/// One pass of a lane over its store.
extension Engine {
    /// A pass that was sent, and the callers that wait for it.
    private struct SentPass {
        let pass: StorePass
        /// When it was sent, on the monotonic clock.
        let sent: Int64
        let additions: AdditionBatch
        /// Requests to run jobs now that it serves.
        let requests: [RunRequests.Request]
        /// The executors' room that it draws on.
        let draws: RoomDraws
        /// The ends of runs that the store does not know yet.
        let ends: UnwrittenEnds
        /// Whether it leaves ends of runs to the next pass.
        let leavesEnds: Bool
    }

    /// Makes a pass over a lane's store: collects what has to be written, sends it, and starts the runs that the node
    /// took.
    func pass(_ lane: StoreLane) async throws(CarillonError) -> WakeUp {
        let epoch = lane.epoch
        await lane.lock.acquire()
        // A shutdown may have left the store behind meanwhile.
        guard lane.isOpen(epoch) else {
            lane.lock.release()
            return .at(nil)
        }
        let sent = preparePass(lane)
        let result = try await send(sent, lane)
        guard lane.isOpen(epoch) else {
            // The store was left behind meanwhile: a reconciliation finds what the pass took when the store is next
            // served.
            answer(sent, result)
            lane.lock.release()
            release(sent.draws, of: lane)
            lane.reconciliation.want()
            lane.signal.raise()
            return .at(nil)
        }
        try await take(result, of: sent, lane)

        var moved: [JobID] = []
        for id in result.misplaced where lane.isOpen(epoch) {
            if try await recheck(id, lane) { moved.append(id) }
        }
        tellMoved(moved, lane)
        // A judgement that ran out meanwhile recovered nothing, and the next heartbeat judges again.
        if lane.isOpen(epoch), clock.monotonic - sent.sent < sent.pass.deadFor {
            try await forgetDead(sent.pass.dead, result, lane)
        }
        guard lane.isOpen(epoch) else { return .at(nil) }
        suspectParked(lane, result)
        return wakeUp(after: result, of: sent, lane, hasMoved: !moved.isEmpty)
    }

    /// Puts together the next pass. The lane's lock is held.
    private func preparePass(_ lane: StoreLane) -> SentPass {
        let sent = clock.monotonic
        let now = clock.now
        // Only a node that has its lease and knows which nodes are dead judges what is due.
        let fires = firesAndTakes(lane)
        let draws = RoomDraws(fires ? executors : [:], at: sent)
        let ends = UnwrittenEnds(lane.runs.works, lane.completions.withheld.completions)
        let limit = lane.store.capabilities.changesPerStep
        let additions = beginAdding(fires ? lane.additions.takeAll(limit: limit) : [], lane, at: now)
        let requests = fires ? lane.runRequests.take(limit: limit) : []
        // Lost runs are logged, from the events of the pass.
        let dead = lane.isAwake(at: sent) ? lane.membership.dead(at: sent) : (nodes: [], left: 0)
        let mayLose = !dead.nodes.isEmpty || Completion.isAnyInterrupted(of: lane.completions.pending)
        var pass = StorePass(now: now, node: node.id, tasks: registry.names)
        pass.adding = additions.new
        pass.runNow = Set(requests.map(\.job))
        pass.readNow = { [clock] in clock.now }
        pass.random = options.random
        pass.awakeSince = lane.timely.awakeSince(at: now)
        pass.atWork = Set(lane.runs.takenOver.compactMap { lane.runs.works[$0]?.run.id })
        pass.mayHaveEnded = mayHaveEnded(ends, sent: sent, lane)
        pass.wantsEvents = hub.isWanted || metrics != nil || mayLose
        // A pass gets no more ends than one step of the store can write; the next pass follows at once.
        pass.completions = lane.completions.beginWriting(atMost: limit)
        (pass.dead, pass.deadFor) = dead
        pass.pause = latestPause
        pass.fires = fires
        pass.ranAhead = lane.times.ranAhead
        pass.movesNext = lane.times.zones != .olderThanOthers
        pass.draws = draws
        // Jobs that stay due come first, and must not hide the others.
        pass.dueLimit = fires ? lane.agenda.passLimit + lane.agenda.heldOff : 0
        pass.readyLimit = fires && hasRoom ? lane.agenda.readyLimit : 0
        lane.agenda.beginAsking()
        // A pass that only writes leaves the rest to the next one.
        if fires || phase != .running || isPaused || lane.departure.isUnderWay { lane.agenda.mustPass = false }
        return SentPass(
            pass: pass, sent: sent, additions: additions, requests: requests, draws: draws, ends: ends,
            leavesEnds: !lane.completions.isEmpty)
    }

    /// Sends a pass to the store. If that fails, everything that it was to do stays pending, though the store may have
    /// written it.
    private func send(_ sent: SentPass, _ lane: StoreLane) async throws(CarillonError) -> StorePass.Result {
        do throws(CarillonError) {
            let result = try await sent.pass.run(on: lane.store)
            sent.ends.clear()
            tell(sent.additions, result.added, lane)
            lane.completions.finishWriting(unwritten: result.unwritten)
            lane.agenda.learn(result.earliest)
            return result
        } catch {
            sent.ends.clear()
            fail(sent.additions, error, lane)
            for request in sent.requests { request.settle(.failure(error)) }
            lane.lock.release()
            release(sent.draws, of: lane)
            lane.completions.failWriting()
            throw error
        }
    }

    /// Emits the events of a pass, starts the runs that it took, and releases the lane's lock.
    private func take(_ result: StorePass.Result, of sent: SentPass, _ lane: StoreLane) async throws(CarillonError) {
        if sent.pass.fires { lane.agenda.heldOff = result.heldOff }
        if clock.monotonic - sent.sent > StorePass.stallLimit { lane.noteStall() }
        var failure: CarillonError?
        do throws(CarillonError) {
            try await tellRefused(result.refused, lane)
        } catch {
            // Runs that were taken are this node's in any case.
            failure = error
        }
        tell(result, sent.pass.completions, lane)
        tellRemoved(result.removed, lane)
        tellBacklogs(result.backlogs, lane)
        lane.runs.cancel(result.cancelled)
        await start(result.taken, of: result.definitions, sent: sent.sent, on: lane)
        // After the start, which is what callers wait for.
        answer(sent, result)
        lane.lock.release()
        release(sent.draws, of: lane)
        if let failure { throw failure }
    }

    /// Returns when a lane turns next after a pass.
    private func wakeUp(
        after result: StorePass.Result, of sent: SentPass, _ lane: StoreLane, hasMoved: Bool
    ) -> WakeUp {
        let refusals = lane.refusals.take(result.statuses)
        if refusals.isSuspicious { lane.times.mustReadAhead = true }
        let addedCount = result.added.count { $0?.isDue(at: sent.pass.now) ?? false }
        let isFull = result.statuses.count - addedCount >= lane.agenda.passLimit
        // Runs for executors without room may hide runs for executors that have some.
        let readyLimit = sent.pass.readyLimit
        let isHidden = readyLimit > 0 && result.taken.isEmpty && result.planned >= readyLimit
        lane.agenda.lookFurther(isHidden)
        if refusals.triesAgain || isFull || isHidden || sent.leavesEnds || hasMoved { return .now }
        // Another pass may have held the room, and have given it back by now.
        let mayTakeMore = sent.draws.exhausted.contains { executors[$0]?.room(at: clock.monotonic).free ?? 0 > 0 }
        return rest(lane, isStalled: !mayTakeMore && result.statuses.allSatisfy { $0 == .changed })
    }

    /// Answers the callers that waited for a pass.
    private func answer(_ sent: SentPass, _ result: StorePass.Result) {
        answer(sent.additions, result.added)
        for request in sent.requests { request.settle(.success(result.ranNow[request.job])) }
    }

    /// Gives back the room that a pass drew; what it took is counted separately.
    private func release(_ draws: RoomDraws, of lane: StoreLane) {
        guard draws.giveBack() else { return }
        retireExecutors()
        if hasRoom { wakeStarved(except: lane) }
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
        // The error in the store may say more than the completion did.
        for lost in result.lost { errors[lost.id] = lost.error ?? errors[lost.id] }
        if !result.lost.isEmpty { logLost(result, errors, lane) }
        hub.emit(result.events.map { SchedulerEvent.Kind($0) { errors[$0] } })
    }

    /// Releases the functions of jobs that were removed because they had ended, and emits the removals.
    func tellRemoved(_ jobs: [JobID], _ lane: StoreLane) {
        guard !jobs.isEmpty else { return }
        registry.release(jobs)
        hub.emit(jobs.map { .jobRemoved($0, store: lane.alias) })
    }

    /// Returns a function that says whether a running run may have ended without the store knowing it.
    private func mayHaveEnded(
        _ ends: UnwrittenEnds, sent: Int64, _ lane: StoreLane
    ) -> @Sendable (Run) -> Bool {
        let (clock, node, doubts) = (clock, node.id, lane.membership.doubts)
        return { run in
            guard case .running(let holder) = run.state else { return false }
            if holder == node { return ends.contains(run) }
            let monotonic = clock.monotonic
            // If the store stalled for this node, it did so for the other nodes as well.
            return monotonic - sent > StorePass.stallLimit || doubts.cover(holder, at: monotonic)
        }
    }

    /// Logs jobs that fall behind, each once.
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
}
