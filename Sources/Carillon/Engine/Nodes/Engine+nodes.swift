import CarillonTriggers
import Logging
import Synchronization

/// Heartbeats, and what they say of the other nodes.
extension Engine {
    /// The time between two calls of a store, in microseconds; each is a heartbeat, or asks for news only.
    static let heartbeatPause: Int64 = 1_000_000

    /// Sends a heartbeat every third of a lease, and asks for news every second in between, until the task is
    /// cancelled.
    ///
    /// After a stall of the store it sends a heartbeat every second that asks for all nodes, until all of them have
    /// written. It runs beside the engine, since a run that the engine performs itself may keep it from turning. An
    /// engine that does not turn for any other reason is not alive.
    ///
    /// - Parameter lapse: Gets an element for each heartbeat that fails after the node's lease may have run out. What
    ///   follows from that waits for the engine, which heartbeats must not.
    nonisolated func sendHeartbeats(
        of alias: String, to store: any JobStore, _ inbox: LaneInbox, _ lapse: AsyncStream<Void>.Continuation
    ) async {
        var silence = HeartbeatSilence(from: clock.monotonic)
        var roster = NodeRoster(node.id, lease: lease.wholeMicroseconds)
        while !Task.isCancelled {
            let isAlive =
                inlineRuns.load(ordering: .relaxed) > 0
                || clock.monotonic - lastTurn.load(ordering: .relaxed) <= 3 * lease.wholeMicroseconds
            // An engine that answers is alive, even if it had nothing to do for long.
            if !isAlive { await answer() }
            let sent = clock.monotonic
            let needsAll = inbox.needsAllNodes.load(ordering: .relaxed)
            if !Task.isCancelled, !needsAll, !roster.isHeartbeatDue(at: sent), let news = await news(of: store) {
                inbox.post { $0.news.append((news, clock.monotonic)) }
            } else if !Task.isCancelled {
                do throws(CarillonError) {
                    let answer = try await store.heartbeat(report, since: needsAll ? nil : roster.known)
                    let heartbeat = roster.take(answer, sent: sent)
                    let wasSilent = silence.end(sent: sent)
                    let answered = clock.monotonic
                    inbox.lease.hear(sent: sent, answered: answered)
                    inbox.post {
                        $0.heartbeats.append((heartbeat, sent, answered))
                        $0.answersAgain = $0.answersAgain || wasSilent
                    }
                    if wasSilent {
                        logger.notice("heartbeats are answered again", metadata: ["store": "\(alias)"])
                    }
                } catch {
                    // The store of a lane that has ended may have been closed.
                    if Task.isCancelled { return }
                    roster.lose()
                    let monotonic = clock.monotonic
                    tell(silence.fail(at: monotonic, clock.now), error, alias)
                    if silence.hasLasted(lease.wholeMicroseconds, at: monotonic) { lapse.yield() }
                    // An engine that only waits for its store is alive.
                    inbox.post { $0.failed = monotonic }
                }
            }
            // Counted from the sending, as the lease is.
            let pause = roster.due > sent ? min(Self.heartbeatPause, roster.due - sent) : Self.heartbeatPause
            do { try await clock.sleep(until: sent + pause) } catch { return }
        }
    }

    /// Returns the store's news between heartbeats; `nil` if it does not answer, which the next heartbeat detects as
    /// well.
    private nonisolated func news(of store: any JobStore) async -> StoreNews? {
        try? await store.news(for: node.id, tasks: registry.names)
    }

    private nonisolated func tell(_ news: HeartbeatSilence.News?, _ error: CarillonError, _ alias: String) {
        let message: Logger.Message
        switch news {
        case nil: return
        case .begun: message = "a heartbeat failed: \(error)"
        case .lasting(let since): message = "heartbeats have failed since \(since.formatted(in: .utc)): \(error)"
        }
        logger.warning(message, metadata: ["store": "\(alias)"])
    }

