public import CarillonTriggers

/// Something that happened in a scheduler.
public struct SchedulerEvent: Equatable, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Kind: Equatable, Sendable {
        /// The scheduler fires and takes from now on.
        case started
        /// The scheduler is shut down, and its runs have ended or been left behind.
        case shutDown
        /// The scheduler fires and takes nothing until it is resumed.
        case paused
        /// The scheduler fires and takes again.
        case resumed
        /// The wall clock was set forward, or back if the duration is negative.
        case clockSet(by: Duration)
        /// An executor was added under an alias.
        case executorAdded(String)
        /// An executor was removed.
        case executorRemoved(String)
        /// A job store was added under an alias.
        case storeAdded(String)
        /// A job store was removed.
        case storeRemoved(String)
        /// A job store failed; the scheduler tries again, and goes on with the other stores.
        case storeFailed(String, CarillonError)
        /// A job store that had failed answers again.
        case storeRecovered(String)
        /// A job was added.
        case jobAdded(JobID, store: String)
        /// A job was given another definition.
        case jobModified(JobID, store: String)
        /// A job fires nothing until it is resumed.
        case jobPaused(JobID, store: String)
        /// A job fires again.
        case jobResumed(JobID, store: String)
        /// The stored next time of a job was not what its trigger gives now, since the clock was set or its zone has
        /// other rules; it was recomputed. `nil` stands for no next time.
        case jobRescheduled(JobID, store: String, from: Instant?, to: Instant?)
        /// A job was removed.
        case jobRemoved(JobID, store: String)
        /// All jobs of a store were removed.
        case allJobsRemoved(store: String)
        /// A job's trigger has no fire time left.
        case jobEnded(JobID)
        /// A job cannot be run by this node, with the reason. It is kept.
        case jobParked(JobID, reason: String)
        /// An occurrence became a run, which waits for a node or for other runs of its job.
        case runQueued(Run.ID)
        /// A waiting run became ready, since its job has room for it.
        case runPromoted(Run.ID)
        /// This node took a run.
        case runTaken(Run.ID)
        /// A run started.
        case runStarted(Run.ID)
        /// A run reported its progress.
        case runProgressed(Run.ID, RunProgress)
        /// A run exceeds its timeout, and is asked to end.
        case runOverdue(Run.ID)
        /// A run was asked to end as cancelled.
        case runCancelRequested(Run.ID)
        /// A run ended.
        case runEnded(Run.ID, Outcome, error: String?)
        /// A failed run is retried.
        case runRetrying(Run.ID, at: Instant)
        /// This node gave back a run that it had not started.
        case runGivenBack(Run.ID)
        /// A run whose node was found dead may be taken again.
        case runRecovered(Run.ID)
        /// The stop of this node ended a run before it had an outcome; another node, or this one after its next start,
        /// may take it again.
        case runInterrupted(Run.ID)
        /// The end of a run does not count, since this node no longer has the run: another node has taken it, or it was
        /// given back, lost or removed.
        case runRefused(Run.ID)
        /// A run has ended, and this node stops before its store has accepted the outcome. It is recovered like a run
        /// whose node died, unless this scheduler is started again.
        case runUnwritten(Run.ID)
        /// Occurrences were not run, with the reason.
        case notRun(ReasonRange)
        /// The listener was too slow, and this number of events before this one was dropped. A stream of events that is
        /// read too slowly has gaps in its numbers instead.
        case eventsLost(Int)
        /// A listener threw.
        case listenerFailed(String)
    }

    /// The number of the event: 1 for the scheduler's first, rising by one.
    public let number: Int
    /// When it happened, on the wall clock.
    public let time: Instant
    /// What happened.
    public let kind: Kind

    init(number: Int, time: Instant, kind: Kind) {
        self.number = number
        self.time = time
        self.kind = kind
    }

    /// One line of text.
    public var description: String { "\(number) \(time.formatted(in: .utc)) \(kind)" }
}

extension SchedulerEvent.Kind {
    /// Creates an event from what the planner did.
    init(_ event: PlanEvent, error: (Run.ID) -> String?) {
        self =
            switch event {
            case .queued(let run): .runQueued(run)
            case .promoted(let run): .runPromoted(run)
            case .taken(let run): .runTaken(run)
            case .givenBack(let run): .runGivenBack(run)
            case .ended(let run, let outcome):
                // A cancelled run's error comes from the request; a run lost without a completion has lost its node.
                .runEnded(
                    run, outcome,
                    error: outcome == .cancelled ? nil : error(run) ?? (outcome == .lost ? Run.death : nil))
            case .retrying(let run, let time): .runRetrying(run, at: time)
            case .recovered(let run): .runRecovered(run)
            case .interrupted(let run): .runInterrupted(run)
            case .cancelRequested(let run): .runCancelRequested(run)
            case .notRun(let range): .notRun(range)
            case .jobEnded(let job): .jobEnded(job)
            }
    }
}
