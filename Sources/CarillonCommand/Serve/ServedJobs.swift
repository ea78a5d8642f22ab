#if Command
package import Carillon
package import CarillonConfiguration
import CarillonTriggers
import Foundation

/// The jobs of a configuration on their way to the scheduler.
package struct ServedJobs {
    let jobs: [OriginJob]
    let origins: Set<String>

    /// - Parameters:
    ///   - previous: The configuration that they had before it was read anew: a job that it paused is resumed.
    ///   - fileOrigins: Who keeps jobs, whether or not there are any.
    init(_ configuration: Configuration, previous: Configuration?, fileOrigins: Set<String>, now: Instant) {
        let paused = Set(previous?.jobs.lazy.filter(\.isPaused).map(\.id) ?? [])
        jobs = configuration.jobs.map { job in
            OriginJob(
                id: job.id,
                definition: job.definition(now: now),
                runsWhenAdded: job.trigger == nil,
                store: job.store,
                pause: job.isPaused ? .pause : paused.contains(job.id) ? .resume : .leave
            )
        }
        // A variable's jobs are gone when it is gone while the server runs.
        origins = fileOrigins.union(configuration.jobs.map(\.origin)).union(previous?.jobs.map(\.origin) ?? [])
    }

    /// Looks whether the scheduler can run them.
    ///
    /// - Throws: `CommandFailure` with a line for each that it cannot, by its place.
    package static func check(_ configuration: Configuration, _ scheduler: some Scheduler) throws(CommandFailure) {
        var check = ServedJobsCheck(configuration)
        check.look(for: scheduler)
        if let failure = check.failure { throw failure }
    }
}
#endif
