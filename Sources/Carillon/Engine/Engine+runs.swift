import CarillonTriggers
import Synchronization

/// Runs between the store and the executors.
extension Engine {
    /// What has been taken ahead and not started is given back after so many microseconds.
    static let unstartedLimit: Int64 = 1_000_000

    /// Takes what executors have reported since the last turn.
    func collect(_ lane: StoreLane) {
        let reports = lane.mailbox.takeAll()
        guard !reports.isEmpty else { return }
        let monotonic = clock.monotonic
        var ended: [String: Int] = [:]
        for report in reports {
            switch report {
            case .ended(let work, let completion):
                lane.works[ObjectIdentifier(work)] = nil
                ended[work.executor, default: 0] += 1
                lane.completions.append(completion)
                metrics?.ended(work, completion)
            case .started(let work, let time):
                metrics?.started(work, at: time)
                hub.emit(.runStarted(work.run.id))
            case .progressed(let work, let progress): hub.emit(.runProgressed(work.run.id, progress))
            case .overdue(let work): hub.emit(.runOverdue(work.run.id))
            case .undecodable(let work, let reason):
                hub.emit(.jobParked(work.run.id.occurrence.job, reason: reason))
            }
        }
        guard !ended.isEmpty else { return }
        for (alias, count) in ended { executors[alias]?.end(count, at: monotonic) }
        wakeStarved(except: lane)
    }

    /// Executors serve all stores: where one has a worker free, it may be another store's turn.
    private func wakeStarved(except lane: StoreLane) {
        for other in lanes.values where other !== lane && other.isStarved { other.wake() }
    }

    /// Hands runs that are the node's now, with their jobs, to the executors.
    func start(_ taken: some Sequence<(Run, JobDefinition)>, on lane: StoreLane) async {
        let origin = RunWork.Origin(
            clock: clock,
            logger: logger,
            mailbox: lane.mailbox,
            timeouts: timeouts,
            scheduler: ObjectIdentifier(self),
            hub: hub,
            isMeasured: metrics != nil
        )
        let monotonic = clock.monotonic
        let tasks = registry.all
        var byExecutor: [String: [RunWork]] = [:]
        for (run, job) in taken {
            guard let task = tasks[run.task ?? job.task], executors[job.executor] != nil else {
                lane.completions.append(givenBack(run))
                continue
            }
            let work = RunWork(run, of: job, task: task, taken: monotonic, origin: origin)
            lane.works[ObjectIdentifier(work)] = work
            lane.unstarted.append(work)
            byExecutor[job.executor, default: []].append(work)
        }
        for (alias, works) in byExecutor.sorted(by: { $0.key < $1.key }) {
            executors[alias]?.take(works.count)
            if let executor = executors[alias]?.executor { await hand(works, to: executor) }
        }
    }

    private func hand(_ works: [RunWork], to executor: any JobExecutor) async {
        guard executor.isInline else { return await executor.execute(works) }
        inline.append((executor, works))
        guard !isPerformingInline else { return }
        isPerformingInline = true
        // A task of its own, so that a run that suspends does not hold up the lane.
        Task {
            while let (executor, works) = inline.popFirst() {
                inlineRuns.add(1, ordering: .relaxed)
                await executor.execute(works)
                inlineRuns.subtract(1, ordering: .relaxed)
            }
            isPerformingInline = false
        }
    }

    private func givenBack(_ run: Run) -> Completion {
        Completion(run: run.id, fence: run.fence, finished: clock.now, result: .givenBack)
    }

    /// Gives back what was taken and not started in time, so that another node can take it.
    func giveBackUnstarted(_ lane: StoreLane, all: Bool = false) {
        let limit = clock.monotonic - Self.unstartedLimit
        while let work = lane.unstarted.first, work.hasBegun || all || work.taken <= limit {
            _ = lane.unstarted.popFirst()
            guard work.withdraw() else { continue }
            lane.works[ObjectIdentifier(work)] = nil
            executors[work.executor]?.giveBack()
            lane.completions.append(givenBack(work.run))
        }
    }
}
