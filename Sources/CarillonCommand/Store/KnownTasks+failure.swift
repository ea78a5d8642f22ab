#if Command
import Carillon

extension KnownTasks {
    /// The jobs whose task for failed runs no node has: such a job fires until a run of it has failed, and then the run of
    /// that task holds a place of it.
    ///
    /// - Parameter limit: The most jobs that are looked at.
    func jobsToWait(
        in store: any JobStore, _ filter: JobFilter = JobFilter(), atMost limit: Int
    ) async throws(CarillonError) -> [(job: Job, task: TaskName)] {
        try await store.jobs(filter, atMost: limit).compactMap { job in
            job.definition.policies.onFailure.flatMap { isMissing($0.task) ? (job, $0.task) : nil }
        }
    }
}
#endif
