public import Carillon

/// A kind of scheduler, as the scheduler suite needs it.
///
///     SchedulerFlavour(
///         "queue", engine: .dispatchQueue("scheduler"),
///         blockingTasks: .thread(named: "carillon-blocking"), suspendingTasks: .swiftConcurrency
///     ) { QueueScheduler($0) } start: { try await $0.start() }
public struct SchedulerFlavour: Sendable, CustomStringConvertible {
    /// The name of the flavour in reports.
    public let name: String
    /// Where the engine runs while the scheduler does.
    public let engine: SchedulerPlace
    /// Where its own kind of executor runs tasks that block.
    public let blockingTasks: SchedulerPlace
    /// Where its own kind of executor runs tasks that suspend.
    public let suspendingTasks: SchedulerPlace
    /// Why a task that blocks holds the engine, as it does on the engine's own thread; `nil` if it does not. A case that
    /// needs both at work is not applicable then.
    public let blockedBecause: String?
    let make: @Sendable (SchedulerOptions) async throws -> StartableScheduler

    /// Describes a flavour.
    ///
    /// - Parameters:
    ///   - name: Its name in reports.
    ///   - engine: Where the engine runs while the scheduler does.
    ///   - blockingTasks: Where its own kind of executor runs tasks that block.
    ///   - suspendingTasks: Where its own kind of executor runs tasks that suspend.
    ///   - blockedBecause: Why a task that blocks holds the engine; `nil` if it does not.
    ///   - make: Makes a scheduler.
    ///   - start: Starts one that `make` made, and returns once it has been started, or throws what its own `start`
    ///     throws.
    public init<Flavour: Scheduler>(
        _ name: String,
        engine: SchedulerPlace,
        blockingTasks: SchedulerPlace,
        suspendingTasks: SchedulerPlace,
        blockedBecause: String? = nil,
        make: @escaping @Sendable (SchedulerOptions) async throws -> Flavour,
        start: @escaping @Sendable (Flavour) async throws -> Void
    ) {
        self.name = name
        self.engine = engine
        self.blockingTasks = blockingTasks
        self.suspendingTasks = suspendingTasks
        self.blockedBecause = blockedBecause
        self.make = { options in
            let scheduler = try await make(options)
            return StartableScheduler(scheduler: scheduler) { try await start(scheduler) }
        }
    }

    /// The name.
    public var description: String { name }
}

/// A scheduler of some flavour.
struct StartableScheduler: Sendable {
    let scheduler: any Scheduler
    let start: @Sendable () async throws -> Void
}

/// The flavours of the library.
extension SchedulerFlavour {
    /// `AsyncScheduler`.
    public static let async = SchedulerFlavour(
        "async", engine: .swiftConcurrency, blockingTasks: .thread(named: "carillon-blocking"),
        suspendingTasks: .swiftConcurrency
    ) {
        AsyncScheduler($0)
    } start: {
        try await $0.start()
    }

    /// `BackgroundScheduler`.
    public static func background(daemon: Bool) -> SchedulerFlavour {
        SchedulerFlavour(
            "background, daemon: \(daemon)", engine: .thread(named: "carillon"),
            blockingTasks: .thread(named: "carillon-pool"), suspendingTasks: .thread(named: "carillon-pool")
        ) {
            BackgroundScheduler(daemon: daemon, $0)
        } start: {
            try await $0.start()
        }
    }

    /// `ElasticScheduler`.
    public static let elastic = SchedulerFlavour(
        "elastic", engine: .thread(named: "carillon"), blockingTasks: .thread(named: "carillon-elastic"),
        suspendingTasks: .thread(named: "carillon-elastic")
    ) {
        ElasticScheduler($0)
    } start: {
        try await $0.start()
    }

    /// `BlockingScheduler`.
    ///
    /// - Parameters:
    ///   - thread: The thread that `perform` uses.
    ///   - perform: Has a thread call a function, which returns when the scheduler has been shut down.
    public static func blocking(
        on thread: SchedulerPlace, _ perform: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) -> SchedulerFlavour {
        SchedulerFlavour(
            "blocking on \(thread)", engine: thread, blockingTasks: .thread(named: "carillon-pool"),
            suspendingTasks: .thread(named: "carillon-pool")
        ) {
            BlockingScheduler($0)
        } start: { scheduler in
            let events = scheduler.events()
            let (answers, answer) = AsyncStream.makeStream(of: CarillonError?.self)
            let watch = Task {
                for await event in events { if case .started = event.kind { answer.yield(nil) } }
            }
            perform {
                do throws(CarillonError) { try scheduler.start() } catch { answer.yield(error) }
                // Whether or not it was ever started.
                answer.finish()
            }
            defer { watch.cancel() }
            if let error = await answers.first(where: { _ in true }) ?? nil { throw error }
        }
    }
}
