public import Logging

/// The run that the current Swift task or thread performs.
enum CurrentRun {
    @TaskLocal static var value: (any TaskRun)?
}

extension TaskRun {
    /// The metadata of log lines about the run.
    var logMetadata: Logger.Metadata {
        ["job": "\(runID.occurrence.job)", "run": "\(runID)", "attempt": "\(runID.attempt)"]
    }
}

extension Logger.MetadataProvider {
    /// Names the run to every logger that a task uses, also those of libraries: `job`, `run` and `attempt`. Outside of runs
    /// it provides nothing.
    ///
    ///     LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: .carillon)
    ///
    /// A run is known in its task, in child tasks, and in a `Task { }` that it starts; not in a `Task.detached`, nor on a
    /// thread of the task's own. `TaskContext.logger` has the same metadata without this provider.
    public static let carillon = Logger.MetadataProvider { CurrentRun.value?.logMetadata ?? [:] }
}
