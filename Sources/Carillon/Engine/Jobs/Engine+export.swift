import CarillonTriggers

/// Export and import of jobs.
extension Engine {
    /// The most jobs that are read, or added, in one call of a store.
    private static let importBatch = 1000

    /// Returns all jobs of a store, or of all stores.
    func export(from alias: String?, leavingOutUnreadable: Bool) async throws(CarillonError) -> JobExport {
        var export = JobExport(jobs: [])
        for lane in try lanes(alias) {
            var pages = JobPages()
            while let listed = try await pages.next(of: lane.store) {
                for row in listed {
                    if let entry = try Self.entry(row, lane.alias, leavingOutUnreadable) { export.jobs.append(entry) }
                }
            }
        }
        return export
    }

    private static func entry(
        _ row: JobListing,
        _ store: String,
        _ leavesOutUnreadable: Bool
    ) throws(CarillonError) -> JobExport.Entry? {
        switch row {
        case .unreadable(let id, _, let reason):
            if leavesOutUnreadable { return nil }
            throw CarillonError(
                .jobUnreadable,
                "job '\(id)' in the job store '\(store)' cannot be read: \(reason); export without it by "
                    + "leavingOutUnreadable: true"
            )
        case .job(let job):
            if leavesOutUnreadable, (try? job.definition.json()) == nil { return nil }
            return JobExport.Entry(job, store: store)
        }
    }

    /// Imports jobs: all of them, or none if anything is wrong with one.
    ///
    /// - Parameter alias: The store for all jobs; `nil` for the store that each entry names.
    func importJobs(
        _ export: JobExport,
        ifExists: IfExists,
        into alias: String?
    ) async throws(CarillonError) -> ImportedJobs {
        var byStore: [String: [JobExport.Entry]] = [:]
        for (index, entry) in export.jobs.enumerated() {
            do throws(CarillonError) {
                var entry = entry
                entry.definition.trigger = entry.definition.trigger.resolved(defaultZone: zone)
                byStore[try check(entry, alias ?? entry.store).alias, default: []].append(entry)
            } catch {
                throw CarillonError(error.code, "jobs[\(index)] (job '\(entry.id)'): \(error.reason)")
            }
        }
        let targets = try byStore.sorted { $0.key < $1.key }.map { (target) throws(CarillonError) in
            (lane: try lane(target.key), entries: target.value)
        }
        let claimed = Set(export.jobs.map(\.id))
        await claims.claim(claimed)
        defer { claims.release(claimed) }
        let outcome = try await bring(targets, ifExists)
        // In the order of the entries.
        let ids = export.jobs.map(\.id)
        return ImportedJobs(
            added: ids.filter { outcome[$0] == .added },
            replaced: ids.filter { outcome[$0] == .replaced },
            kept: ids.filter { outcome[$0] == .kept }
        )
    }

    /// Returns the lane of a job that is valid, whatever the stores hold.
    private func check(_ entry: JobExport.Entry, _ alias: String) throws(CarillonError) -> StoreLane {
        try entry.definition.validate()
        try checkExecutor(entry.definition.executor, for: entry.definition.task)
        try checkArguments(of: entry.definition)
        let lane = try lane(alias)
        try checkTasks(of: entry.definition, of: entry.id, on: lane)
        return lane
    }

    private enum ImportOutcome {
        case added, replaced, kept
    }

    /// Adds first and edits afterwards, since only additions can be undone.
    private func bring(
        _ targets: [(lane: StoreLane, entries: [JobExport.Entry])],
        _ ifExists: IfExists
    ) async throws(CarillonError) -> [JobID: ImportOutcome] {
        var there: [JobID: StoreLane] = [:]
        let ids = targets.flatMap { $0.entries.map(\.id) }
        for lane in try lanes(nil) {
            for id in try await idsThere(ids, lane) { there[id] = lane }
        }
        for (lane, entries) in targets {
            for entry in entries {
                guard let other = there[entry.id], ifExists == .fail || other !== lane else { continue }
                throw Self.exists(entry.id, in: other)
            }
        }
        var outcome: [JobID: ImportOutcome] = [:]
        var added: [(lane: StoreLane, ids: [JobID])] = []
        do throws(CarillonError) {
            for (lane, entries) in targets {
                let new = entries.filter { there[$0.id] == nil }
                let ids = try await insert(new, lane, ifExists)
                added.append((lane, ids))
                for id in ids { outcome[id] = .added }
            }
        } catch {
            for (lane, ids) in added { await takeBack(ids, lane) }
            throw error
        }
        for (lane, entries) in targets {
            for entry in entries where outcome[entry.id] == nil {
                outcome[entry.id] = try await replace(entry, lane, ifExists) ? .replaced : .kept
            }
        }
        return outcome
    }

