#if Configuration
public import Carillon
import CarillonTriggers

/// Keeping the jobs of a configuration.
extension Scheduler {
    /// Makes the scheduler's jobs equal to those of a configuration, before it is started or while it runs. `func` and
    /// `task` name tasks that are registered with it.
    ///
    ///     try scheduler.register("greet") { (name: String, context) in print("Hello, \(name)!") }
    ///     let difference = try await scheduler.keepJobs(of: configuration)
    ///     try await scheduler.start()
    ///
    /// Jobs that the sources of the configuration no longer have are removed; those that are as wanted keep their phase and
    /// history; jobs of others are left alone, but a job under a wanted id is taken over. All jobs are checked before any is
    /// written; what is written is not one transaction, so call this again if a store fails in between.
    ///
    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - previous: The configuration that it takes the place of while the scheduler runs, so that a job that
    ///     was paused there and is not any more is resumed.
    ///   - progress: Called with the number of jobs that are finished.
    /// - Returns: What was added, changed and removed.
    /// - Throws: `CarillonError`: `invalidConfiguration` as `checkJobs(of:)`; otherwise as
    ///   `keepJobs(ofOrigins:equalTo:progress:)`.
    @discardableResult
    public func keepJobs(
        of configuration: Configuration,
        replacing previous: Configuration? = nil,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(CarillonError) -> JobsDifference {
        try checkJobs(of: configuration)
        let kept = KeptJobs(of: configuration, replacing: previous, now: engine.clock.now)
        return try await keepJobs(ofOrigins: kept.origins, equalTo: kept.jobs, progress: progress)
    }

    /// Checks whether this scheduler can run the jobs of a configuration, with its current tasks and executors.
    ///
    /// - Throws: `CarillonError` with `invalidConfiguration`, and a line for each job that it cannot run, by its place;
    ///   `ConfigurationError.maximumProblems` at most.
    public func checkJobs(of configuration: Configuration) throws(CarillonError) {
        var check = ConfiguredJobsCheck(configuration)
        check.look(for: self)
        if let error = check.error { throw error }
    }
}

extension BlockingScheduler {
    /// Makes the scheduler's jobs equal to those of a configuration, from a function that is not `async`: it blocks its
    /// thread until they are. See `keepJobs(of:replacing:progress:)`.
    ///
    /// - Returns: What was added, changed and removed.
    /// - Throws: As the `async` form.
    @available(*, noasync, message: "it keeps its thread; write 'try await'")
    @discardableResult
    public func keepJobs(of configuration: Configuration) throws(CarillonError) -> JobsDifference {
        try TaskWait.value { () async throws(CarillonError) in
            try await self.keepJobs(of: configuration, replacing: nil)
        }
    }
}
#endif
