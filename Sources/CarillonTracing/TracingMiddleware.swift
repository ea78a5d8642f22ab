#if Tracing
public import Carillon
import Instrumentation
public import Tracing

/// A span for every run, linked to where its job was added.
///
///     var options = SchedulerOptions()
///     options.middleware = [TracingMiddleware()]
///     let scheduler = AsyncScheduler(options)
///
/// The span is named after the task, such as `run report`, is of the kind `consumer`, and begins a trace of its own, since
/// one job may have many runs. Spans that the task makes are its children. Its attributes:
///
/// | attribute | value |
/// | --- | --- |
/// | `carillon.job` | the id of the job |
/// | `carillon.run` | the id of the run |
/// | `carillon.attempt` | the number of the attempt, 1 for the first |
/// | `carillon.scheduled` | when the run was due by its trigger (RFC 3339) |
///
/// A job that is added inside a span keeps that span's trace context in its store. So the link is there also after a
/// restart, and on the other nodes of a cluster. A run that throws has the error in its span, whose status is `error`.
///
/// In a program with a process pool, give it to `ProcessPoolExecutor.runWorkerIfAsked` as well: the span of a run is made
/// in the worker, whose program has to bootstrap a tracer too.
public struct TracingMiddleware: RunMiddleware {
    private let given: (any Tracer)?

    /// Creates middleware for a tracer.
    ///
    /// - Parameter tracer: `nil` for the one that the process has bootstrapped (`InstrumentationSystem`).
    public init(tracer: (any Tracer)? = nil) { given = tracer }

    private var tracer: any Tracer { given ?? InstrumentationSystem.tracer }

    /// The context of the caller's span, as the tracer writes it for a request to another server.
    public func currentTrace() -> [String: String] {
        guard let context = InstrumentationContext.current else { return [:] }
        var fields: [String: String] = [:]
        tracer.inject(context, into: &fields, using: FieldCarrier())
        return fields
    }

    /// See `RunMiddleware`.
    public func perform(_ context: TaskContext, blocking task: () throws -> [UInt8]?) throws -> [UInt8]? {
        try tracer.withAnySpan(name(of: context), context: .topLevel, ofKind: .consumer) { span in
            describe(context, in: span)
            do { return try task() } catch {
                span.setStatus(SpanStatus(code: .error))
                throw error
            }
        }
    }

    /// See `RunMiddleware`.
    nonisolated(nonsending) public func perform(
        _ context: TaskContext, task: nonisolated(nonsending) () async throws -> [UInt8]?
    ) async throws -> [UInt8]? {
        try await tracer.withAnySpan(name(of: context), context: .topLevel, ofKind: .consumer) { span in
            describe(context, in: span)
            do { return try await task() } catch {
                span.setStatus(SpanStatus(code: .error))
                throw error
            }
        }
    }

    private func name(of context: TaskContext) -> String { "run \(context.task)" }

    private func describe(_ context: TaskContext, in span: any Span) {
        span.attributes["carillon.job"] = "\(context.jobID)"
        span.attributes["carillon.run"] = "\(context.runID)"
        span.attributes["carillon.attempt"] = context.attempt
        span.attributes["carillon.scheduled"] = "\(context.scheduled)"
        guard !context.trace.isEmpty else { return }
        var added = InstrumentationContext.topLevel
        tracer.extract(context.trace, into: &added, using: FieldCarrier())
        span.addLink(SpanLink(context: added, attributes: [:]))
    }
}

/// Reads and writes the fields of a trace.
private struct FieldCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into fields: inout [String: String]) { fields[key] = value }

    func extract(key: String, from fields: [String: String]) -> String? { fields[key] }
}
#endif
