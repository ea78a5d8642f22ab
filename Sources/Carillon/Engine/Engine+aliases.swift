import CarillonTriggers
import Logging
import Synchronization

/// Adding and removing job stores and executors.
extension Engine {
    // MARK: Stores

    /// Adds a job store with a lane of its own, which starts at once if the engine runs.
    func addStore(_ store: any JobStore, as alias: String) async throws(CarillonError) {
        try checkIsFree(alias)
        // No id is given to another store until this store is known.
        await claims.claimAll()
        defer { claims.releaseAll() }
        try await checkIDs(of: store, alias)
        // Another caller may have taken the alias while this one waited.
        try checkIsFree(alias)
        let lane = makeLane(of: store, alias)
        lanes[alias] = lane
        hub.emit(.storeAdded(alias))
        if phase == .running { open(lane) }
    }

    /// See `Scheduler.closeStores()`.
    func closeStores() async throws(CarillonError) {
        guard phase == .idle, !isRunning else {
            throw CarillonError(.wrongState, "the scheduler runs; shut it down before its stores are closed")
        }
        for store in lanes.values.map(\.store) { await store.close() }
    }

    private func checkIsFree(_ alias: String) throws(CarillonError) {
        guard let lane = lanes[alias] else { return }
        throw CarillonError(
            .aliasTaken,
            lane.departure.isUnderWay
                ? "the job store '\(alias)' is being removed; wait until it is"
                : "there is a job store '\(alias)' already; remove it first, or take another alias"
        )
    }

    /// Checks that no other store has a job id of this store.
    ///
    /// - Throws: `CarillonError` with `jobExists` if one has.
    private func checkIDs(of store: any JobStore, _ alias: String) async throws(CarillonError) {
        var pages = JobPages()
        while let listed = try await pages.next(of: store) {
            let ids = listed.compactMap { row in
                switch row {
                case .job(let job): job.id
                // A job that cannot be read has an id as well.
                case .unreadable(let id, _, _): try? JobID(id)
                }
            }
            for lane in try lanes(nil) {
                guard let id = try await idsThere(ids, lane).first else { continue }
                throw CarillonError(
                    .jobExists,
                    "the job stores '\(alias)' and '\(lane.alias)' both have a job '\(id)', which only one store of a "
                        + "scheduler may; remove one of the two first"
                )
            }
        }
    }

    /// Stops firing and taking for a job store, and removes it once its runs at work have ended and are written.
    ///
    /// - Parameter deadline: How long runs may go on before they are asked to end; after as long again, a second at the
    ///   least, they are left behind. `nil` sets no limit.
    func removeStore(_ alias: String, deadline: Duration?) async throws(CarillonError) {
        guard let lane = lanes[alias] else { throw storeNotFound(alias) }
        guard lanes.values.contains(where: { $0 !== lane && !$0.departure.isUnderWay }) else {
            throw CarillonError(
                .wrongState,
                "the job store '\(alias)' is the only one, and a scheduler has one at the least; add another one first"
            )
        }
        if lane.isClosed { return hasLeft(lane) }
        if !lane.departure.isUnderWay {
            lane.departure.begin(deadline.map { deadline in Task { await limitLeaving(of: lane, to: deadline) } })
            lane.signal.raise()
        }
        // A run cannot wait for its own end.
        if RunWork.current?.origin.mailbox === lane.mailbox { return }
        await withCheckedContinuation { lane.departure.wait($0) }
    }

    private func storeNotFound(_ alias: String) -> CarillonError {
        do throws(CarillonError) {
            _ = try lane(alias)
        } catch {
            return error
        }
        return CarillonError(.aliasNotFound, "there is no job store '\(alias)'")
    }

    private func limitLeaving(of lane: StoreLane, to deadline: Duration) async {
        await enforce(deadline) {
            lane.runs.cancelForStop()
        } leaveBehind: {
            leaveBehind(lane)
        } giveUp: {
            giveUp(lane)
        }
    }

    /// Closes a lane whose runs did not end, or whose store does not accept their ends. Other nodes take these runs
    /// over when the lease has run out.
    private func leaveBehind(_ lane: StoreLane) {
        guard lane.departure.isUnderWay, !lane.isDone else { return }
        logger.warning(
            "a job store was removed before all was written",
            metadata: ["store": "\(lane.alias)", "runs": "\(lane.runs.works.count + lane.completions.pending.count)"]
        )
        close(lane)
    }

    /// Removes a lane that has nothing left to do.
    func hasLeft(_ lane: StoreLane) {
        lanes[lane.alias] = nil
        // The ends of runs that were left behind are never reported.
        for work in lane.runs.works.values { executors[work.executor]?.load.giveBack() }
        hub.emit(.storeRemoved(lane.alias))
        lane.departure.finish()
        settle()
        stopIfIdle()
    }

    // MARK: Executors

    /// Adds an executor for runs from now on, also for those that have waited for it.
    func addExecutor(_ executor: any JobExecutor, as alias: String) throws(CarillonError) {
        if let slot = executors[alias] {
            throw CarillonError(
                .aliasTaken,
                slot.isLeaving
                    ? "the executor '\(alias)' is being removed; wait until it is"
                    : "there is an executor '\(alias)' already; remove it first, or take another alias"
            )
        }
        executors[alias] = ExecutorSlot(executor)
        executorAliases.withLock { $0[alias] = executor.runsFunctions }
        (executor as? ProcessPoolExecutor)?.tellLimit(logger)
        hub.emit(.executorAdded(alias))
        for lane in lanes.values { lane.wake() }
    }

    /// Takes no more runs for an executor, and removes it when its runs have ended.
    func removeExecutor(_ alias: String) async throws(CarillonError) {
        if executors[alias] == nil { try checkExecutor(alias) }
        executors[alias]?.isLeaving = true
        executorAliases.withLock { $0[alias] = nil }
        retireExecutors()
        guard executors[alias] != nil else { return }
        // A run cannot wait for its own end.
        if isCallerInside, RunWork.current?.executor == alias { return }
        await withCheckedContinuation { executors[alias]?.leaveWaiters.append($0) }
    }

    /// Removes executors that are leaving and have no run left.
    func retireExecutors() {
        for (alias, slot) in executors where slot.isLeaving && (slot.load.isIdle || phase == .idle) {
            executors[alias] = nil
            slot.executor.shutdown()
            hub.emit(.executorRemoved(alias))
            for waiter in slot.leaveWaiters { waiter.resume() }
        }
    }
}
