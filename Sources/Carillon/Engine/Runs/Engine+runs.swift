import CarillonTriggers
import Logging
import Synchronization

/// Runs between the store and the executors.
extension Engine {
    /// How long a run may wait to be started before it is given back, in microseconds, unless its executor has a free
    /// place for it and says that it needs longer.
    static let unstartedLimit: Int64 = 1_000_000

    /// Processes what executors have reported since the last turn.
    func collect(_ lane: StoreLane) {
        var ended = FewNamed<Int>()
        let metrics = metrics
        // Moved out of the lane meanwhile: every access to a property of an object is checked, and there are many.
        var (works, completions) = (lane.runs.works, lane.completions.pending)
        (lane.runs.works, lane.completions.pending) = ([:], [])
        let hasTakenOver = !lane.runs.takenOver.isEmpty
        lane.mailbox.takeAll { report in
            switch report {
            case .ended(let work, let completion):
                let key = ObjectIdentifier(work)
                ended.values[ended.index(of: work.executor) ?? ended.add(work.executor, 0)] += 1
                works[key] = nil
                if hasTakenOver, lane.runs.takenOver.remove(key) != nil {
                    metrics?.takenOver(work)
                    // This node may have taken the run again meanwhile.
                    if !works.values.contains(where: { $0.run.id == work.run.id }) {
                        hub.emit(.runRefused(work.run.id))
                    }
                } else {
                    metrics?.ended(work, completion)
                    logFailure(completion, of: work, lane)
                    if completions.isEmpty { completions.reserveCapacity(min(works.count + 1, lane.agenda.passLimit)) }
                    completions.append(completion)
                }
            case .started(let work, let time):
                metrics?.started(work, at: time)
                hub.emit(.runStarted(work.run.id))
            case .progressed(let work, let progress): hub.emit(.runProgressed(work.run.id, progress))
            case .overdue(let work): hub.emit(.runOverdue(work.run.id))
            case .undecodable(let work, let reason):
                hub.emit(.jobParked(work.run.id.occurrence.job, reason: reason))
            }
        }
        (lane.runs.works, lane.completions.pending) = (works, completions)
        guard !ended.names.isEmpty else { return }
        let monotonic = clock.monotonic
        for (alias, count) in zip(ended.names, ended.values) { executors[alias]?.load.end(count, at: monotonic) }
        wakeStarved(except: lane)
    }

    /// Wakes other lanes that wait for a worker: executors serve all stores, and a free worker may be for another one.
    func wakeStarved(except lane: StoreLane) {
        for other in lanes.values where other !== lane && other.agenda.isStarved { other.wake() }
    }

    /// Hands runs that are now this node's to the executors.
    ///
    /// - Parameters:
    ///   - definitions: The definitions of their jobs, in the same order.
    ///   - sent: When the store was asked for the runs, on the monotonic clock.
    func start(_ taken: [Run], of definitions: [JobDefinition], sent: Int64, on lane: StoreLane) async {
        let origin = RunWork.Origin(
            clock: clock,
            logger: logger,
            mailbox: lane.mailbox,
            lease: lane.membership.lease,
            timeouts: timeouts,
            scheduler: ObjectIdentifier(self),
            hub: hub,
            isMeasured: metrics != nil,
            environment: options.environment,
            refusalOfVariableFile: options.refusalOfVariableFile,
            middleware: options.middleware
        )
        let monotonic = clock.monotonic
        let tasks = registry.all
        // Many runs of one task are often taken together.
        var known: (name: TaskName, task: RegisteredTask?)?
        var batches = FewNamed<Batch>()
        // Moved out of the lane meanwhile, as in `collect`.
        var (works, unstarted) = (lane.runs.works, lane.runs.unstarted)
        (lane.runs.works, lane.runs.unstarted) = ([:], FirstInFirstOut())
        for (index, job) in zip(taken.indices, definitions) {
            var batch = batches.index(of: job.executor)
            if batch == nil, let slot = executors[job.executor] { batch = batches.add(job.executor, Batch(slot)) }
            let name = taken[index].task ?? job.task
            if known?.name != name { known = (name, tasks[name]) }
            guard let task = known?.task, let batch else {
                lane.completions.pending.append(givenBack(taken[index]))
                continue
            }
            let hasPlace = batches.values[batch].works.count < batches.values[batch].places
            let limit = hasPlace ? batches.values[batch].startLimit : Self.unstartedLimit
            let work = RunWork(
                taken[index], of: job, task: task, sent: sent, taken: monotonic, startLimit: monotonic + limit,
                hasPlace: hasPlace, origin: origin)
            works[ObjectIdentifier(work)] = work
            if limit == Self.unstartedLimit { unstarted.append(work) } else { lane.runs.slow.append(work) }
            batches.values[batch].works.append(work)
            // A run that reconciliation found may have been cancelled meanwhile.
            if taken[index].isCancelRequested { work.cancel() }
        }
        (lane.runs.works, lane.runs.unstarted) = (works, unstarted)
        for (alias, batch) in zip(batches.names, batches.values) where !batch.works.isEmpty {
            executors[alias]?.load.take(batch.works.count)
            if let executor = executors[alias]?.executor { await hand(batch.works, to: executor) }
        }
    }

