#if Web
public import Carillon
public import CarillonLifecycle
import CarillonNIO
public import NIOCore
public import NIOPosix

/// A scheduler on the event loops of a Hummingbird application.
///
///     let scheduler = HummingbirdScheduler()
///     try scheduler.declareJob(id: "refresh", trigger: .interval(minutes: 1)) { … }
///     let application = Application(router: router)
///     try await application.runService(with: scheduler)
///
/// Tasks that suspend run on the application's event loops, and those that block on a thread pool; see
/// `EventLoopExecutor`. `runService(with:)` starts the scheduler once the server listens, and drains it before the
/// server's open streams end.
public final class HummingbirdScheduler: Scheduler {
    /// The engine that does the work.
    public var engine: Engine { scheduler.engine }
    private let scheduler: EventLoopScheduler

    /// Creates a scheduler that is not started yet.
    ///
    /// - Parameters:
    ///   - group: The event loops of the application, by default those that applications have by default. They outlive
    ///     the scheduler.
    ///   - options: The options of the scheduler.
    public init(
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        _ options: SchedulerOptions = SchedulerOptions()
    ) {
        scheduler = EventLoopScheduler(on: group.next(), defaultExecutor: EventLoopExecutor(on: group), options)
    }

    /// Starts firing, and returns when all jobs declared before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started, or its event loop has been shut
    ///   down; or the reason why a job could not be added.
    public func start() async throws(CarillonError) { try await scheduler.start() }
}

extension HummingbirdScheduler: ServiceScheduler {}
#endif
