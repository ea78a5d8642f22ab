import CarillonTriggers

/// Keeping the jobs of an origin equal to a given set.
extension Engine {
    private static let pageSize = 1000

    /// See `Scheduler.keepJobs(ofOrigins:equalTo:progress:)`.
    func keep(
        _ jobs: [OriginJob],
        ofOrigins origins: Set<String>,
        progress: @Sendable (Int) -> Void
    ) async throws(CarillonError) -> JobsDifference {
        let wanted = try byStore(jobs)
        let origins = origins.union(jobs.compactMap(\.definition.origin))
        var difference = JobsDifference()
        var found: [String: [JobID: Job]] = [:]
        for lane in try lanes(nil) { found[lane.alias] = try await self.jobs(of: origins, on: lane) }
        // Jobs are removed first, so that the id of a job that moves to another store is free.
        for lane in try lanes(nil) {
            let ids = Set(wanted[lane.alias, default: []].map(\.id))
            let others = found[lane.alias, default: [:]].keys.filter { !ids.contains($0) }.sorted()
            try await remove(others, from: lane)
            difference.removed += others
        }
        var done = 0
        for (alias, jobs) in wanted.sorted(by: { $0.key < $1.key }) {
            let lane = try lane(alias)
            let found = found[alias, default: [:]]
            for page in jobs.batches(of: min(Self.pageSize, lane.store.capabilities.changesPerStep)) {
                try await keep(page, found, on: lane, &difference)
                done += page.count
                progress(done)
            }
        }
        let moved = Set(difference.removed).intersection(difference.added)
        if !moved.isEmpty {
            difference.added.removeAll { moved.contains($0) }
            difference.removed.removeAll { moved.contains($0) }
            difference.changed += moved.sorted()
        }
        // The times of a new trigger may lie before what the old one fired while the clock was ahead.
        if !difference.changed.isEmpty { recheckTimes() }
        return difference
    }

    /// Returns the jobs by store, if all of them are valid.
    private func byStore(_ jobs: [OriginJob]) throws(CarillonError) -> [String: [OriginJob]] {
        var byStore: [String: [OriginJob]] = [:]
        var ids: Set<JobID> = []
        for job in jobs {
            _ = try lane(job.store)
            try check(job.definition)
            guard ids.insert(job.id).inserted else {
                throw CarillonError(.jobExists, "job '\(job.id)' is given twice; an id is that of one job")
            }
            byStore[job.store, default: []].append(job)
        }
        return byStore
    }

    private func jobs(of origins: Set<String>, on lane: StoreLane) async throws(CarillonError) -> [JobID: Job] {
        var jobs: [JobID: Job] = [:]
        for origin in origins.sorted() {
            var filter = JobFilter()
            filter.origin = origin
            var pages = JobPages(filter)
            while let listed = try await pages.next(of: lane.store) {
                for job in listed.lazy.compactMap(\.job) { jobs[job.id] = job }
            }
        }
        return jobs
    }

    private func remove(_ ids: [JobID], from lane: StoreLane) async throws(CarillonError) {
        for page in ids.batches(of: min(Self.pageSize, lane.store.capabilities.changesPerStep)) {
            await lane.lock.acquire()
            defer { lane.lock.release() }
            let removed = try await lane.store.remove(page, at: clock.now)
            registry.release(page)
            hub.emit(zip(page, removed).lazy.filter(\.1).map { .jobRemoved($0.0, store: lane.alias) })
        }
    }

    /// Adds or changes a page of jobs.
    private func keep(
        _ jobs: [OriginJob],
        _ found: [JobID: Job],
        on lane: StoreLane,
        _ difference: inout JobsDifference
    ) async throws(CarillonError) {
        let ids = Set(jobs.map(\.id))
        await claims.claim(ids)
        defer { claims.release(ids) }
        let now = clock.now
        var missing: [OriginJob] = []
        var others: [OriginJob] = []
        for job in jobs {
            if let there = found[job.id] {
                if try change(of: JobSnapshot(job: there), to: job, at: now) == nil {
                    difference.unchangedCount += 1
                } else {
                    others.append(job)
                }
            } else {
                missing.append(job)
            }
        }
        if !missing.isEmpty {
            try await checkAbsence(of: missing, outside: lane)
            for (job, added) in zip(missing, try await insert(missing.map(pending), lane)) {
                if added == nil { others.append(job) } else { difference.added.append(job.id) }
            }
        }
        if !others.isEmpty { try await change(others, on: lane, &difference) }
    }

