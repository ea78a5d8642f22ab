import CarillonTriggers
import Synchronization

/// The operations on jobs and runs.
extension Engine {
    /// A plan to change a job as it stands at a time; `nil` for no change.
    typealias Edit = @Sendable (JobSnapshot, Instant) throws(CarillonError) -> JobChange?

    /// Writes the jobs that were added before the start to their stores, with one call of each. If that fails, those
    /// that are not in their stores yet are kept for the next start.
    func addPending() async throws(CarillonError) {
        var jobs = pending.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
        let ids = Set(jobs.map(\.id))
        await claims.claim(ids)
        defer { claims.release(ids) }
        do throws(CarillonError) {
            try await add(&jobs)
        } catch {
            pending.withLock { [jobs] in $0 = jobs + $0 }
            throw error
        }
    }

    /// Adds jobs, and removes those that are in their stores from the array.
    private func add(_ jobs: inout [PendingJob]) async throws(CarillonError) {
        var aliases: [JobID: String] = [:]
        for index in jobs.indices {
            let (job, lane) = try await checkedWithItsName(jobs[index])
            jobs[index] = job
            if let other = aliases[job.id], other != lane.alias { throw Self.exists(job.id, in: try self.lane(other)) }
            aliases[job.id] = lane.alias
        }
        for alias in Set(aliases.values).sorted() {
            let lane = try lane(alias)
            let own = jobs.filter { $0.store == alias }
            let others = jobs.filter { $0.store != alias }
            let now = clock.now
            let added: [Job?]
            do throws(CarillonError) {
                added = try await insert(own, lane, at: now)
            } catch {
                jobs = own.map { $0.tried(at: now) } + others
                throw error
            }
            var taken = zip(own, added).filter { $0.1 == nil }.map(\.0)
            jobs = taken + others
            while let job = taken.first {
                _ = try await settle(job)
                taken.removeFirst()
                jobs = taken + others
            }
        }
    }

    /// Does what `checked` does, with errors that name the job: several are checked at the start.
    private func checkedWithItsName(_ job: PendingJob) async throws(CarillonError) -> (PendingJob, StoreLane) {
        do throws(CarillonError) {
            return try await checked(job)
        } catch {
            let name = "job '\(job.id)'"
            if error.reason.contains(name) { throw error }
            throw CarillonError(error.code, "\(name): \(error.reason)", underlying: error.underlying)
        }
    }

    /// Adds a job. A trigger without a zone gets the scheduler's.
    func add(_ job: PendingJob) async throws(CarillonError) -> Job {
        let ids: Set = [job.id]
        await claims.claim(ids)
        defer { claims.release(ids) }
        let (job, lane) = try await checked(job)
        if let added = try await insert([job], lane).first ?? nil { return added }
        return try await settle(job)
    }

    /// Returns a job with its zone resolved, and its lane, if the job is valid.
    private func checked(_ job: PendingJob) async throws(CarillonError) -> (PendingJob, StoreLane) {
        try job.definition.validate()
        let lane = try lane(job.store)
        try checkTasks(of: job.definition, of: job.id, on: lane, function: job.function)
        try checkExecutor(job.definition.executor, for: job.definition.task)
        try checkArguments(of: job.definition)
        for other in lanes.values where other !== lane {
            if try await other.store.found(job.id, at: clock.now) != nil {
                throw Self.exists(job.id, in: other)
            }
        }
        var job = job
        job.definition.trigger = job.definition.trigger.resolved(defaultZone: zone)
        return (job, lane)
    }

    /// Resolves a taken id as the job's `ifExists` says.
    private func settle(_ job: PendingJob) async throws(CarillonError) -> Job {
        let lane = try lane(job.store)
        // Another caller may remove the existing job, or add another one, between the calls.
        while true {
            switch job.ifExists {
            case .fail:
                let there = try await lane.store.found(job.id, at: clock.now)?.job
                if let there, job.isSame(as: there) { return there }
                throw Self.exists(job.id, in: lane)
            case .keep, .replace:
                do throws(CarillonError) {
                    if job.ifExists == .replace {
                        let definition = job.definition
                        try await edit(job.id, on: lane, event: .jobModified(job.id, store: lane.alias), rechecks: true)
                        {
                            (snapshot, now) throws(CarillonError) in try snapshot.modified(definition, at: now)
                        }
                    }
                    let there = try await lane.store.snapshot(job.id, at: clock.now).job
                    return try await keepFunction(of: job, there, on: lane)
                } catch  where error.code == .jobNotFound {
                    if let added = try await insert([job], lane).first ?? nil { return added }
                }
            }
        }
    }

