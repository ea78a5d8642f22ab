import CarillonTriggers

/// How jobs get into a store: those that several callers add at once by one call of it, and those that are due by the
/// pass that fires them.
extension Engine {
    /// Puts jobs into a store, where their ids are free.
    ///
    /// - Parameter time: When they say that they were added; now where nothing is given.
    func insert(
        _ jobs: [PendingJob], _ lane: StoreLane, at time: Instant? = nil
    ) async throws(CarillonError) -> [Job?] {
        let addition = Addition(jobs, at: time)
        if addsInPasses(lane), addition.isDue(at: clock.now) {
            lane.additions.appendForPass(addition)
            lane.signal.raise()
        } else {
            lane.additions.append(addition)
        }
        await addition.wait()
        if addition.adderWrites {
            if addition.result == nil {
                await lane.lock.acquire()
                // A pass may have taken it along meanwhile.
                while addition.result == nil { await writeAdditions(lane) }
                lane.lock.release()
            }
            lane.additions.writerIsDone()
            // The lane may have come to rest meanwhile, and was not idle then.
            stopIfIdle()
        }
        return try addition.result?.get() ?? []
    }

    /// How many calls wait for their jobs to get to a store, for tests.
    package var waitingAdditions: Int { lanes.values.reduce(0) { $0 + $1.additions.count } }

    /// Whether it is being shut down, for tests.
    package var isStopping: Bool { phase == .stopping }

    /// Whether the lane's next pass fires, and comes at once where it is asked for.
    func addsInPasses(_ lane: StoreLane) -> Bool {
        !lane.health.isFailing && lane.health.mayAsk(at: clock.monotonic) && lane.membership.leftBehind.isEmpty
            && firesAndTakes(lane)
    }

    /// Answers what waits for a pass that may not come, and says whether one is to be made at once.
    func needsPassForCallers(_ lane: StoreLane) -> Bool {
        guard lane.hasCallers else { return false }
        if !lane.isDone, addsInPasses(lane) { return true }
        lane.giveUpPass()
        return false
    }

    /// Writes what waits to be written, as much as one call of the store may add. The lane's lock is held.
    private func writeAdditions(_ lane: StoreLane) async {
        let now = clock.now
        let batch = beginAdding(lane.additions.takeOthers(limit: lane.store.capabilities.changesPerStep), lane, at: now)
        do throws(CarillonError) {
            try checkIsThere(lane)
            let added = try await lane.store.insert(batch.new)
            guard added.count == batch.new.count else {
                throw CarillonError(
                    .storeFailed,
                    "the job store was given \(batch.new.count) jobs and answered for \(added.count); mend the store")
            }
            lane.expect(EarliestTimes(due: added.compactMap { $0?.next?.due }.min()))
            tell(batch, added, lane)
            answer(batch, added)
        } catch {
            fail(batch, error, lane)
        }
    }

    /// Additions that are on their way to a store in one call.
    struct AdditionBatch {
        fileprivate let additions: [Addition]
        /// The jobs of all of them.
        let new: [NewJob]
        /// What the registry had before of the functions of the jobs.
        fileprivate let former: [RegisteredTask?]
    }

    /// Makes what is needed to add jobs in a call of the store that is about to be made. The lane's lock is held.
    func beginAdding(_ additions: [Addition], _ lane: StoreLane, at now: Instant) -> AdditionBatch {
        // Functions are known before their jobs are, so that a job that is found can be run. No pass is made meanwhile.
        let former = additions.flatMap(\.jobs).map { job in
            job.function.flatMap { registry.keep($0, of: job.id, in: lane.alias) }
        }
        return AdditionBatch(additions: additions, new: additions.flatMap { $0.newJobs(at: now) }, former: former)
    }

    /// Tells everybody what was added; the adders are told by `answer`.
    func tell(_ batch: AdditionBatch, _ added: [Job?], _ lane: StoreLane) {
        guard !batch.additions.isEmpty else { return }
        releaseFunctions(of: batch, added, lane)
        hub.emit(added.compactMap { $0.map { .jobAdded($0.id, store: lane.alias) } })
        // Before that the look at the whole store is still to come.
        if phase == .running, lane.membership.hasHeard {
            for case let job? in added { reportMissingTasks(of: job, lane) }
        }
    }

    /// Tells the adders what was added.
    func answer(_ batch: AdditionBatch, _ added: [Job?]) {
        var rest = added[...]
        for addition in batch.additions {
            addition.answer(.success(Array(rest.prefix(addition.jobs.count))))
            rest = rest.dropFirst(addition.jobs.count)
        }
    }

    /// Tells that a call of the store has failed, which may have been written all the same.
    func fail(_ batch: AdditionBatch, _ error: CarillonError, _ lane: StoreLane) {
        // A job may be there; clearing history releases its function where it is not.
        for case (let job, let former?) in zip(batch.additions.flatMap(\.jobs), batch.former) {
            registry.keep(former, of: job.id, in: lane.alias)
        }
        for addition in batch.additions { addition.answer(.failure(error)) }
    }

    /// Puts functions back of jobs that were not added.
    private func releaseFunctions(of batch: AdditionBatch, _ added: [Job?], _ lane: StoreLane) {
        for ((job, former), added) in zip(zip(batch.additions.flatMap(\.jobs), batch.former), added)
        where job.function != nil && added == nil {
            if let former {
                registry.keep(former, of: job.id, in: lane.alias)
            } else {
                registry.release([job.id])
            }
        }
    }
}
