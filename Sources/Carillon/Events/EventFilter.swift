import CarillonTriggers

extension SchedulerEvent {
    /// The topic of an event: its kind without the details.
    public enum Topic: String, Hashable, Sendable, CaseIterable {
        /// See `Kind.started`.
        case started
        /// See `Kind.shutDown`.
        case shutDown
        /// See `Kind.paused`.
        case paused
        /// See `Kind.resumed`.
        case resumed
        /// See `Kind.clockSet`.
        case clockSet
        /// See `Kind.executorAdded`.
        case executorAdded
        /// See `Kind.executorRemoved`.
        case executorRemoved
        /// See `Kind.storeAdded`.
        case storeAdded
        /// See `Kind.storeRemoved`.
        case storeRemoved
        /// See `Kind.storeFailed`.
        case storeFailed
        /// See `Kind.storeRecovered`.
        case storeRecovered
        /// See `Kind.jobAdded`.
        case jobAdded
        /// See `Kind.jobModified`.
        case jobModified
        /// See `Kind.jobPaused`.
        case jobPaused
        /// See `Kind.jobResumed`.
        case jobResumed
        /// See `Kind.jobRescheduled`.
        case jobRescheduled
        /// See `Kind.jobRemoved`.
        case jobRemoved
        /// See `Kind.allJobsRemoved`.
        case allJobsRemoved
        /// See `Kind.jobEnded`.
        case jobEnded
        /// See `Kind.jobParked`.
        case jobParked
        /// See `Kind.runQueued`.
        case runQueued
        /// See `Kind.runPromoted`.
        case runPromoted
        /// See `Kind.runTaken`.
        case runTaken
        /// See `Kind.runStarted`.
        case runStarted
        /// See `Kind.runProgressed`.
        case runProgressed
        /// See `Kind.runOverdue`.
        case runOverdue
        /// See `Kind.runCancelRequested`.
        case runCancelRequested
        /// See `Kind.runEnded`.
        case runEnded
        /// See `Kind.runRetrying`.
        case runRetrying
        /// See `Kind.runGivenBack`.
        case runGivenBack
        /// See `Kind.runRecovered`.
        case runRecovered
        /// See `Kind.runInterrupted`.
        case runInterrupted
        /// See `Kind.runRefused`.
        case runRefused
        /// See `Kind.runUnwritten`.
        case runUnwritten
        /// See `Kind.notRun`.
        case notRun
        /// See `Kind.eventsLost`.
        case eventsLost
        /// See `Kind.listenerFailed`.
        case listenerFailed
    }
}

/// Which events to receive: those that meet every condition given.
///
///     EventFilter([.runEnded, .notRun], job: "report")
public struct EventFilter: Hashable, Sendable {
    /// Only events of these topics; all if `nil`.
    public var topics: Set<SchedulerEvent.Topic>?
    /// Only events of this job and its runs; all if `nil`.
    public var job: JobID?

    /// Creates a filter; without conditions every event passes.
    public init(_ topics: Set<SchedulerEvent.Topic>? = nil, job: JobID? = nil) {
        self.topics = topics
        self.job = job
    }

    func passes(_ kind: SchedulerEvent.Kind) -> Bool {
        if let topics, !topics.contains(kind.topic) { return false }
        return job == nil || kind.job == job
    }
}

extension SchedulerEvent.Kind {
    /// The topic of the event.
    public var topic: SchedulerEvent.Topic {
        switch self {
        case .started: .started
        case .shutDown: .shutDown
        case .paused: .paused
        case .resumed: .resumed
        case .clockSet: .clockSet
        case .executorAdded: .executorAdded
        case .executorRemoved: .executorRemoved
        case .storeAdded: .storeAdded
        case .storeRemoved: .storeRemoved
        case .storeFailed: .storeFailed
        case .storeRecovered: .storeRecovered
        case .jobAdded: .jobAdded
        case .jobModified: .jobModified
        case .jobPaused: .jobPaused
        case .jobResumed: .jobResumed
        case .jobRescheduled: .jobRescheduled
        case .jobRemoved: .jobRemoved
        case .allJobsRemoved: .allJobsRemoved
        case .jobEnded: .jobEnded
        case .jobParked: .jobParked
        case .runQueued: .runQueued
        case .runPromoted: .runPromoted
        case .runTaken: .runTaken
        case .runStarted: .runStarted
        case .runProgressed: .runProgressed
        case .runOverdue: .runOverdue
        case .runCancelRequested: .runCancelRequested
        case .runEnded: .runEnded
        case .runRetrying: .runRetrying
        case .runGivenBack: .runGivenBack
        case .runRecovered: .runRecovered
        case .runInterrupted: .runInterrupted
        case .runRefused: .runRefused
        case .runUnwritten: .runUnwritten
        case .notRun: .notRun
        case .eventsLost: .eventsLost
        case .listenerFailed: .listenerFailed
        }
    }

