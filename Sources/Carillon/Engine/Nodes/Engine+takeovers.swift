import CarillonTriggers
import Logging

/// Runs of this node that other nodes have taken over because they saw no heartbeat of it for a lease.
extension Engine {
    /// Checks whether the runs of a node whose heartbeats fail are still its own, and ends those that are not.
    ///
    /// It does not wait for a turn of the lane, whose pauses grow while the store accepts nothing. If the store cannot
    /// be read either, the runs go on: it may be unreachable for all nodes, and then none takes them over.
    func lookForTakeovers(_ alias: String) async {
        guard let lane = lanes[alias], !lane.isDone, !lane.runs.works.isEmpty else { return }
        do throws(CarillonError) {
            try await endTakenOver(on: lane, beside: try await running(on: lane).map(\.run))
        } catch {
            // The failed heartbeat has been logged.
            return
        }
    }

    /// Returns the runs that the store says are this node's, with the definitions of their jobs, and whether these were
    /// removed.
    func running(
        on lane: StoreLane
    ) async throws(CarillonError) -> [(run: Run, job: JobDefinition, isRemoved: Bool)] {
        var query = JobQuery(now: clock.now)
        query.runningOn = [node.id]
        return try await lane.store.find(query).flatMap { snapshot in
            snapshot.open.filter { $0.state == .running(node: node.id) }.map {
                ($0, snapshot.job.definition, snapshot.isRemoved)
            }
        }
    }

    /// Ends the work for runs that are now another node's.
    ///
    /// - Parameter running: The runs that are this node's.
    func endTakenOver(on lane: StoreLane, beside running: [Run]) async throws(CarillonError) {
        let fences = Dictionary(running.map { ($0.id, $0.fence) }) { first, _ in first }
        for (key, work) in lane.runs.works where fences[work.run.id] != work.run.fence {
            if lane.isDone { return }
            // A run whose job cannot be read goes on.
            let stored = try await lane.store.run(work.run.id)
            if stored?.state == .running(node: node.id), stored?.fence == work.run.fence { continue }
            if stored == nil, try await isUnreadable(work.run.id.occurrence.job, on: lane) { continue }
            // The work may have ended while the store was asked.
            guard lane.runs.works[key] === work, lane.runs.takenOver.insert(key).inserted else { continue }
            warn(of: work.run.id, stored, "its work here is ended and its outcome does not count", lane)
            work.cancel()
        }
    }

    /// Reports runs whose ends the store refused. It also refuses ends that it has already, when its answer was lost.
    func tellRefused(_ refused: [Completion], _ lane: StoreLane) async throws(CarillonError) {
        for (index, completion) in refused.enumerated() {
            // The run is not this node's any more, whatever became of it.
            if case .givenBack = completion.result {
                hub.emit(.runRefused(completion.run))
                continue
            }
            let stored: Run?
            let isWithheld: Bool
            do throws(CarillonError) {
                stored = try await lane.store.run(completion.run)
                isWithheld =
                    if let stored {
                        stored.accepts(completion)
                    } else {
                        try await isUnreadable(completion.run.occurrence.job, on: lane)
                    }
            } catch {
                // The store refuses them again with the next pass, and is asked again.
                lane.completions.pending += refused[index...]
                throw error
            }
            if isWithheld { withhold(completion, lane) } else { tellRefused(completion, stored, lane) }
        }
    }

    /// Whether a job exists that cannot be read, be it for one of its open runs.
    private func isUnreadable(_ job: JobID, on lane: StoreLane) async throws(CarillonError) -> Bool {
        try await lane.store.absence(of: job).code == .jobUnreadable
    }

    private func withhold(_ completion: Completion, _ lane: StoreLane) {
        warn(
            "the outcome of a run cannot be written, since its job cannot be read; that is tried again every minute",
            of: completion.run, lane)
        lane.completions.withheld.append(completion, at: clock.monotonic)
    }

    private func tellRefused(_ completion: Completion, _ stored: Run?, _ lane: StoreLane) {
        let isLast = stored?.fence == completion.fence
        switch completion.result {
        case .ended(let outcome, let error, _, _, _) where stored?.isEnded(by: completion) == true:
            hub.emit(.runEnded(completion.run, outcome, error: outcome == .cancelled ? nil : error))
        case .interrupted where isLast && stored?.isInterrupted == true:
            let isOpen = stored?.isOpen == true
            hub.emit(isOpen ? .runInterrupted(completion.run) : .runEnded(completion.run, .lost, error: stored?.error))
        case .interrupted where isLast && stored?.state == .finished(.cancelled):
            hub.emit(.runEnded(completion.run, .cancelled, error: nil))
        // No outcome is lost with it; another node may have taken the run since.
        case .interrupted, .givenBack: hub.emit(.runRefused(completion.run))
        case .ended:
            warn(of: completion.run, stored, "the outcome of its work here does not count", lane)
            hub.emit(.runRefused(completion.run))
        }
    }

    /// Reports what a lane that ends could not write.
    func tellUnwritten(_ lane: StoreLane) {
        for completion in lane.completions.all {
            if case .givenBack = completion.result { continue }
            hub.emit(.runUnwritten(completion.run))
        }
        for completion in lane.completions.withheld.completions {
            warn(
                "the outcome of a run has not been written, since its job cannot be read; once it can, the job's recovery "
                    + "says whether the run begins anew",
                of: completion.run, lane)
        }
    }

    private func warn(of run: Run.ID, _ stored: Run?, _ consequence: String, _ lane: StoreLane) {
        let event =
            switch stored {
            case nil: "a run is not in its store any more"
            case let stored? where stored.state == .finished(.lost):
                "a run was declared lost while this node was silent"
            case let stored?:
                if let other = stored.node, other != node.id {
                    "a run was taken over by node '\(other)' while this node was silent"
                } else {
                    "a run was recovered by another node while this one was silent"
                }
            }
        warn("\(event); \(consequence)", of: run, lane)
    }

    private func warn(_ message: String, of run: Run.ID, _ lane: StoreLane) {
        logger.warning(
            "\(message)", metadata: ["store": "\(lane.alias)", "job": "\(run.occurrence.job)", "run": "\(run)"])
    }
}