    static func exists(_ id: JobID, in lane: StoreLane) -> CarillonError {
        CarillonError(
            .jobExists,
            "there is a job '\(id)' already, in the job store '\(lane.alias)'; add it with ifExists: .keep or .replace, or "
                + "under another id"
        )
    }

    /// Returns the lane of the store that has a job.
    ///
    /// - Parameter generation: If given, a store that has this generation of the job is preferred, even if the job was
    ///   removed.
    func lane(of id: JobID, generation: Int64? = nil) async throws(CarillonError) -> StoreLane {
        var failure: CarillonError?
        var other: StoreLane?
        for lane in lanes.values.sorted(by: { $0.alias < $1.alias }) {
            do throws(CarillonError) {
                if let generation {
                    let unit = UnitKey(id, generation: generation)
                    if try await lane.store.found(unit, at: clock.now) != nil { return lane }
                }
                if other == nil, try await lane.store.found(id, at: clock.now) != nil {
                    if generation == nil { return lane }
                    other = lane
                }
            } catch {
                failure = error
            }
        }
        if let other { return other }
        // A store that does not answer may have the job.
        if let failure { throw failure }
        throw await absence(of: id)
    }

    /// Returns the error that no store has a job.
    private func absence(of id: JobID) async -> CarillonError {
        for lane in lanes.values {
            // A job that cannot be read has an error of its own, where its store is asked for it.
            if let error = try? await lane.store.absence(of: id), error.code == .jobNotFound, error != .jobNotFound(id)
            {
                return error
            }
        }
        return .jobNotFound(id)
    }

    /// Edits a job, in whichever store has it.
    ///
    /// - Parameter rechecks: Whether a job that is changed also gets the next time that its trigger gives now.
    @discardableResult
    func edit(
        _ id: JobID,
        event: (String) -> SchedulerEvent.Kind?,
        rechecks: Bool = false,
        _ edit: @escaping Edit
    ) async throws(CarillonError) -> Bool {
        let lane = try await lane(of: id)
        return try await self.edit(id, on: lane, event: event(lane.alias), rechecks: rechecks, edit)
    }

    /// Changes the definition of a job, in whichever store has it.
    func modify(
        _ id: JobID, _ change: @escaping @Sendable (inout JobDefinition) throws(CarillonError) -> Void
    ) async throws(CarillonError) {
        let lane = try await lane(of: id)
        let isShared = lane.store.capabilities.isShared
        try await edit(id, on: lane, event: .jobModified(id, store: lane.alias), rechecks: true) {
            (snapshot, now) throws(CarillonError) in
            var definition = snapshot.job.definition
            try change(&definition)
            try self.checkEdit(snapshot.job.definition, definition, of: id, isShared: isShared)
            definition.trigger = definition.trigger.resolved(defaultZone: self.zone)
            return try snapshot.modified(definition, at: now)
        }
        // The job may lack another task than before.
        lane.parked.forget(id.description)
        lane.signal.raise()
    }

    @discardableResult
    func edit(
        _ id: JobID,
        generation: Int64? = nil,
        on lane: StoreLane,
        event: SchedulerEvent.Kind?,
        rechecks: Bool = false,
        _ edit: @escaping Edit
    ) async throws(CarillonError) -> Bool {
        await lane.lock.acquire()
        defer { lane.lock.release() }
        let now = clock.now
        let store = lane.store
        let changed = Mutex<(events: [SchedulerEvent.Kind], removesJob: Bool)>(([], false))
        let isChanged = try await store.edit(id, generation: generation, at: now) { (snapshot) throws(CarillonError) in
            var change = try edit(snapshot, now)
            if rechecks, let edited = change { change = try await store.rechecked(edited, of: snapshot, at: now) }
            changed.withLock { [change] in
                $0 = (change?.events(since: snapshot) ?? [], change?.removesJob ?? false)
            }
            return change
        }
        if isChanged {
            if let event { hub.emit(event) }
            let (events, removesJob) = changed.withLock { $0 }
            hub.emit(events)
            if removesJob { tellRemoved([id], lane) }
        }
        lane.wake()
        return isChanged
    }

