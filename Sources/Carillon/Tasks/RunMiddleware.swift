/// Code around every run, such as the span of a tracer. See `SchedulerOptions.middleware`.
///
///     struct Stopwatch: RunMiddleware {
///         func perform(_ context: TaskContext, blocking task: () throws -> [UInt8]?) throws -> [UInt8]? {
///             let start = ContinuousClock.now
///             defer { context.log("took \(ContinuousClock.now - start)") }
///             return try task()
///         }
///
///         nonisolated(nonsending) func perform(
///             _ context: TaskContext, task: nonisolated(nonsending) () async throws -> [UInt8]?
///         ) async throws -> [UInt8]? {
///             let start = ContinuousClock.now
///             defer { context.log("took \(ContinuousClock.now - start)") }
///             return try await task()
///         }
///     }
///
/// It is called where the task is: on a thread of the run's executor, or in its Swift task. What it throws is the error of
/// the run. A run is at work, and its timeout counts, while its middleware is.
public protocol RunMiddleware: Sendable {
    /// Returns the trace that the current Swift task or thread is in, as the fields that a tracer writes, such as
    /// `traceparent` ([W3C Trace Context](https://www.w3.org/TR/trace-context/)). Called when a job is added; the fields are
    /// kept with the job (`JobDefinition.trace`).
    func currentTrace() -> [String: String]

    /// Performs a run whose task blocks.
    ///
    /// - Parameter task: Calls the task, and returns its result as JSON; `nil` if it has none.
    /// - Returns: The result of the run.
    func perform(_ context: TaskContext, blocking task: () throws -> [UInt8]?) throws -> [UInt8]?

    /// Performs a run whose task suspends.
    ///
    /// - Parameter task: Calls the task, and returns its result as JSON; `nil` if it has none.
    /// - Returns: The result of the run.
    nonisolated(nonsending) func perform(
        _ context: TaskContext, task: nonisolated(nonsending) () async throws -> [UInt8]?
    ) async throws -> [UInt8]?
}

extension RunMiddleware {
    /// No trace.
    public func currentTrace() -> [String: String] { [:] }
}

/// Several around one run: the first one is the outermost.
extension ArraySlice<any RunMiddleware> {
    func perform(_ context: TaskContext, blocking task: () throws -> [UInt8]?) throws -> [UInt8]? {
        guard let first else { return try task() }
        return try first.perform(context, blocking: { try dropFirst().perform(context, blocking: task) })
    }

    nonisolated(nonsending) func perform(
        _ context: TaskContext, task: nonisolated(nonsending) () async throws -> [UInt8]?
    ) async throws -> [UInt8]? {
        guard let first else { return try await task() }
        return try await first.perform(context, task: { try await dropFirst().perform(context, task: task) })
    }
}
