import CarillonTriggers
import Logging

/// Jobs that this node cannot run. They are kept unchanged.
extension Engine {
    /// The most jobs of a store that are reported.
    private static let parkedLimit = 100

    /// Reports jobs in a store that cannot be read or whose tasks are not registered, each once. No other part of the
    /// engine ever sees these jobs.
    ///
    /// It looks for them when a lane is started, and when something is due that no pass finds.
    func reportParked(_ lane: StoreLane) async throws(CarillonError) {
        // The tasks of other nodes are known from the first heartbeat on.
        guard lane.parked.isDue, lane.membership.hasHeard || !lane.store.capabilities.isShared else { return }
        lane.parked.begin(at: clock.monotonic)
        // Jobs in this process's memory were added and checked by it.
        guard lane.store.capabilities.isPersistent || lane.store.capabilities.isShared else { return }
        var filter = JobFilter()
        filter.exceptTasks = registry.names
        let strange = try await lane.store.jobs(filter, page: Page(limit: Self.parkedLimit))
        // After a pass, jobs that are still due come first.
        let first = try await lane.store.jobs(JobFilter(), page: Page(after: .beginningByDue, limit: Self.parkedLimit))
        for row in strange + first {
            switch row {
            case .job(let job):
                reportMissingTasks(of: job, lane)
            case .unreadable(let id, _, let reason): report(id, "it cannot be read: \(reason)", .warning, lane)
            }
        }
    }

    /// Reports a job whose tasks this node does not have; with a warning only if no live node has them.
    func reportMissingTasks(of job: Job, _ lane: StoreLane) {
        let id = job.id.description
        if registry[job.definition.task] == nil {
            report(id, reasonToPark(job), lane.membership.isTaskOfOthers(job.definition.task) ? .debug : .warning, lane)
        } else if let listener = job.definition.policies.onFailure?.task, registry[listener] == nil,
            !lane.membership.isTaskOfOthers(listener), lane.parked.report(id)
        {
            logger.warning(
                "no node has a job's task for failed runs",
                metadata: ["job": "\(id)", "store": "\(lane.alias)", "parked": "\(missing(listener).reason)"])
        }
    }

    private func report(_ id: String, _ reason: String?, _ level: Logger.Level, _ lane: StoreLane) {
        guard let reason, lane.parked.report(id) else { return }
        logger.log(
            level: level, "a job is parked",
            metadata: ["job": "\(id)", "store": "\(lane.alias)", "parked": "\(reason)"])
        if let id = try? JobID(id) { hub.emit(.jobParked(id, reason: reason)) }
    }

    /// Suspects a parked job if something is due and no pass finds it: the job may be unreadable.
    func suspectParked(_ lane: StoreLane, _ result: StorePass.Result) {
        guard result.statuses.isEmpty, let due = lane.agenda.earliest.due, due <= clock.now else { return }
        lane.parked.suspect(at: clock.monotonic)
    }

    /// Returns all jobs that cannot be read, by store and id.
    func unreadableJobs(in alias: String?) async throws(CarillonError) -> [UnreadableJob] {
        var unreadable: [UnreadableJob] = []
        for lane in try lanes(alias) {
            var pages = JobPages()
            while let listed = try await pages.next(of: lane.store) {
                for case .unreadable(let id, _, let reason) in listed {
                    unreadable.append(UnreadableJob(id: id, store: lane.alias, reason: reason))
                }
            }
        }
        return unreadable
    }
}
