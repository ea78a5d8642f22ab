import CarillonTriggers
import Logging

/// How jobs get into a store. Jobs that several callers add at the same time go in one call; jobs that are due go with
/// the pass that fires them.
extension Engine {
    /// Adds the jobs whose ids are free to a store.
    ///
    /// - Parameter time: When the jobs say that they were added; `nil` for now.
    /// - Returns: For each job, the job as added, or `nil` if its id is taken.
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
                // A pass may have written it meanwhile.
                while addition.result == nil { await writeAdditions(lane) }
                lane.lock.release()
            }
            lane.additions.writerIsDone()
            // The lane may have come to rest meanwhile, and did not count as idle then.
            stopIfIdle()
        }
        return try addition.result?.get() ?? []
    }

    /// How many additions wait to reach a store, for tests.
    package var waitingAdditions: Int { lanes.values.reduce(0) { $0 + $1.additions.count } }

    /// Whether the engine is being shut down, for tests.
    package var isStopping: Bool { phase == .stopping }

    /// Whether the lane's next pass fires, and is made at once when it is asked for.
    func addsInPasses(_ lane: StoreLane) -> Bool {
        !lane.health.isFailing && lane.health.mayAsk(at: clock.monotonic) && lane.membership.leftBehind.isEmpty
            && firesAndTakes(lane)
    }

    /// Whether a pass has to be made at once for waiting callers. If no pass may come, lets the callers write.
    func needsPassForCallers(_ lane: StoreLane) -> Bool {
        guard lane.hasCallers else { return false }
        if !lane.isDone, addsInPasses(lane) { return true }
        lane.giveUpPass()
        return false
    }

    /// Writes as many of the waiting additions as one call of the store may add. The lane's lock is held.
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

    /// Additions that are being written in one call of a store.
    struct AdditionBatch {
        fileprivate let additions: [Addition]
        /// The jobs of all of them.
        let new: [NewJob]
        /// The functions that the registry had for the jobs before.
        fileprivate let former: [RegisteredTask?]
    }

    /// Prepares additions for the next call of the store. The lane's lock is held.
    func beginAdding(_ additions: [Addition], _ lane: StoreLane, at now: Instant) -> AdditionBatch {
        // Functions are registered before their jobs are added, so that a job that is found can be run. No pass is made
        // meanwhile.
        let former = additions.flatMap(\.jobs).map { job in
            job.function.flatMap { registry.keep($0, of: job.id, in: lane.alias) }
        }
        return AdditionBatch(additions: additions, new: additions.flatMap { $0.newJobs(at: now) }, former: former)
    }

    /// Emits what was added; `answer` answers the callers.
    func tell(_ batch: AdditionBatch, _ added: [Job?], _ lane: StoreLane) {
        guard !batch.additions.isEmpty else { return }
        releaseFunctions(of: batch, added, lane)
        hub.emit(added.compactMap { $0.map { .jobAdded($0.id, store: lane.alias) } })
        for case let job? in added where job.next == nil { tellSilent(job, lane) }
        // Until then, `reportParked` has yet to read the whole store.
        if phase == .running, lane.membership.hasHeard {
            for case let job? in added { reportMissingTasks(of: job, lane) }
        }
    }

    /// Logs a job that never runs, which nobody may have meant.
    private func tellSilent(_ job: Job, _ lane: StoreLane) {
        // A server tells it of the jobs of its files by their places.
        guard job.definition.origin == nil else { return }
        logger.notice(
            "a job has no fire time, and never runs",
            metadata: [
                "job": "\(job.id)", "store": "\(lane.alias)", "trigger": "\(job.definition.trigger.description)",
            ])
    }

    /// Answers the callers with what was added.
    func answer(_ batch: AdditionBatch, _ added: [Job?]) {
        var rest = added[...]
        for addition in batch.additions {
            addition.answer(.success(Array(rest.prefix(addition.jobs.count))))
            rest = rest.dropFirst(addition.jobs.count)
        }
    }

    /// Answers the callers that the call of the store failed, though the store may have added the jobs.
    func fail(_ batch: AdditionBatch, _ error: CarillonError, _ lane: StoreLane) {
        // A job may have been added; if not, clearing history releases its function.
        for case (let job, let former?) in zip(batch.additions.flatMap(\.jobs), batch.former) {
            registry.keep(former, of: job.id, in: lane.alias)
        }
        for addition in batch.additions { addition.answer(.failure(error)) }
    }

    /// Restores the former functions of jobs that were not added.
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
