public import CarillonTriggers

/// The ended runs that a search finds, over all jobs: those that match all criteria.
///
///     var search = RunSearch()
///     search.task = TaskName("report")
///     search.outcomes = [.failed, .timedOut]
///     search.lateness = .minute
///     let newest = try await store.endedRuns(search, page: Page(limit: 50))
public struct RunSearch: Hashable, Sendable {
    /// The order in which runs are returned.
    public enum Order: Hashable, Sendable, CaseIterable {
        /// The order of all listings, `Run.ID.isListed(before:)`: the latest scheduled first.
        case newestFirst
        /// The reverse order.
        case oldestFirst
    }

    /// Only runs of this job.
    public var job: JobID?
    /// Only runs of this task, as it was when they ended.
    public var task: TaskName?
    /// Only runs that this node ran last, whether or not the node still exists.
    public var node: NodeID?
    /// Only runs with one of these outcomes.
    public var outcomes: Set<Outcome> = Set(Outcome.allCases)
    /// Only runs that started at least this late.
    public var lateness = Lateness.onTime
    /// Only runs that failed with this kind of error.
    public var error: ErrorFingerprint?
    /// Only runs scheduled in this range.
    public var scheduled: ClosedRange<Instant>?
    /// The order of the runs.
    public var order = Order.newestFirst

    /// Creates a search for every ended run, the newest first, or for those with the given values.
    public init(
        job: JobID? = nil,
        task: TaskName? = nil,
        node: NodeID? = nil,
        outcomes: Set<Outcome> = Set(Outcome.allCases),
        lateness: Lateness = .onTime,
        error: ErrorFingerprint? = nil,
        scheduled: ClosedRange<Instant>? = nil,
        order: Order = .newestFirst
    ) {
        self.job = job
        self.task = task
        self.node = node
        self.outcomes = outcomes
        self.lateness = lateness
        self.error = error
        self.scheduled = scheduled
        self.order = order
    }

    /// Whether a run matches the search.
    ///
    /// - Parameter task: The task that it ran, if known.
    package func passes(_ run: Run, of task: TaskName?) -> Bool {
        guard case .finished(let outcome) = run.state, outcomes.contains(outcome), run.lateness >= lateness else {
            return false
        }
        if let job, job != run.id.occurrence.job { return false }
        if let wanted = self.task, wanted != task { return false }
        if let node, node != run.node { return false }
        if let error, error != run.errorFingerprint { return false }
        return scheduled?.contains(run.id.occurrence.scheduled) ?? true
    }
}

/// A store that finds ended runs over all jobs, and the last runs of many jobs, without reading the others.
///
/// Open runs are few, and are listed by `JobStore.runs`.
public protocol RunSearching: Sendable {
    /// Returns a page of ended runs, without their arguments, results and logs, which may be long; `run` has them.
    ///
    /// A page costs the same however many runs there are, and whichever page it is, for any combination of task, node,
    /// outcomes and lateness, and for an error. With a job, the job's own history is read.
    func endedRuns(_ search: RunSearch, page: Page<Run.ID>) async throws(CarillonError) -> [Run]

    /// Returns the ended runs of each job that were scheduled last, the latest first, as `endedRuns` shows them. Runs
    /// of the failure task are left out. Jobs without ended runs are left out.
    ///
    /// - Parameters:
    ///   - jobs: At most 1,000; any further ones are ignored.
    ///   - limit: The most runs of a job, clamped to 1 ... 100.
    func latestRuns(of jobs: [JobID], limit: Int) async throws(CarillonError) -> [JobID: [Run]]
}

/// The limits of `RunSearching.latestRuns`.
package enum LatestRunsLimits {
    /// The most jobs.
    package static let jobs = 1000
    /// The most runs of a job.
    package static let runs = 1...100

    /// Returns a requested number of runs, clamped to the limits.
    package static func runs(_ asked: Int) -> Int { min(max(asked, runs.lowerBound), runs.upperBound) }
}

extension Run {
    /// The run as searches return it, without arguments, result and log.
    package var withoutPayload: Run {
        var run = self
        run.arguments = nil
        run.result = nil
        run.log = nil
        return run
    }
}