    /// Adds the jobs whose ids are free to one store. Adds none if an id is taken that may not be, or a job that has it
    /// cannot be read.
    ///
    /// - Returns: The ids of the jobs that were added.
    private func insert(
        _ entries: [JobExport.Entry],
        _ lane: StoreLane,
        _ ifExists: IfExists
    ) async throws(CarillonError) -> [JobID] {
        await lane.lock.acquire()
        defer { lane.lock.release() }
        try checkIsThere(lane)
        let now = clock.now
        var added: [JobID] = []
        do throws(CarillonError) {
            for batch in entries.batches(of: min(Self.importBatch, lane.store.capabilities.changesPerStep)) {
                let jobs = try await lane.store.insert(
                    batch.map {
                        NewJob(id: $0.id, definition: $0.definition, added: now, isPaused: $0.state != .active)
                    }
                )
                added += jobs.compactMap { $0?.id }
                for (entry, job) in zip(batch, jobs) { try await settle(entry, job, lane, ifExists) }
            }
        } catch {
            if !added.isEmpty { _ = try? await lane.store.remove(added, at: now) }
            throw error
        }
        hub.emit(added.map { .jobAdded($0, store: lane.alias) })
        lane.parked.want()
        lane.wake()
        return added
    }

    /// Completes an insertion: ends a job whose entry has ended, and checks an id that is taken after all, by another
    /// caller or by a job that cannot be read.
    private func settle(
        _ entry: JobExport.Entry,
        _ job: Job?,
        _ lane: StoreLane,
        _ ifExists: IfExists
    ) async throws(CarillonError) {
        let now = clock.now
        if let job {
            guard entry.state == .ended, job.state != .ended else { return }
            try await lane.store.edit(entry.id, at: now) { (snapshot) throws(CarillonError) in snapshot.ended() }
        } else {
            _ = try await lane.store.snapshot(entry.id, at: now)
            if ifExists == .fail { throw Self.exists(entry.id, in: lane) }
        }
    }

    /// Removes the jobs that an import has added before it failed.
    private func takeBack(_ ids: [JobID], _ lane: StoreLane) async {
        await lane.lock.acquire()
        defer { lane.lock.release() }
        guard !ids.isEmpty, (try? await lane.store.remove(ids, at: clock.now)) != nil else { return }
        hub.emit(ids.map { .jobRemoved($0, store: lane.alias) })
    }

    /// Returns those of the given ids that a store has.
    func idsThere(_ ids: [JobID], _ lane: StoreLane) async throws(CarillonError) -> [JobID] {
        var there: [JobID] = []
        for batch in ids.batches(of: Self.importBatch) {
            var query = JobQuery(now: clock.now)
            query.ids = batch
            there += try await lane.store.find(query).map(\.job.id)
        }
        return there
    }

    /// Replaces a job, if `ifExists` says so.
    ///
    /// - Returns: Whether its definition was another one.
    private func replace(
        _ entry: JobExport.Entry,
        _ lane: StoreLane,
        _ ifExists: IfExists
    ) async throws(CarillonError) -> Bool {
        guard ifExists == .replace else { return false }
        return try await edit(entry.id, on: lane, event: .jobModified(entry.id, store: lane.alias), rechecks: true) {
            (snapshot, now) throws(CarillonError) in try snapshot.modified(entry.definition, at: now)
        }
    }
}