    /// Wakes a lane whenever its store reports a change.
    nonisolated func followChanges(of store: any ChangeNotifying, _ inbox: LaneInbox) async {
        while !Task.isCancelled {
            do {
                for await _ in try await store.changes() { inbox.post { $0.isChanged = true } }
            } catch {
                logger.warning("changes cannot be followed: \(error)")
            }
            // A stream that ends has lost its store; heartbeats report changes meanwhile.
            do { try await clock.sleep(until: clock.monotonic + Self.heartbeatPause) } catch { return }
        }
    }

    /// Processes what the store has reported since the last turn.
    func takeHeartbeats(_ lane: StoreLane) {
        let news = lane.inbox.takeAll()
        if news.isChanged { lane.agenda.mustAsk = true }
        if news.answersAgain { lane.health.retryAtOnce() }
        // A store that accepts a heartbeat accepts completions: other nodes judge limits by both.
        if !news.heartbeats.isEmpty, lane.health.isFailing, !lane.completions.isEmpty { lane.health.retryAtOnce() }
        if !news.heartbeats.isEmpty || news.failed != nil { lane.membership.awaitsHeartbeat = false }
        if let failed = news.failed { lane.membership.noteStall(at: failed) }
        for (heartbeat, sent, answered) in news.heartbeats {
            lane.hear(at: answered)
            compareZones(heartbeat, lane)
            let hasLostLease = lane.membership.take(heartbeat, sent: sent, answered: answered, host: node.host)
            if hasLostLease { lane.reconciliation.want() }
            take(heartbeat.news, lane)
        }
        for (answer, answered) in news.news {
            lane.hear(at: answered)
            take(answer, lane)
        }
    }

    private func take(_ news: StoreNews, _ lane: StoreLane) {
        lane.expect(news.earliest)
        lane.runs.cancel(news.cancelRequested)
    }

    /// Compares the runs that the store says are this node's with what the node does, and resolves the differences. A
    /// commit that failed may have been written, and a node that was silent for too long may have lost runs to other
    /// nodes.
    func reconcile(_ lane: StoreLane) async throws(CarillonError) {
        let (breaks, sent) = (lane.membership.lease.breaks, clock.monotonic)
        let running = try await running(on: lane)
        // By fence as well: a run may have been recovered and taken again while the former work goes on.
        var known: [Run.ID: Set<Int64>] = [:]
        for work in lane.runs.works.values { known[work.run.id, default: []].insert(work.run.fence) }
        for completion in lane.completions.pending { known[completion.run, default: []].insert(completion.fence) }
        for completion in lane.completions.withheld.completions {
            known[completion.run, default: []].insert(completion.fence)
        }
        let unknown = running.filter { known[$0.run.id]?.contains($0.run.fence) != true }
        try await endTakenOver(on: lane, beside: running.map(\.run))
        // The answer that carried the request may have been lost, and a store that is not shared has no heartbeats.
        lane.runs.cancel(running.filter(\.run.isCancelRequested).map(\.run.id))
        // The server may still be processing a call whose connection broke.
        let again = lane.health.isFailing ? clock.monotonic + lease.wholeMicroseconds : nil
        lane.reconciliation.finish(breaks: breaks, again: again)
        // A run of a removed job is not started any more.
        lane.completions.pending += unknown.filter(\.isRemoved).map { givenBack($0.run) }
        let wanted = unknown.filter { !$0.isRemoved }
        await start(wanted.map(\.run), of: wanted.map(\.job), sent: sent, on: lane)
    }

    /// Forgets dead nodes once nothing is left to recover from them.
    func forgetDead(_ dead: Set<NodeID>, _ result: StorePass.Result, _ lane: StoreLane) async throws(CarillonError) {
        guard !dead.isEmpty, !result.statuses.contains(.changed) else { return }
        try await lane.store.forget(dead)
        lane.membership.forget(dead)
    }
}
