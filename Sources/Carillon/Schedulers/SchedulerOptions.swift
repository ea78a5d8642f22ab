public import CarillonTriggers
public import CoreMetrics
import Foundation
public import Logging

/// What a scheduler works with.
public struct SchedulerOptions: Sendable {
    /// The job stores by alias; a memory store as `default` where there is no such alias.
    public var stores: [String: any JobStore]
    /// The executors by alias; the scheduler's own kind as `default` where there is no such alias.
    public var executors: [String: any JobExecutor]
    /// The zone of triggers that were made without one.
    public var zone: Zone
    /// The policies of jobs that are added without any.
    public var policies: JobPolicies
    /// Where the time comes from.
    public var clock: any SchedulerClock
    /// Where the scheduler tells developers what it does; users are told by events.
    public var logger: Logger
    /// Who collects what it counts and measures: see `docs/metrics.md`. Where nothing is given, whoever the process has
    /// bootstrapped when the scheduler is started; nothing is counted where that is nobody.
    public var metrics: (any MetricsFactory)?
    /// How long other nodes wait for a sign of life before they take over this node's runs.
    public var lease: Duration
    /// Draws numbers from 0 up to 1, for the jitter of retries.
    public var random: @Sendable () -> Double = { Double.random(in: 0..<1) }
    /// The variables that `${NAME}` in arguments stands for, where a job's policies say so; those of the process unless
    /// told otherwise. It is asked when a run begins.
    public var environment: @Sendable () -> [String: String] = { ProcessInfo.processInfo.environment }
    /// Why a file of variables is not to be read, by its path; `nil` if it may be. It is asked when a run begins.
    package var refusalOfVariableFile: @Sendable (String) -> String? = { _ in nil }

    /// All have defaults; see the properties.
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