    /// The runs for one executor, taken together.
    private struct Batch {
        /// How many of them can begin at once.
        let places: Int
        let startLimit: Int64
        var works: [RunWork] = []

        init(_ slot: ExecutorSlot) {
            places = slot.load.places
            startLimit = slot.startLimit
        }
    }

    private func hand(_ works: [RunWork], to executor: any JobExecutor) async {
        guard executor.isInline else { return await executor.execute(works) }
        inline.append((executor, works))
        guard !isPerformingInline else { return }
        isPerformingInline = true
        // In a task of its own, so that a run that suspends does not hold up the lane.
        Task(priority: .medium) {
            while let (executor, works) = inline.popFirst() {
                for work in works { await performInline(work, on: executor) }
            }
            isPerformingInline = false
            settle()
        }
    }

    private func performInline(_ work: RunWork, on executor: any JobExecutor) async {
        inlineRuns.add(1, ordering: .relaxed)
        if work.isBlocking {
            await executor.execute([work])
        } else {
            // A run that suspends has a task that can be cancelled, all parts of which run where the engine does.
            let task = Task(executorPreference: laneExecutor, priority: .medium) {
                await self.execute(work, on: executor)
            }
            work.onCancel { task.cancel() }
            await task.value
        }
        inlineRuns.subtract(1, ordering: .relaxed)
    }

    private func execute(_ work: RunWork, on executor: any JobExecutor) async { await executor.execute([work]) }

    func givenBack(_ run: Run) -> Completion {
        Completion(run: run.id, fence: run.fence, finished: clock.now, result: .givenBack)
    }

    /// Gives back runs that were taken and not started in time, so that another node can take them.
    func giveBackUnstarted(_ lane: StoreLane, all: Bool = false) {
        let now = clock.monotonic
        var unstarted = lane.runs.unstarted
        lane.runs.unstarted = FirstInFirstOut()
        while let work = unstarted.first, work.hasBegun || all || work.startLimit <= now {
            _ = unstarted.popFirst()
            giveBack(work, lane, isLate: !all)
        }
        lane.runs.unstarted = unstarted
        guard !lane.runs.slow.isEmpty else { return }
        let slow = lane.runs.slow
        lane.runs.slow = slow.filter { !$0.hasBegun && !all && $0.startLimit > now }
        for work in slow where all || work.startLimit <= now { giveBack(work, lane, isLate: !all) }
    }

    /// Gives back a run, unless it has been started.
    ///
    /// - Parameter isLate: Whether its executor had the time to begin it.
    private func giveBack(_ work: RunWork, _ lane: StoreLane, isLate: Bool) {
        guard work.withdraw() else { return }
        lane.runs.remove(work)
        executors[work.executor]?.load.giveBack()
        lane.completions.pending.append(givenBack(work.run))
        guard isLate, work.hasPlace, executors[work.executor]?.unstarted.isToTell(of: work.run.id) == true else {
            return
        }
        let seconds = (work.startLimit - work.taken + 999_999) / 1_000_000
        logger.warning(
            """
            an executor does not begin its runs: it was given the same run three times, and did not begin it within \
            \(seconds) second\(seconds == 1 ? "" : "s"); perform each run that `execute` is given, or say in `startLimit` how \
            long the executor needs
            """,
            metadata: [
                "executor": "\(work.executor)", "job": "\(work.run.id.occurrence.job)", "run": "\(work.run.id)",
                "store": "\(lane.alias)",
            ])
    }
}
