import CarillonTriggers

/// Functions that jobs are added with. Each is kept as long as its job.
extension Engine {
    /// Keeps the function of a job that existed already, if it is the one that the job runs.
    ///
    /// - Returns: The job as it is now.
    func keepFunction(of job: PendingJob, _ there: Job, on lane: StoreLane) async throws(CarillonError) -> Job {
        guard let function = job.function else {
            // The job runs a registered task from now on.
            if job.ifExists == .replace { registry.release([job.id]) }
            return there
        }
        let former = there.definition.task
        var there = there
        // Up to version 0.1, the task of such a job had the name of the job.
        if former.description == job.id.description, registry[former] == nil {
            try await edit(job.id, on: lane, event: nil) { (snapshot, now) throws(CarillonError) in
                guard snapshot.job.definition.task == former else { return nil }
                var definition = snapshot.job.definition
                definition.task = function.name
                return try snapshot.modified(definition, at: now)
            }
            there = try await lane.store.snapshot(job.id, at: clock.now).job
        }
        guard there.definition.task == function.name else { return there }
        if job.ifExists == .replace || registry[function.name] == nil {
            registry.keep(function, of: job.id, in: lane.alias)
            lane.wake()
        }
        return there
    }

    /// Releases the functions of jobs that other nodes have removed from a store.
    func releaseFunctions(_ lane: StoreLane) async throws(CarillonError) {
        let jobs = registry.jobsWithFunctions(in: lane.alias)
        guard !jobs.isEmpty else { return }
        await lane.lock.acquire()
        defer { lane.lock.release() }
        let there = Set(try await idsThere(jobs, lane))
        for id in jobs where !there.contains(id) {
            // A job that cannot be read is still in the store.
            guard try await lane.store.absence(of: id).code == .jobNotFound else { continue }
            registry.release([id])
        }
    }

    /// The names of everything that the scheduler can run, for tests.
    package nonisolated var knownNames: Set<TaskName> { registry.names }
}