    /// The job of the event, or of its run; `nil` if it has none, or is about all jobs of a store.
    public var job: JobID? {
        switch self {
        case .jobAdded(let job, _): job
        case .jobModified(let job, _): job
        case .jobPaused(let job, _): job
        case .jobResumed(let job, _): job
        case .jobRescheduled(let job, _, _, _): job
        case .jobRemoved(let job, _): job
        case .jobEnded(let job): job
        case .jobParked(let job, _): job
        case .notRun(let range): range.job
        default: run?.occurrence.job
        }
    }

    /// The run of the event; `nil` if it has none.
    public var run: Run.ID? {
        switch self {
        case .runQueued(let run),
            .runPromoted(let run),
            .runTaken(let run),
            .runStarted(let run),
            .runProgressed(let run, _),
            .runOverdue(let run),
            .runCancelRequested(let run),
            .runEnded(let run, _, _),
            .runRetrying(let run, _),
            .runGivenBack(let run),
            .runRecovered(let run),
            .runInterrupted(let run),
            .runRefused(let run),
            .runUnwritten(let run):
            run
        default: nil
        }
    }
}

extension SchedulerEvent.Kind: CustomStringConvertible {
    /// One line of text.
    public var description: String {
        switch self {
        case .started: "the scheduler fires from now on"
        case .shutDown: "the scheduler is shut down"
        case .paused: "the scheduler is paused"
        case .resumed: "the scheduler is resumed"
        case .clockSet(let step):
            "the wall clock was set \(step < .zero ? "back" : "on") by \(TimeSpan(step.wholeMicroseconds).words)"
        case .executorAdded(let alias): "the executor '\(alias)' was added"
        case .executorRemoved(let alias): "the executor '\(alias)' was removed"
        case .storeAdded(let alias): "the job store '\(alias)' was added"
        case .storeRemoved(let alias): "the job store '\(alias)' was removed"
        case .storeFailed(let alias, let error): "the job store '\(alias)' has failed: \(error)"
        case .storeRecovered(let alias): "the job store '\(alias)' answers again"
        case .jobAdded(let job, let store): "job '\(job)' was added to the store '\(store)'"
        case .jobModified(let job, _): "job '\(job)' was changed"
        case .jobPaused(let job, _): "job '\(job)' is paused"
        case .jobResumed(let job, _): "job '\(job)' is resumed"
        case .jobRescheduled(let job, _, let old, let new):
            "job '\(job)' comes \(Self.words(new)) instead of \(Self.words(old))"
        case .jobRemoved(let job, _): "job '\(job)' was removed"
        case .allJobsRemoved(let store): "all jobs of the store '\(store)' were removed"
        case .jobEnded(let job): "job '\(job)' has no occurrence left"
        case .jobParked(let job, let reason): "job '\(job)' cannot be run here: \(reason)"
        case .runQueued(let run): "run \(run) was made"
        case .runPromoted(let run): "run \(run) waits for others of its job no more"
        case .runTaken(let run): "run \(run) is this node's"
        case .runStarted(let run): "run \(run) began"
        case .runProgressed(let run, let progress): "run \(run) is at \(progress)"
        case .runOverdue(let run): "run \(run) takes longer than it may"
        case .runCancelRequested(let run): "run \(run) is to end"
        case .runEnded(let run, let outcome, let error): "run \(run) ended: \(outcome)\(error.map { ": \($0)" } ?? "")"
        case .runRetrying(let run, let time): "run \(run) is tried again at \(Self.words(time))"
        case .runGivenBack(let run): "run \(run) was given back"
        case .runRecovered(let run): "run \(run) may be taken again, since its node is gone"
        case .runInterrupted(let run): "run \(run) was interrupted by the stop of this node"
        case .runRefused(let run): "the end of run \(run) does not count: it is not this node's any more"
        case .runUnwritten(let run): "the end of run \(run) could not be written"
        case .notRun(let range): "\(range)"
        case .eventsLost(let count): "\(count) events were lost: the listener is too slow"
        case .listenerFailed(let error): "a listener failed: \(error)"
        }
    }

    private static func words(_ time: Instant?) -> String { time.map { $0.formatted(in: .utc) } ?? "no more" }
}
