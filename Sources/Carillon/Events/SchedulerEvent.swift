public import CarillonTriggers

/// Something that happened in a scheduler.
public struct SchedulerEvent: Equatable, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Kind: Equatable, Sendable {
        /// The scheduler fires and takes from now on.
        case started
        /// It does neither any more, and its runs have ended or been left.
        case shutDown
        /// It fires and takes nothing until it is resumed.
        case paused
        /// It goes on.
        case resumed
        /// The wall clock was set: on by so much, or back where that is below zero.
        case clockSet(by: Duration)
        /// An executor was added under an alias.
        case executorAdded(String)
        /// An executor was removed.
        case executorRemoved(String)
        /// A job store was added under an alias.
        case storeAdded(String)
        /// A job store was removed.
        case storeRemoved(String)
        /// A job store failed; the scheduler tries again, and goes on with the others.
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
        /// The stored next time of a job was not what its trigger gives now, since the clock was set or its zone has other
        /// rules; it was worked out anew. `nil` stands for no next time.
        case jobRescheduled(JobID, store: String, from: Instant?, to: Instant?)
        /// A job was removed.
        case jobRemoved(JobID, store: String)
        /// All jobs of a store were removed.
        case allJobsRemoved(store: String)
        /// A job's trigger has no fire times left.
        case jobEnded(JobID)
        /// A job cannot be run by this node, with the reason. It is kept.
        case jobParked(JobID, reason: String)
        /// An occurrence became a run, which waits for a node or for others of its job.
        case runQueued(Run.ID)
        /// A waiting run got a free instance of its job.
        case runPromoted(Run.ID)
        /// This node made a run its own.
        case runTaken(Run.ID)
        /// A run began.
        case runStarted(Run.ID)
        /// A run said how far it is.
        case runProgressed(Run.ID, RunProgress)
        /// A run takes longer than it may, and is asked to end.
        case runOverdue(Run.ID)
        /// Somebody wants a run to end.
        case runCancelRequested(Run.ID)
        /// A run ended.
        case runEnded(Run.ID, Outcome, error: String?)
        /// A failed run is tried again.
        case runRetrying(Run.ID, at: Instant)
        /// This node gave back a run that it had not started.
        case runGivenBack(Run.ID)
        /// A run whose node was found gone may be taken again.
        case runRecovered(Run.ID)
        /// The stop of this node ended a run before it had an outcome; it may be taken again, by another node or when this
        /// one is started again.
        case runInterrupted(Run.ID)
        /// What a run said at its end does not count: this node does not have the run any more. Another one has it by now, or
        /// it was given back, lost or removed.
        case runRefused(Run.ID)
        /// A run has ended, and this node stops without its store having taken the outcome. It is recovered like a run whose
        /// node is gone, unless this scheduler is started again.
        case runUnwritten(Run.ID)
        /// Occurrences were not run, with the reason.
        case notRun(ReasonRange)
        /// The listener was too slow, and so many events before this one were left out. A sequence of events that is read too
        /// slowly has gaps in its numbers instead.
        case eventsLost(Int)
        /// A listener threw.
        case listenerFailed(String)
    }

    /// 1 for the first event of the scheduler, one more for each that follows.
    public let number: Int
    /// When it happened, by the wall clock.
    public let time: Instant
    /// What happened.
    public let kind: Kind

    init(number: Int, time: Instant, kind: Kind) {
        self.number = number
        self.time = time
        self.kind = kind
    }

    /// One line for a person.
    public var description: String { "\(number) \(time.formatted(in: .utc)) \(kind)" }
}

extension SchedulerEvent.Kind {
    /// What the planner did, as an event.
    init(_ event: PlanEvent, error: (Run.ID) -> String?) {
        self =
            switch event {
            case .queued(let run): .runQueued(run)
            case .promoted(let run): .runPromoted(run)
            case .taken(let run): .runTaken(run)
            case .givenBack(let run): .runGivenBack(run)
            case .ended(let run, let outcome):
                // Who asked for it to be cancelled has said why; what is lost without a completion is so by a death.
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
