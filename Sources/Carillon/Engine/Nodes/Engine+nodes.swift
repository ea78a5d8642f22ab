import CarillonTriggers
import Logging
import Synchronization

/// What a node owes the others, and what it learns of them.
extension Engine {
    /// Time between two questions to a store, in microseconds: each is a heartbeat, or asks for news alone.
    static let heartbeatPause: Int64 = 1_000_000

    /// Sends heartbeats, one every third of a lease, and asks for news every second in between, until the task is cancelled.
    /// After a stall of the store, until all nodes have written, it sends one every second that asks for all nodes.
    ///
    /// It runs beside the engine, which a run that it performs itself may keep from turning; but an engine that does not
    /// turn for any other reason is not alive.
    ///
    /// - Parameter lapse: Told of each heartbeat that fails when the node's lease may have run out. What follows from it
    ///   waits for the engine, which a heartbeat must not.
    nonisolated func sendHeartbeats(
        of alias: String, to store: any JobStore, _ inbox: LaneInbox, _ lapse: AsyncStream<Void>.Continuation
    ) async {
        var silence = HeartbeatSilence(from: clock.monotonic)
        var roster = NodeRoster(node.id, lease: options.lease.wholeMicroseconds)
        while !Task.isCancelled {
            let isAlive =
                inlineRuns.load(ordering: .relaxed) > 0
                || clock.monotonic - lastTurn.load(ordering: .relaxed) <= 3 * options.lease.wholeMicroseconds
            // An engine that answers is alive, though it may have had nothing to do for long.
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
                    if silence.hasLasted(options.lease.wholeMicroseconds, at: monotonic) { lapse.yield() }
                    // An engine that has nothing to do but wait for its store is alive.
                    inbox.post { $0.failed = monotonic }
                }
            }
            // Counted from the sending, since the lease is.
            let pause = roster.due > sent ? min(Self.heartbeatPause, roster.due - sent) : Self.heartbeatPause
            do { try await clock.sleep(until: sent + pause) } catch { return }
        }
    }

    /// What a store has to say between heartbeats; `nil` if it does not answer, which a heartbeat then finds as well.
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
        if news.isChanged { lane.agenda.mustAsk = true }
        if news.answersAgain { lane.health.retryAtOnce() }
        // A store that takes a heartbeat takes what runs have ended with: others judge limits by the one and the other.
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

    /// Brings in line what the store says of this node's runs and what the node does: a commit that failed may have been
    /// written, and a node that was silent for too long may have lost runs to others.
    func reconcile(_ lane: StoreLane) async throws(CarillonError) {
        let (breaks, sent) = (lane.membership.lease.breaks, clock.monotonic)
        let running = try await running(on: lane)
        // By the fence, too: a run may have been recovered, and taken anew, while the work of before goes on.
        var known: [Run.ID: Set<Int64>] = [:]
        for work in lane.runs.works.values { known[work.run.id, default: []].insert(work.run.fence) }
        for completion in lane.completions.pending { known[completion.run, default: []].insert(completion.fence) }
        for completion in lane.completions.withheld.completions {
            known[completion.run, default: []].insert(completion.fence)
        }
        let unknown = running.filter { known[$0.run.id]?.contains($0.run.fence) != true }
        try await endTakenOver(on: lane, beside: running.map(\.run))
        // The answer that asked for it may have been lost, and a store that is not shared has no heartbeats.
        lane.runs.cancel(running.filter(\.run.isCancelRequested).map(\.run.id))
        // A server may be at work still on a call that broke.
        let again = lane.health.isFailing ? clock.monotonic + options.lease.wholeMicroseconds : nil
        lane.reconciliation.finish(breaks: breaks, again: again)
        // Nothing of a removed job is begun any more.
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
