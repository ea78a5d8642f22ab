import CarillonTriggers
import Synchronization

/// What a caller changes of a job in one step.
package struct JobAmendment: Sendable {
    package var definition: JobDefinition
    /// Whether it is paused until it is resumed.
    package var isPaused: Bool
}

/// Adding and changing jobs by callers that read them from elsewhere, such as a REST API.
extension Engine {
    /// Adds a job as it is defined.
    ///
    /// - Throws: As `Scheduler.addJob`, with `jobExists` if the id is taken.
    package func add(
        _ id: JobID, _ definition: JobDefinition, store: String, isPaused: Bool
    ) async throws(CarillonError) -> Job {
        try await add(
            PendingJob(id: id, definition: definition, store: store, ifExists: .fail, isPaused: isPaused))
    }

    /// Changes the definition of a job and whether it is paused: both, or nothing if that throws.
    ///
    /// - Parameters:
    ///   - store: The store that the job has to be in; any if `nil`.
    ///   - change: Called again if the job was changed concurrently.
    /// - Returns: The job as it is then.
    /// - Throws: As `Scheduler.modifyJob`; `jobExists` if the job is in another store.
    package func amend(
        _ id: JobID, in store: String? = nil,
        _ change: @escaping @Sendable (inout JobAmendment) throws(CarillonError) -> Void
    ) async throws(CarillonError) -> (store: String, job: Job) {
        let lane = try await lane(of: id)
        if let store, store != lane.alias { throw Self.exists(id, in: lane) }
        let isShared = lane.store.capabilities.isShared
        let amended = Mutex<Job?>(nil)
        try await edit(id, on: lane, event: .jobModified(id, store: lane.alias), rechecks: true) {
            (snapshot, now) throws(CarillonError) in
            var wanted = JobAmendment(definition: snapshot.job.definition, isPaused: snapshot.job.isPaused)
            try change(&wanted)
            try self.checkEdit(snapshot.job.definition, wanted.definition, of: id, isShared: isShared)
            wanted.definition.trigger = wanted.definition.trigger.resolved(defaultZone: self.zone)
            let change = try snapshot.amended(wanted, at: now)
            amended.withLock { $0 = change?.job ?? snapshot.job }
            return change
        }
        // The job may lack another task than before.
        lane.parked.forget(id.description)
        lane.signal.raise()
        guard let job = amended.withLock({ $0 }) else { throw .jobNotFound(id) }
        return (lane.alias, job)
    }
}

extension JobSnapshot {
    /// Returns the change that makes the job as wanted; `nil` if it is so already.
    ///
    /// A job that is resumed with another trigger begins with that: nothing of it has been skipped. One that fires once
    /// and is resumed later than that is late, and not skipped. One that has no fire time left is removed, if that is
    /// what its policies say.
    ///
    /// - Throws: `CarillonError` with `invalidPolicy` if a number of the policies is out of range.
    fileprivate func amended(_ wanted: JobAmendment, at now: Instant) throws(CarillonError) -> JobChange? {
        let change = try modified(wanted.definition, at: now)
        guard wanted.isPaused != job.isPaused else { return change }
        let changed = JobSnapshot(job: change?.job ?? job, open: open)
        let begins = changed.job.definition.trigger != job.definition.trigger
        var both: JobChange
        if !wanted.isPaused, begins || changed.job.definition.trigger.isOneOff {
            both = JobChange(job: changed.job)
            both.job.state = changed.job.next == nil ? .ended : .active
        } else {
            guard let toggled = wanted.isPaused ? changed.paused(at: now) : changed.resumed(at: now) else {
                return change
            }
            both = toggled
        }
        both.reasons = (change?.reasons ?? []) + both.reasons
        both.removesJob = both.job.isOver && !isRemoved && open.isEmpty
        return both
    }
}
