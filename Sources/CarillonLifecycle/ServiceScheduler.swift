#if Lifecycle
public import Carillon
public import ServiceLifecycle

/// A scheduler that a `ServiceGroup` can run.
///
///     let group = ServiceGroup(
///         services: [database, scheduler], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
///     try await group.run()
///
/// A group ends its services in reverse order, so list the scheduler behind what its stores and its tasks use.
///
/// Every scheduler is one but `BlockingScheduler`, which keeps its thread, and `QtScheduler`, a service that only the main
/// thread can start. One of your own is, by naming this protocol:
///
///     extension QueueScheduler: ServiceScheduler {}
public protocol ServiceScheduler: Scheduler, Service {
    /// Starts firing, and returns when all jobs declared before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started; or the reason why a job could not be
    ///   added.
    func start() async throws(CarillonError)
}

extension ServiceScheduler {
    /// Starts firing, and returns when the scheduler has been shut down.
    ///
    /// A graceful shutdown drains: nothing more is fired, and runs that have begun are waited for. Cancelling the Swift
    /// task that calls this hurries: these runs are asked to end as well, and those that have not after 5 s are left
    /// behind. A run that ends because of that is run again, or is `lost`, as its job's `recovery` says.
    ///
    /// Not even a store that fails makes it throw once it has started, because then a group would cancel all services
    /// before it instead of shutting them down.
    ///
    /// - Throws: As `start`.
    public func run() async throws {
        try await untilItIsToEnd { () async throws(CarillonError) in try await start() }
        await untilItIsToEnd { await engine.waitForEnd() }
    }
}

extension Scheduler {
    /// Performs an operation, and shuts the scheduler down when the service is asked to end meanwhile, or was before.
    package func untilItIsToEnd<Failure: Error>(
        _ operation: () async throws(Failure) -> Void
    ) async throws(Failure) {
        let failure = await withTaskCancellationHandler {
            await withGracefulShutdownHandler { () async -> Failure? in
                do throws(Failure) { try await operation() } catch { return error }
                return nil
            } onGracefulShutdown: {
                Task { await shutdown() }
            }
        } onCancel: {
            Task { await shutdown(.cancel, deadline: .seconds(5)) }
        }
        if let failure { throw failure }
    }
}

extension AsyncScheduler: ServiceScheduler {}
extension BackgroundScheduler: ServiceScheduler {}
extension ElasticScheduler: ServiceScheduler {}
#endif