    /// Removes a job; its runs at work go on. A job that waits for the start is not added any more.
    func remove(_ id: JobID) async throws(CarillonError) {
        let wasPending = pending.withLock { jobs in
            let count = jobs.count
            jobs.removeAll { $0.id == id }
            return jobs.count < count
        }
        let lane: StoreLane
        do throws(CarillonError) {
            lane = try await self.lane(of: id)
        } catch {
            if wasPending, error.code == .jobNotFound { return }
            throw error
        }
        await lane.lock.acquire()
        defer { lane.lock.release() }
        guard try await lane.store.remove([id], at: clock.now).first == true else {
            throw .jobNotFound(id)
        }
        registry.release([id])
        hub.emit(.jobRemoved(id, store: lane.alias))
    }

    /// Removes all jobs of a store, or of all stores.
    func removeAll(from alias: String?) async throws(CarillonError) {
        for lane in try lanes(alias) {
            await lane.lock.acquire()
            defer { lane.lock.release() }
            while true {
                let ids = try await lane.store.jobs(
                    JobFilter(), page: Page(limit: lane.store.capabilities.changesPerStep)
                ).compactMap(\.job?.id)
                if ids.isEmpty { break }
                _ = try await lane.store.remove(ids, at: clock.now)
                registry.release(ids)
            }
            hub.emit(.allJobsRemoved(store: lane.alias))
        }
    }

    /// Returns all jobs that can be read, by store and id.
    func jobs(in alias: String?, _ filter: JobFilter) async throws(CarillonError) -> [(store: String, job: Job)] {
        var jobs: [(store: String, job: Job)] = []
        for lane in try lanes(alias) {
            var pages = JobPages(filter)
            while let listed = try await pages.next(of: lane.store) {
                jobs += listed.compactMap(\.job).map { (lane.alias, $0) }
            }
        }
        return jobs
    }

    /// Returns a job, from whichever store has it.
    func job(_ id: JobID) async throws(CarillonError) -> (store: String, job: Job) {
        let lane = try await lane(of: id)
        return (lane.alias, try await lane.store.snapshot(id, at: clock.now).job)
    }

    /// Runs a job once more as soon as possible: in the next pass, if that fires and is made at once.
    func runNow(_ id: JobID) async throws(CarillonError) -> Run.ID {
        // With several stores, the one that has the job has to be found first.
        let lane = lanes.count == 1 ? lanes.first?.value : try await lane(of: id)
        guard let lane else { throw .jobNotFound(id) }
        if addsInPasses(lane) {
            let result = await withCheckedContinuation { answer in
                lane.runRequests.append(id, answer)
                lane.signal.raise()
            }
            if let run = try result.get() { return run }
        }
        // Also if the pass did not find the job or the job was changed meanwhile: the edit throws the reason, or tries
        // again.
        let made = Mutex<Run.ID?>(nil)
        try await edit(id, on: lane, event: nil) { (snapshot, now) throws(CarillonError) in
            let change = snapshot.ranNow(at: now)
            made.withLock { $0 = change.runs.first?.id }
            return change
        }
        guard let run = made.withLock({ $0 }) else { throw .jobNotFound(id) }
        return run
    }

    /// Asks a run to end, on whichever node it runs.
    func cancel(_ run: Run.ID) async throws(CarillonError) -> Bool {
        let unit = run.occurrence.unit
        let lane = try await self.lane(of: unit.job, generation: unit.generation)
        let isOpen = try await edit(
            unit.job, generation: unit.generation, on: lane, event: .runCancelRequested(run)
        ) { $0.cancelled(run, at: $1) }
        if isOpen { lane.runs.cancel([run]) }
        return isOpen
    }

    /// Retries a run that has ended.
    ///
    /// - Returns: The new attempt; `nil` if an attempt is open.
    func retry(_ run: Run.ID) async throws(CarillonError) -> Run.ID? {
        let lane = try await lane(of: run.occurrence.job)
        await lane.lock.acquire()
        defer { lane.lock.release() }
        guard let attempt = try await lane.store.retried(run, at: clock.now) else { return nil }
        hub.emit(.runQueued(attempt))
        lane.wake()
        return attempt
    }

    func lanes(_ alias: String?) throws(CarillonError) -> [StoreLane] {
        if let alias { return [try lane(alias)] }
        return lanes.values.sorted { $0.alias < $1.alias }
    }
}

extension JobListing {
    /// The job; `nil` if it cannot be read.
    public var job: Job? {
        if case .job(let job) = self { job } else { nil }
    }
}
