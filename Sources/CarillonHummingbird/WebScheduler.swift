#if Web && Configuration
public import Carillon
public import CarillonConfiguration
public import CarillonLifecycle
public import CarillonSetup
public import Hummingbird
import Synchronization

/// A scheduler of a web application that a configuration describes: what `APScheduler` of Flask-APScheduler is to an
/// application of Flask.
///
///     let web = WebScheduler(BackgroundScheduler(daemon: true))
///     try web.initApp(configuration, router: router)
///     try web.register("greet") { (name: String, context) in context.log("Hello, \(name)!") }
///     try await web.start()
///
/// It is a `Scheduler` as any other: jobs are added to it, listed and run by the same calls. Instead of `start()`,
/// `application.runService(with: web)` starts it once the server listens, and drains it at the end.
///
/// The traits `Web` and `Configuration` build it in.
public final class WebScheduler<Base: ServiceScheduler>: ServiceScheduler {
    /// What has been done with a configuration.
    private enum State {
        case none
        case given(Configuration)
        /// Its stores are being opened.
        case opening
        /// The scheduler has its stores and executors.
        case open(Configuration)
    }

    /// The scheduler that does the work.
    public let scheduler: Base
    /// The engine that does the work.
    public var engine: Engine { scheduler.engine }
    private let parts: SchedulerParts
    private let state = Mutex(State.none)

    /// Creates a scheduler that has no configuration yet.
    ///
    /// - Parameters:
    ///   - scheduler: The scheduler that does the work, not started.
    ///   - parts: The kinds of store and executor that can be made from a configuration.
    public init(_ scheduler: Base, parts: SchedulerParts = .builtIn) {
        self.scheduler = scheduler
        self.parts = parts
    }

    /// Gives the scheduler its configuration, once, before the start. Nothing is opened yet.
    ///
    /// The zone of triggers and the policies of jobs are the configuration's from now on, so declare jobs after this.
    ///
    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - router: The router of the application, to which the REST API is added where the configuration has one
    ///     (`SCHEDULER_API_ENABLED`).
    /// - Throws: `CarillonError` with `wrongState` if there is a configuration already, or the scheduler runs.
    public func initApp(
        _ configuration: Configuration, router: some RouterMethods
    ) throws(CarillonError) {
        let isFirst = state.withLock { state in
            guard case .none = state else { return false }
            state = .given(configuration)
            return true
        }
        guard isFirst else { throw CarillonError(.wrongState, "the scheduler has been given a configuration already") }
        do throws(CarillonError) {
            try engine.take(
                zone: configuration.zone, policies: configuration.jobDefaults, lease: configuration.lease)
        } catch {
            state.withLock { $0 = .none }
            throw error
        }
        if configuration.api.isEnabled {
            router.addCarillon(self, prefix: configuration.api.prefix, RESTOptions(configuration))
        }
    }

    /// Opens the job stores of the configuration, makes its executors, keeps its jobs and starts firing.
    ///
    /// If it throws, nothing fires, and it can be called again. A scheduler without a configuration starts as it is.
    ///
    /// - Throws: `CarillonError`: `hostNotAllowed` on a machine that is not among `SCHEDULER_ALLOWED_HOSTS`;
    ///   `wrongState` if it has been started, or if jobs were added to a store whose place the configuration's takes; as
    ///   `keepJobs(of:)`, and as the scheduler's own `start`.
    public func start() async throws(CarillonError) {
        if let configuration = try await opened() { try await keepJobs(of: configuration) }
        try await scheduler.start()
    }

    /// Opens what the configuration names, unless that has been done.
    ///
    /// - Returns: The configuration, if there is one.
    private func opened() async throws(CarillonError) -> Configuration? {
        if isRunning {
            throw CarillonError(.wrongState, "the scheduler has been started already; shut it down first")
        }
        let before = state.withLock { state in
            defer { if case .given = state { state = .opening } }
            return state
        }
        switch before {
        case .none: return nil
        case .open(let configuration): return configuration
        case .opening: throw CarillonError(.wrongState, "the scheduler is being started already")
        case .given(let configuration):
            do throws(CarillonError) {
                try await open(configuration)
            } catch {
                state.withLock { $0 = .given(configuration) }
                throw error
            }
            state.withLock { $0 = .open(configuration) }
            return configuration
        }
    }

    private func open(_ configuration: Configuration) async throws(CarillonError) {
        let options = try await SchedulerOptions(configuration, parts: parts)
        do throws(CarillonError) {
            try await engine.take(stores: options.stores, executors: options.executors)
        } catch {
            for store in options.stores.values { await store.close() }
            throw error
        }
    }
}

extension WebScheduler where Base == BackgroundScheduler {
    /// Creates a scheduler on a thread of its own that has no configuration yet.
    ///
    /// - Parameter parts: The kinds of store and executor that can be made from a configuration.
    public convenience init(parts: SchedulerParts = .builtIn) { self.init(BackgroundScheduler(), parts: parts) }
}
#endif
