public import CarillonTriggers

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The same calls with an id as a string from outside: from a request, a file, an argument. Each throws `CarillonError`
/// with `invalidName` if the string is not a valid id; for all else see the form that takes a `JobID`. A literal is a
/// `JobID`.
extension Scheduler {
    /// Adds a job that runs a registered task; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func addJob(
        id: String,
        task: String,
        arguments: some Encodable & Sendable = NoArguments(),
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions()
    ) async throws -> Job {
        try await addJob(id: JobID(id), task: task, arguments: arguments, trigger: trigger, options)
    }

    /// Declares a job that runs a registered task; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func declareJob(
        id: String,
        task: String,
        arguments: some Encodable & Sendable = NoArguments(),
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions()
    ) throws -> JobID {
        try declareJob(id: JobID(id), task: task, arguments: arguments, trigger: trigger, options)
    }

    /// Adds a job that runs a blocking function; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) async throws(CarillonError) -> Job {
        try await addJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Adds a job that runs an `async` function; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws(CarillonError) -> Job {
        try await addJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Adds a job that runs a blocking function with a context; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) throws -> Void
    ) async throws(CarillonError) -> Job {
        try await addJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Adds a job that runs an `async` function with a context; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) async throws(CarillonError) -> Job {
        try await addJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Declares a job that runs a blocking function; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func declareJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) throws(CarillonError) -> JobID {
        try declareJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Declares a job that runs an `async` function; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func declareJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) throws(CarillonError) -> JobID {
        try declareJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Declares a job that runs a blocking function with a context; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func declareJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) throws -> Void
    ) throws(CarillonError) -> JobID {
        try declareJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Declares a job that runs an `async` function with a context; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func declareJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) throws(CarillonError) -> JobID {
        try declareJob(id: JobID(id), trigger: trigger, options, body)
    }

    /// Returns a job; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func job(_ id: String) async throws(CarillonError) -> ListedJob {
        try await job(JobID(id))
    }

    /// Changes a job's definition; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func modifyJob(
        _ id: String,
        _ change: @escaping @Sendable (inout JobDefinition) -> Void
    ) async throws(CarillonError) {
        try await modifyJob(JobID(id), change)
    }

    /// Changes a job's definition, unless the change throws; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func modifyJob(
        _ id: String,
        _ change: @escaping @Sendable (inout JobDefinition) throws -> Void
    ) async throws {
        try await modifyJob(JobID(id), change)
    }

    /// Replaces a job's trigger; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func rescheduleJob(_ id: String, trigger: Trigger) async throws(CarillonError) {
        try await rescheduleJob(JobID(id), trigger: trigger)
    }

    /// Pauses a job; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func pauseJob(_ id: String) async throws(CarillonError) -> Bool {
        try await pauseJob(JobID(id))
    }

    /// Resumes a job; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func resumeJob(_ id: String) async throws(CarillonError) -> Bool {
        try await resumeJob(JobID(id))
    }

    /// Removes a job; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func removeJob(_ id: String) async throws(CarillonError) {
        try await removeJob(JobID(id))
    }

    /// Runs a job once more; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func runJob(_ id: String) async throws(CarillonError) -> Run.ID {
        try await runJob(JobID(id))
    }

    /// Returns the latest runs of a job; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func runs(of job: String, limit: Int = 50) async throws(CarillonError) -> [Run] {
        try await runs(of: JobID(job), limit: limit)
    }

    /// Explains why a job ran at a time, or did not; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func why(_ job: String, at scheduled: Instant) async throws(CarillonError) -> OccurrenceExplanation {
        try await why(JobID(job), at: scheduled)
    }

    /// Explains why a job ran at a time, or did not; see the form that takes a `JobID`.
    @_disfavoredOverload
    public func why(_ job: String, at scheduled: Date) async throws(CarillonError) -> OccurrenceExplanation {
        try await why(JobID(job), at: scheduled)
    }

    /// Runs a job once for each time of its trigger in a past range; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func backfillJob(
        _ id: String,
        from first: Instant,
        through last: Instant
    ) async throws(CarillonError) -> [Run.ID] {
        try await backfillJob(JobID(id), from: first, through: last)
    }

    /// Runs a job once for each time of its trigger in a past range; see the form that takes a `JobID`.
    @discardableResult @_disfavoredOverload
    public func backfillJob(
        _ id: String,
        from first: Date,
        through last: Date
    ) async throws(CarillonError) -> [Run.ID] {
        try await backfillJob(JobID(id), from: first, through: last)
    }
}
