package import CarillonTriggers
import Foundation
package import Logging
import Synchronization

/// The core of every scheduler: an actor whose executor distinguishes the flavours.
///
/// A flavour of your own creates an engine, starts it, and conforms to `Scheduler` with it; everything else goes
/// through the scheduler. See `docs/executors-of-your-own.md`.
///
/// Each job store has a lane, a task that turns: it collects what executors report, makes a pass over the store, and
/// hands the runs that it took to the executors. Then it sleeps until something is due or it is woken.
public actor Engine {
    /// The phases of an engine's life.
    enum Phase {
        case idle
        case starting
        case running
        /// Nothing is fired or taken any more; runs are still at work.
        case stopping
    }

    nonisolated let executor: any SerialExecutor
    /// The engine's executor, as lanes and inline runs prefer it.
    nonisolated let laneExecutor: any TaskExecutor
    nonisolated let options: SchedulerOptions
    nonisolated let registry = TaskRegistry()
    nonisolated let hub: EventHub
    /// Whether each executor that takes runs can run functions of jobs, by its alias, for callers that cannot wait.
    nonisolated let executorAliases: Mutex<[String: Bool]>
    nonisolated let timeouts: TimeoutWatch
    nonisolated let node: NodeReport
    /// Jobs that a call that does not wait added before the start.
    nonisolated let pending = Mutex<[PendingJob]>([])
    /// Whether the scheduler has been started and not shut down, for callers that cannot wait.
    nonisolated let isStarted = Atomic(false)
    /// How many runs are performed on the engine's own executor.
    nonisolated let inlineRuns = Atomic(0)
    /// When a lane last turned, on the monotonic clock.
    nonisolated let lastTurn = Atomic<Int64>(0)
    var phase = Phase.idle
    /// How often the engine was started: a start that was given up on sees that it is no longer the latest.
    var startCount = 0
    /// Whether jobs that were added before the start are being written to their stores.
    var isAddingPending = false
    /// Held while pending jobs are added.
    let pendingLock = AsyncLock()
    /// The tasks that enforce the deadlines of shutdowns; cancelled at the end of the shutdown.
    var deadlines: [Task<Void, Never>] = []
    /// The latest pause of the scheduler.
    var latestPause: SchedulerPause? { didSet { isPausedNow.store(isPaused, ordering: .releasing) } }
    /// Whether it is paused, for callers that cannot wait.
    nonisolated let isPausedNow = Atomic(false)
    /// The job ids that are being written to stores.
    let claims = IDClaims()
    var lanes: [String: StoreLane] = [:]
    var executors: [String: ExecutorSlot] = [:]
    /// Runs to perform on the engine's own executor, with the executors they were taken for.
    var inline: FirstInFirstOut<(any JobExecutor, [RunWork])> = FirstInFirstOut()
    var isPerformingInline = false
    /// The wall clock minus the monotonic clock, in microseconds; `nil` if not known.
    var clockOffset: Int64?
    /// The task that watches the zone files, and how many zone rules had been replaced when it last looked.
    var zoneWatch: Task<Void, Never>?
    var knownReplacements = ZoneRules.replacements
    /// The version of the zone data, as heartbeats report it.
    nonisolated let zoneVersion = Mutex(ZoneDatabase.system.version)
    nonisolated let settings: Mutex<EngineSettings>
    /// The metrics; `nil` if nothing collects them.
    var metrics: SchedulerMetrics?
    var settledWaiters: [CheckedContinuation<Void, Never>] = []
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
    /// Whether the engine shuts itself down when nothing is left to do.
    var stopsWhenIdle = false

    /// The executor that the engine runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates an engine for a scheduler flavour of your own.
    ///
    /// - Parameters:
    ///   - executor: What the engine runs on, and keeps. The engine's own work is short and never blocks.
    ///   - defaultExecutor: Where runs are performed if the options have no executor `default`.
    ///   - options: The options of the scheduler.
    public init(
        on executor: some SerialExecutor,
        defaultExecutor: some JobExecutor = AsyncExecutor(),
        _ options: SchedulerOptions = SchedulerOptions()
    ) {
        self.init(executor: executor, defaultExecutor: defaultExecutor, options)
    }

    /// Wrong stores and executors are reported when the scheduler is started.
    init(executor: any SerialExecutor, defaultExecutor: @autoclosure () -> any JobExecutor, _ options: SchedulerOptions)
    {
        var options = options
        let clock = options.clock
        if options.stores["default"] == nil { options.stores["default"] = MemoryJobStore { clock.now } }
        if options.executors["default"] == nil { options.executors["default"] = defaultExecutor() }
        self.executor = executor
        laneExecutor = (executor as? LoopExecutor).map(LoopTaskExecutor.init) ?? SerialTaskExecutor(executor)
        self.options = options
        settings = Mutex(EngineSettings(zone: options.zone, policies: options.policies, lease: options.lease))
        hub = EventHub(clock: clock)
        timeouts = TimeoutWatch(clock: clock)
        let node = NodeReport.current
        self.node = node
        executors = options.executors.mapValues(ExecutorSlot.init)
        executorAliases = Mutex(options.executors.mapValues(\.runsFunctions))
        for (alias, store) in options.stores {
            let watch = NodeWatch(node, lease: options.lease)
            lanes[alias] = StoreLane(alias: alias, store: store, node: node.id, watch: watch, clock: clock)
        }
    }

    /// Returns what the engine will know of a job store.
    func makeLane(of store: any JobStore, _ alias: String) -> StoreLane {
        StoreLane(alias: alias, store: store, node: node.id, watch: NodeWatch(node, lease: lease), clock: clock)
    }

    /// Creates an engine on the threads of Swift concurrency.
    package static func onSwiftConcurrency(_ options: SchedulerOptions) -> Engine {
        Engine(executor: LoopExecutor(), defaultExecutor: AsyncExecutor(), options)
    }

    /// Adds a listener that is called synchronously for each event, for tests that compare events with what else has
    /// happened by then.
    package nonisolated func addSynchronousListener(_ listener: @escaping @Sendable (SchedulerEvent) -> Void) {
        hub.addSynchronous(listener)
    }

    /// Returns when the engine has had its turn, which shows that it is alive.
    package func answer() {}

    /// The zone of triggers that name none: that of the options, unless it has been set.
    package nonisolated var zone: Zone {
        get { settings.withLock(\.zone) }
        set { settings.withLock { $0.zone = newValue } }
    }

    /// The policies of jobs that are added without any.
    package nonisolated var policies: JobPolicies { settings.withLock(\.policies) }

    /// How long other nodes wait for a heartbeat.
    nonisolated var lease: Duration { settings.withLock(\.lease) }

    package nonisolated var clock: any SchedulerClock { options.clock }
    package nonisolated var logger: Logger { options.logger }

    /// The node's report of itself, with the tasks that it can run now.
    nonisolated var report: NodeReport {
        var report = node
        report.tasks = registry.names
        report.zones = zoneVersion.withLock(\.self)
        return report
    }

    /// Returns the lane of a store.
    ///
    /// - Throws: `CarillonError` with `aliasNotFound` if there is none, or it is being removed.
    func lane(_ alias: String) throws(CarillonError) -> StoreLane {
        if let lane = lanes[alias], !lane.departure.isUnderWay { return lane }
        throw CarillonError(
            .aliasNotFound,
            "there is no job store '\(alias)'; there are \(lanes.keys.sorted().map { "'\($0)'" }.joined(separator: ", "))"
        )
    }

    /// Checks that a store has not been removed while the caller waited.
    ///
    /// - Throws: `CarillonError` with `aliasNotFound` if it has.
    func checkIsThere(_ lane: StoreLane) throws(CarillonError) {
        if lanes[lane.alias] !== lane || lane.departure.isUnderWay {
            throw CarillonError(.aliasNotFound, "the job store '\(lane.alias)' has been removed meanwhile")
        }
    }
}

extension NodeReport {
    /// This process, under a unique id.
    package static var current: NodeReport {
        let host = ProcessInfo.processInfo.hostName
        let process = ProcessIdentity.current
        let suffix = String(UInt64.random(in: 0...(.max)), radix: 36)
        // A host name that is not valid in a node id is left out.
        let id = (try? NodeID("\(host)-\(process)-\(suffix)")) ?? NodeID.unnamed(suffix)
        return NodeReport(
            id: id,
            host: host,
            process: process,
            processStart: ProcessIdentity.start(of: process) ?? 0,
            tasks: []
        )
    }
}
