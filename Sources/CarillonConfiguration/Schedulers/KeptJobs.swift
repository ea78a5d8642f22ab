#if Configuration
package import Carillon
package import CarillonTriggers
import Foundation

/// The jobs of a configuration on their way to a scheduler.
package struct KeptJobs {
    /// The jobs as the scheduler is to have them.
    package let jobs: [OriginJob]
    /// The origins whose other jobs are removed.
    package let origins: Set<String>

    /// - Parameters:
    ///   - previous: The configuration that the scheduler had before: a job that it paused is resumed.
    ///   - now: When a job without a trigger is due.
    package init(of configuration: Configuration, replacing previous: Configuration?, now: Instant) {
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
        // A variable's jobs are gone when it is gone while the program runs.
        origins = configuration.keptOrigins.union(configuration.jobs.map(\.origin))
            .union(previous?.jobs.map(\.origin) ?? [])
    }
}

extension Configuration {
    /// Whose jobs are this configuration's: of its sources, and of those that they continue and that are not there any more.
    package var keptOrigins: Set<String> { origins.union(continuedOrigins.filter(Self.isContinued)) }

    /// Whether the jobs of a former file can be another's: those of a file that is still there are that file's.
    package static func isContinued(_ origin: String) -> Bool { !origin.hasPrefix("/") || isMissing(origin) }

    /// Whether an origin is the path of a file that is not there. One that cannot be looked at may be.
    package static func isMissing(_ origin: String) -> Bool {
        guard origin.hasPrefix("/") else { return false }
        var status = stat()
        return stat(origin, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }
}
#endif
