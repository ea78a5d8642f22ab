#if NIO
public import Carillon
public import CarillonLifecycle
import Logging
public import NIOCore
public import NIOPosix
import Synchronization

/// A scheduler on an event loop of SwiftNIO, beside the channels of that loop.
///
///     let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
///     let scheduler = EventLoopScheduler(on: group.next())
///     try await scheduler.start()
///     …
///     await scheduler.shutdown()
///     try await group.shutdownGracefully()
///
/// What the scheduler does there is short, and never blocks; runs are performed by a `NIOThreadPoolExecutor` where
/// nothing else is said.
///
/// Shut it down before its loop. If the loop is shut down first, the scheduler asks its runs to end and stops: calls
/// are answered elsewhere, nothing more is fired, and `start` throws.
public final class EventLoopScheduler: Scheduler {
    /// The engine that does the work.
    public let engine: Engine
    /// The loop that it runs on.
    public var eventLoop: any EventLoop { executor.loop }
    private let executor: EventLoopSerialExecutor
    /// Ends with the loop.
    private let watch = Mutex<Scheduled<Void>?>(nil)

    /// Creates a scheduler that is not started yet.
    ///
    /// - Parameters:
    ///   - eventLoop: A loop that goes on by itself, as those of a `MultiThreadedEventLoopGroup` do; not an
    ///     `EmbeddedEventLoop`. By default one that the whole process shares and that cannot be shut down.
    ///   - options: The options of the scheduler.
    public init(
        on eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
        _ options: SchedulerOptions = SchedulerOptions()
    ) {
        executor = EventLoopSerialExecutor(eventLoop)
        engine = Engine(on: executor, defaultExecutor: NIOThreadPoolExecutor(), options)
        executor.whenLoopIsGone { [weak self] in self?.endWithoutLoop() }
    }

    /// Creates a scheduler whose runs are performed elsewhere unless something else is said.
    package init(on eventLoop: any EventLoop, defaultExecutor: some JobExecutor, _ options: SchedulerOptions) {
        executor = EventLoopSerialExecutor(eventLoop)
        engine = Engine(on: executor, defaultExecutor: defaultExecutor, options)
        executor.whenLoopIsGone { [weak self] in self?.endWithoutLoop() }
    }

    deinit { watch.withLock { $0 }?.cancel() }

    /// Starts firing, and returns when all jobs declared before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started, or its event loop has been shut
    ///   down; or the reason why a job could not be added.
    public func start() async throws(CarillonError) {
        guard await watchLoop() else {
            throw CarillonError(
                .wrongState,
                "the event loop of the scheduler has been shut down; make another scheduler on another loop")
        }
        try await engine.start()
    }

    /// Watches for the end of the loop.
    ///
    /// - Returns: Whether the loop goes on.
    private func watchLoop() async -> Bool {
        await withCheckedContinuation { answer in
            LoopErrand.perform(on: eventLoop) { [self] isOnLoop in
                if isOnLoop { watchFromLoop() } else { executor.loopIsGone() }
                answer.resume(returning: isOnLoop)
            }
        }
    }

    private func watchFromLoop() {
        watch.withLock { watch in
            guard watch == nil else { return }
            // A loop that is shut down fails what is scheduled on it, so it is known before anything is dropped.
            let scheduled = eventLoop.scheduleTask(deadline: .distantFuture) {}
            scheduled.futureResult.whenFailure { [weak executor] error in
                if (error as? EventLoopError) != .cancelled { executor?.loopIsGone() }
            }
            watch = scheduled
        }
    }

    private func endWithoutLoop() {
        guard isRunning else { return }
        engine.logger.warning(
            "the scheduler is shut down, because its event loop has been; shut the scheduler down first")
        Task { await shutdown(.cancel, deadline: .seconds(5)) }
    }
}

extension EventLoopScheduler: ServiceScheduler {}
#endif
