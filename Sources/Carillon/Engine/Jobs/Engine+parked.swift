import CarillonTriggers
import Logging

/// Jobs that this node cannot run. They are kept as they are.
extension Engine {
    /// The most jobs of a store that are told of.
    private static let parkedLimit = 100

    /// Tells of jobs in a store whose tasks are not registered, or that cannot be read: once each, when a lane begins and
    /// when something is due that no pass finds, since nothing else of the engine ever sees them.
    func reportParked(_ lane: StoreLane) async throws(CarillonError) {
        // What other nodes have is known from the first heartbeat on.
        guard lane.parked.isDue, lane.membership.hasHeard || !lane.store.capabilities.isShared else { return }
        lane.parked.begin(at: clock.monotonic)
        // What is in this process's memory was added by it, and checked.
        guard lane.store.capabilities.isPersistent || lane.store.capabilities.isShared else { return }
        var filter = JobFilter()
        filter.exceptTasks = registry.names
        let strange = try await lane.store.jobs(filter, page: Page(limit: Self.parkedLimit))
        // Behind a pass, what is due still comes first.
        let first = try await lane.store.jobs(JobFilter(), page: Page(after: .beginningByDue, limit: Self.parkedLimit))
        for row in strange + first {
            switch row {
            case .job(let job):
                reportMissingTasks(of: job, lane)
            case .unreadable(let id, _, let reason): report(id, "it cannot be read: \(reason)", .warning, lane)
            }
        }
    }

    /// Tells of a job whose tasks this node does not have. It is a fault only where no live node has them.
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

    /// Something is due and no pass finds it: a job that cannot be read, perhaps.
    func suspectParked(_ lane: StoreLane, _ result: StorePass.Result) {
        guard result.statuses.isEmpty, let due = lane.agenda.earliest.due, due <= clock.now else { return }
        lane.parked.suspect(at: clock.monotonic)
    }

    /// All jobs that cannot be read, by store and id.
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
