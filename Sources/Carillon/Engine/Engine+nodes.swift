import CarillonTriggers
import Logging
import Synchronization

/// What a node owes the others, and what it learns of them.
extension Engine {
    /// Time between two heartbeats, in microseconds.
    private static let heartbeatPause: Int64 = 1_000_000

    /// Sends heartbeats until the task is cancelled. It runs beside the engine, which a run that it performs itself may
    /// keep from turning; but an engine that does not turn for any other reason is not alive.
    nonisolated func sendHeartbeats(to store: any JobStore, _ inbox: LaneInbox) async {
        while !Task.isCancelled {
            let silence = clock.monotonic - lastTurn.load(ordering: .relaxed)
            let isAlive =
                inlineRuns.load(ordering: .relaxed) > 0 || silence <= 3 * options.lease.wholeMicroseconds
            if isAlive {
                do throws(CarillonError) {
                    let heartbeat = try await store.heartbeat(report)
                    inbox.post { $0.heartbeats.append(heartbeat) }
                } catch {
                    inbox.post { $0.heartbeatFailure = error }
                }
            } else {
                // Have it turn, where it can.
                inbox.post { _ in }
            }
            do { try await clock.sleep(until: clock.monotonic + Self.heartbeatPause) } catch { return }
        }
    }

    /// Wakes a lane whenever its store says that somebody changed it.
    nonisolated func followChanges(of store: any ChangeNotifying, _ inbox: LaneInbox) async {
        while !Task.isCancelled {
            do {
                for await _ in try await store.changes() { inbox.post { $0.isChanged = true } }
            } catch {
                logger.warning("changes cannot be followed: \(error)")
            }
            // A stream that ends has lost its store; heartbeats tell of changes meanwhile.
            do { try await clock.sleep(until: clock.monotonic + Self.heartbeatPause) } catch { return }
        }
    }

    /// Takes what the store has said since the last turn.
    func takeHeartbeats(_ lane: StoreLane) {
        let news = lane.inbox.takeAll()
        if news.isChanged { lane.mustAsk = true }
        if let error = news.heartbeatFailure {
            logger.warning("a heartbeat failed: \(error)", metadata: ["store": "\(lane.alias)"])
        }
        for heartbeat in news.heartbeats {
            if lane.watch.hasLostLease(at: heartbeat.storeTime) { lane.mustReconcile = true }
            lane.dead.formUnion(lane.watch.dead(in: heartbeat) { ProcessIdentity.hasEnded($0, started: $1) })
            lane.expect(EarliestTimes(due: heartbeat.earliestDue, available: heartbeat.earliestAvailable))
            if heartbeat.changeCounter != lane.changeCounter { lane.mustPass = true }
            lane.changeCounter = heartbeat.changeCounter
            cancel(heartbeat.cancelRequested, on: lane)
        }
    }

    private func cancel(_ runs: [Run.ID], on lane: StoreLane) {
        guard !runs.isEmpty else { return }
        let runs = Set(runs)
        for work in lane.works.values where runs.contains(work.run.id) { work.cancel() }
    }

    /// Brings in line what the store says of this node's runs and what the node does: a commit that failed may have been
    /// written, and a node that was silent for too long may have lost runs to others.
    func reconcile(_ lane: StoreLane) async throws(CarillonError) {
        var query = JobQuery(now: clock.now)
        query.runningOn = [node.id]
        let snapshots = try await lane.store.find(query)
        var own: [Run.ID: Int64] = [:]
        var unknown: [Run] = []
        var definitions: [JobDefinition] = []
        let atWork = Set(lane.works.values.map(\.run.id)).union(lane.completions.map(\.run))
        for snapshot in snapshots {
            for run in snapshot.open where run.state == .running(node: node.id) {
                own[run.id] = run.fence
                guard !atWork.contains(run.id) else { continue }
                unknown.append(run)
                definitions.append(snapshot.job.definition)
            }
        }
        for work in lane.works.values where own[work.run.id] != work.run.fence {
            // It may be another's by now. Where its job was removed it goes on.
            let stored = try await lane.store.run(work.run.id)
            if stored?.state != .running(node: node.id) || stored?.fence != work.run.fence { work.cancel() }
        }
        lane.mustReconcile = false
        await start(unknown, of: definitions, on: lane)
    }

    /// Forgets dead nodes once nothing is left to recover from them.
    func forgetDead(_ dead: Set<NodeID>, _ result: StorePass.Result, _ lane: StoreLane) async throws(CarillonError) {
        guard !dead.isEmpty, result.statuses.allSatisfy({ $0.status != .changed }) else { return }
        for node in dead {
            let ended = try await lane.store.endRunsWithoutJob(on: node, at: clock.now)
            hub.emit(ended.map { .runEnded($0.id, $0.isCancelRequested ? .cancelled : .lost, error: $0.error) })
        }
        try await lane.store.forget(dead)
        lane.dead.subtract(dead)
    }
}
