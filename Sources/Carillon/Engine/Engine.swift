package import CarillonTriggers
import Foundation
import Logging
import Synchronization

/// The heart of every scheduler: an actor whose executor is what tells the flavours apart. A flavour of one's own makes
/// one, starts it, and is a `Scheduler` by that; all else is asked of the scheduler. See
/// `docs/executors-of-your-own.md`.
///
/// Each job store has a lane, a task that turns: it collects what executors report, makes a pass over the store, and
/// hands the runs it took to the executors; then it sleeps until something is due or somebody wakes it.
public actor Engine {
    /// Where the engine stands.
    enum Phase {
        case idle
        case starting
        case running
        /// Nothing is fired or taken any more; runs are at work still.
        case stopping
    }

    nonisolated let executor: any SerialExecutor
    /// What the lanes prefer, where there is something.
    nonisolated let laneExecutor: (any TaskExecutor)?
    nonisolated let options: SchedulerOptions
    nonisolated let registry = TaskRegistry()
    nonisolated let hub: EventHub
    /// The executors that take runs, for callers that cannot wait.
    nonisolated let executorAliases: Mutex<Set<String>>
    nonisolated let timeouts: TimeoutWatch
    nonisolated let node: NodeReport
    /// Jobs that were added before the scheduler was started, by a call that does not wait.
    nonisolated let pending = Mutex<[PendingJob]>([])
    /// Whether the scheduler has been started and not shut down, for callers that cannot wait.
    nonisolated let isStarted = Atomic(false)
    /// How many runs the engine's own executor is performing.
    nonisolated let inlineRuns = Atomic(0)
    /// When the engine last turned, by the clock that only goes on.
    nonisolated let lastTurn = Atomic<Int64>(0)
    var phase = Phase.idle
    /// How often it was started: a start that was given up on sees that it is not the latest any more.
    var startCount = 0
    /// Whether jobs that were added before the start are on their way into their stores.
    var isAddingPending = false
    /// Held by whoever adds them.
    let pendingLock = AsyncLock()
    /// What limits how long shutdowns take; ended with the shutdown.
    var deadlines: [Task<Void, Never>] = []
    /// The latest pause of the scheduler.
    var latestPause: SchedulerPause? { didSet { isPausedNow.store(isPaused, ordering: .releasing) } }
    /// Whether it is paused, for callers that cannot wait.
    nonisolated let isPausedNow = Atomic(false)
    /// The ids that are being given to stores.
    let claims = IDClaims()
    var lanes: [String: StoreLane] = [:]
    var executors: [String: ExecutorSlot] = [:]
    /// Runs for executors that perform them on the engine's own.
    var inline: FirstInFirstOut<(any JobExecutor, [RunWork])> = FirstInFirstOut()
    var isPerformingInline = false
    /// The wall clock less the clock that only goes on, in microseconds, where it is known.
    var clockOffset: Int64?
    /// What looks at the zone files, and how many zone rules had been replaced when that was last done.
    var zoneWatch: Task<Void, Never>?
    var knownReplacements = ZoneRules.replacements
    /// The version of the zone data, as heartbeats tell it.
    nonisolated let zoneVersion = Mutex(ZoneDatabase.system.version)
    private nonisolated let currentZone: Mutex<Zone>
    /// What is counted of it; nothing where nobody collects metrics.
    var metrics: SchedulerMetrics?
    var settledWaiters: [CheckedContinuation<Void, Never>] = []
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
    /// Whether the engine shuts itself down when nothing is left to do.
    var stopsWhenIdle = false

    /// What the engine runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// An engine for a flavour of one's own.
    ///
    /// - Parameters:
    ///   - executor: What the engine runs on: its own work is short, and it never blocks. The engine keeps it.
    ///   - defaultExecutor: What runs are performed on where the options have no executor `default`.
    ///   - options: What the scheduler works with.
    public init(
        on executor: some SerialExecutor,
        defaultExecutor: some JobExecutor = AsyncExecutor(),
        _ options: SchedulerOptions = SchedulerOptions()
    ) {
        self.init(executor: executor, defaultExecutor: defaultExecutor, options)
    }

    /// Errors of wrong stores and executors show when the scheduler is started.
    init(executor: any SerialExecutor, defaultExecutor: @autoclosure () -> any JobExecutor, _ options: SchedulerOptions)
    {
        var options = options
        let clock = options.clock
        if options.stores["default"] == nil { options.stores["default"] = MemoryJobStore { clock.now } }
        if options.executors["default"] == nil { options.executors["default"] = defaultExecutor() }
        self.executor = executor
        laneExecutor = (executor as? LoopExecutor).map(LoopTaskExecutor.init)
        self.options = options
        currentZone = Mutex(options.zone)
        hub = EventHub(clock: clock)
        timeouts = TimeoutWatch(clock: clock)
        let node = NodeReport.current
        self.node = node
        executors = options.executors.mapValues(ExecutorSlot.init)
        executorAliases = Mutex(Set(options.executors.keys))
        for (alias, store) in options.stores {
            let watch = NodeWatch(node, lease: options.lease)
            lanes[alias] = StoreLane(alias: alias, store: store, node: node.id, watch: watch, clock: clock)
        }
    }

    /// An engine on the threads of Swift concurrency.
    package static func onSwiftConcurrency(_ options: SchedulerOptions) -> Engine {
        Engine(executor: LoopExecutor(), defaultExecutor: AsyncExecutor(), options)
    }

    /// Calls somebody for each event at once, for tests that compare events with what else happened by then.
    package nonisolated func addSynchronousListener(_ listener: @escaping @Sendable (SchedulerEvent) -> Void) {
        hub.addSynchronous(listener)
    }

    /// Returns when the engine has its turn, for those who watch over it.
    package func answer() {}

    /// The zone that is given to triggers without one: that of the options, until it is set to another.
    package nonisolated var zone: Zone {
        get { currentZone.withLock { $0 } }
        set { currentZone.withLock { $0 = newValue } }
    }

    nonisolated var clock: any SchedulerClock { options.clock }
    nonisolated var logger: Logger { options.logger }

    /// What the node says of itself, with the tasks it can run by now.
    nonisolated var report: NodeReport {
        var report = node
        report.tasks = registry.names
        report.zones = zoneVersion.withLock(\.self)
        return report
    }

    /// A store by its alias.
    func lane(_ alias: String) throws(CarillonError) -> StoreLane {
        if let lane = lanes[alias], !lane.departure.isUnderWay { return lane }
        throw CarillonError(
            .aliasNotFound,
            "there is no job store '\(alias)'; there are \(lanes.keys.sorted().map { "'\($0)'" }.joined(separator: ", "))"
        )
    }

    /// Looks again for a store, which may have been removed while something was waited for.
    func checkIsThere(_ lane: StoreLane) throws(CarillonError) {
        if lanes[lane.alias] !== lane || lane.departure.isUnderWay {
            throw CarillonError(.aliasNotFound, "the job store '\(lane.alias)' has been removed meanwhile")
        }
    }
}

extension NodeReport {
    /// This process, under a name of its own.
    package static var current: NodeReport {
        let host = ProcessInfo.processInfo.hostName
        let process = ProcessIdentity.current
        let suffix = String(UInt64.random(in: 0...(.max)), radix: 36)
        // A host's name that is none for a node is left out.
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
