public import CarillonTriggers
public import CoreMetrics
import Foundation
public import Logging

/// The options of a scheduler.
public struct SchedulerOptions: Sendable {
    /// The job stores by alias. If `default` is missing, it is a memory store.
    public var stores: [String: any JobStore]
    /// The executors by alias. If `default` is missing, it is the scheduler's own kind.
    public var executors: [String: any JobExecutor]
    /// The zone of triggers that were made without one.
    public var zone: Zone
    /// The policies of jobs that are added without any.
    public var policies: JobPolicies
    /// The source of the time.
    public var clock: any SchedulerClock
    /// The log for developers; users learn from events.
    public var logger: Logger
    /// The backend for metrics: see `docs/metrics.md`. If `nil`, the one that the process has bootstrapped when the
    /// scheduler is started; nothing is counted if there is none.
    public var metrics: (any MetricsFactory)?
    /// How long other nodes wait for a heartbeat before they take over this node's runs.
    public var lease: Duration
    /// What is around every run that this process performs; the first is the outermost. Workers of a process pool have
    /// their own (`ProcessPoolExecutor.runWorkerIfAsked`).
    public var middleware: [any RunMiddleware] = []
    /// Returns a random number in 0..<1, for the jitter of retries.
    public var random: @Sendable () -> Double = { Double.random(in: 0..<1) }
    /// Whether the start adds the jobs of decorated functions (`@Scheduled`). Of several schedulers in a program one does.
    public var addsDecoratedJobs = true
    /// Returns the variables that `${NAME}` in arguments stands for, if a job's policies allow it; by default those of
    /// the process. Called when a run begins.
    public var environment: @Sendable () -> [String: String] = { ProcessInfo.processInfo.environment }
    /// Returns why a file of variables must not be read, by its path; `nil` if it may be. Called when a run begins.
    package var refusalOfVariableFile: @Sendable (String) -> String? = { _ in nil }

    /// Creates options; each has a default.
    public init(
        stores: [String: any JobStore] = [:],
        executors: [String: any JobExecutor] = [:],
        zone: Zone = .utc,
        policies: JobPolicies = JobPolicies(),
        clock: any SchedulerClock = SystemClock(),
        logger: Logger = Logger(label: "carillon"),
        metrics: (any MetricsFactory)? = nil,
        lease: Duration = .seconds(10)
    ) {
        self.stores = stores
        self.executors = executors
        self.zone = zone
        self.policies = policies
        self.clock = clock
        self.logger = logger
        self.metrics = metrics
        self.lease = lease
    }
}