    /// Checks that no other store has one of the jobs, since ids are unique over all stores.
    private func checkAbsence(of jobs: [OriginJob], outside lane: StoreLane) async throws(CarillonError) {
        for other in lanes.values where other !== lane {
            if let there = try await idsThere(jobs.map(\.id), other).first {
                throw CarillonError(
                    .jobExists,
                    "there is a job '\(there)' already, in the job store '\(other.alias)'; remove it, or use another id"
                )
            }
        }
    }

    private func pending(_ job: OriginJob) -> PendingJob {
        PendingJob(
            id: job.id,
            definition: resolved(job.definition),
            store: job.store,
            ifExists: .replace,
            isPaused: job.pause == .pause
        )
    }

    /// Changes existing jobs in one commit; those that another change got ahead of, one by one.
    private func change(
        _ jobs: [OriginJob],
        on lane: StoreLane,
        _ difference: inout JobsDifference
    ) async throws(CarillonError) {
        await lane.lock.acquire()
        var left: [OriginJob] = []
        do throws(CarillonError) {
            let now = clock.now
            var query = JobQuery(now: now)
            query.ids = jobs.map(\.id)
            var snapshots: [JobID: JobSnapshot] = [:]
            for snapshot in try await lane.store.find(query) { snapshots[snapshot.job.id] = snapshot }
            var changes: [(job: OriginJob, change: JobChange)] = []
            for job in jobs {
                guard let snapshot = snapshots[job.id] else {
                    left.append(job)
                    continue
                }
                if let change = try change(of: snapshot, to: job, at: now) {
                    changes.append((job, change))
                } else {
                    difference.unchangedCount += 1
                }
            }
            for ((job, _), status) in zip(changes, try await lane.store.commit(changes.map(\.change))) {
                guard status == .accepted else {
                    left.append(job)
                    continue
                }
                difference.note(job, from: snapshots[job.id]?.job)
                hub.emit(.jobModified(job.id, store: lane.alias))
            }
        } catch {
            lane.lock.release()
            throw error
        }
        lane.lock.release()
        lane.wake()
        for job in left { try await settle(job, on: lane, &difference) }
    }

    /// Adds or changes one job that another caller or node changes, removes or adds at the same time.
    private func settle(
        _ job: OriginJob,
        on lane: StoreLane,
        _ difference: inout JobsDifference
    ) async throws(CarillonError) {
        while true {
            do throws(CarillonError) {
                let there = try await lane.store.snapshot(job.id, at: clock.now).job
                let isChanged = try await edit(job.id, on: lane, event: .jobModified(job.id, store: lane.alias)) {
                    (snapshot, now) throws(CarillonError) in try self.change(of: snapshot, to: job, at: now)
                }
                if isChanged { difference.note(job, from: there) } else { difference.unchangedCount += 1 }
                return
            } catch  where error.code == .jobNotFound {
                if try await insert([pending(job)], lane).first ?? nil != nil {
                    difference.added.append(job.id)
                    return
                }
            } catch  where error.code == .jobUnreadable {
                difference.unreadable.append(job.id)
                return
            }
        }
    }

    /// Returns the change that makes a job as wanted; `nil` if it is so already.
    private nonisolated func change(
        of snapshot: JobSnapshot,
        to job: OriginJob,
        at now: Instant
    ) throws(CarillonError) -> JobChange? {
        var definition = resolved(job.definition)
        let own = snapshot.job.definition.trigger
        if job.runsWhenAdded, own.onlyFireTime != nil { definition.trigger = own }
        let change = try snapshot.modified(definition, at: now)
        let changed = JobSnapshot(job: change?.job ?? snapshot.job, open: snapshot.open)
        let paused: JobChange? =
            switch job.pause {
            case .pause: changed.paused(at: now)
            case .resume: changed.resumed(at: now)
            case .leave: nil
            }
        guard var both = paused else { return change }
        both.reasons = (change?.reasons ?? []) + both.reasons
        return both
    }

    private nonisolated func resolved(_ definition: JobDefinition) -> JobDefinition {
        let trigger = definition.trigger.resolved(defaultZone: zone)
        guard trigger != definition.trigger else { return definition }
        var definition = definition
        definition.trigger = trigger
        return definition
    }
}

extension JobsDifference {
    fileprivate mutating func note(_ job: OriginJob, from there: Job?) {
        changed.append(job.id)
        guard let there, there.definition.origin != job.definition.origin else { return }
        takenOver.append(job.id)
        formerOrigins[job.id] = there.definition.origin
    }
}
