import CarillonTriggers
import Logging
import Synchronization

/// The turns of a lane.
extension Engine {
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

    /// When a lane wants to turn again.
    enum WakeUp {
        case now
        /// At a time on the monotonic clock, or when the lane is woken; `nil` for only when it is woken.
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
        guard lane.health.mayAsk(at: clock.monotonic) else { return .at(lane.health.retryAt) }
        lane.completions.retryWithheld(at: clock.monotonic)
        lane.reconciliation.check(at: clock.monotonic, breaks: lane.isShared ? lane.membership.lease.breaks : nil)
        do {
            // Before the runs of dead nodes can be recovered.
            if !lane.membership.leftBehind.isEmpty {
                // Ending processes may take seconds.
                lane.giveUpPass()
                try await endLeftBehind(lane)
            }
            if lane.reconciliation.isDue { try await reconcile(lane) }
            // A shutdown may have left the store behind meanwhile: it is not called any more then.
            if lane.isOpen(epoch), lane.times.mustReadAhead { try await readAhead(lane) }
            lane.noteSleep()
            if lane.isOpen(epoch), lane.agenda.mustAsk, !needsPass(lane) { try await lane.ask(registry.names) }
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
            return .at(lane.health.retryAt)
        }
    }

    func firesAndTakes(_ lane: StoreLane) -> Bool {
        phase == .running && !isPaused && !lane.departure.isUnderWay && lane.isAwake(at: clock.monotonic)
    }

    private func needsPass(_ lane: StoreLane) -> Bool {
        let monotonic = clock.monotonic
        if !lane.completions.pending.isEmpty
            || (!lane.membership.dead(at: monotonic).nodes.isEmpty && lane.isAwake(at: monotonic))
        {
            return true
        }
        return firesAndTakes(lane) && (lane.hasCallers || lane.agenda.hasSomething(at: clock.now))
    }

    /// Returns when the lane has something to do next.
    ///
    /// If the last pass could do nothing about what is overdue, the lane waits for what holds that up, which wakes it
    /// when it ends.
    func rest(_ lane: StoreLane, isStalled: Bool = false) -> WakeUp {
        lane.isTurning = false
        stopIfIdle()
        // Runs at work wake the lane when they end; without any, the lane is done.
        guard phase == .running, !lane.departure.isUnderWay else {
            return lane.runs.works.isEmpty || !lane.completions.pending.isEmpty ? .now : .at(nil)
        }
        let now = clock.now
        let monotonic = clock.monotonic
        let isAwake = lane.isAwake(at: monotonic)
        lane.membership.awaitsHeartbeat = !isPaused && !isAwake && lane.agenda.hasSomething(at: now)
        var times: [Int64] = []
        if !isPaused {
            let next = lane.agenda.next(
                at: now, monotonic, isAwake: isAwake, hasRoom: hasRoom, isStalled: isStalled)
            switch next {
            case .now: return .now
            case .at(let found): times = found
            }
        }
        if let time = lane.reconciliation.again { times.append(time) }
        if let time = lane.completions.withheld.due { times.append(time) }
        if let oldest = lane.runs.unstarted.first { times.append(oldest.startLimit) }
        if let earliest = lane.runs.slow.map(\.startLimit).min() { times.append(earliest) }
        // Pruning that is under way wakes the lane when it ends.
        if lane.pruning.task == nil { times.append(lane.pruning.next) }
        return .at(times.min())
    }

    /// Whether an executor has room for another run now.
    var hasRoom: Bool {
        let monotonic = clock.monotonic
        return executors.values.contains { slot in
            let room = slot.room(at: monotonic)
            return room.free > 0 || room.ahead > 0
        }
    }
}
