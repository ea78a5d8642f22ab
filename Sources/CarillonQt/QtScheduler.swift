#if Qt
public import Carillon
import CarillonLifecycle
public import ServiceLifecycle
import Synchronization

/// A scheduler on the main thread of a Qt application, beside its windows.
///
///     // `main` is not async, and has made the QApplication.
///     let scheduler = QtScheduler()
///     try scheduler.declareJob(id: "clock", trigger: .interval(seconds: 1)) { await window.showTime() }
///     try scheduler.start()
///     // And now QApplication::exec().
///
/// Qt's `exec` drives it: between `start` and `exec` it fires nothing, and its calls wait. Runs are performed on the main
/// thread where nothing else is said; see `QtExecutor`. So are functions of the main actor while `exec` runs.
///
/// When the application quits, `exec` returns once the scheduler has been shut down.
public final class QtScheduler: Scheduler {
    /// The engine that does the work.
    public let engine: Engine
    private let executor = QtSerialExecutor()
    private let quitDeadline: Duration
    private let stay = Mutex<QtStay?>(nil)

    /// Creates a scheduler that is not started yet.
    ///
    /// - Parameters:
    ///   - quitDeadline: How long runs may go on when the application quits, before they are asked to end. Those that
    ///     have not ended after the same time again are left behind; see `shutdown`.
    ///   - options: The options of the scheduler.
    public init(quitDeadline: Duration = .seconds(5), _ options: SchedulerOptions = SchedulerOptions()) {
        self.quitDeadline = quitDeadline
        engine = Engine(on: executor, defaultExecutor: QtExecutor(), options)
    }

    /// Starts firing as soon as Qt's `exec` runs, and returns at once.
    ///
    /// Call it on the main thread once the application has been made, before its `exec` or while it runs. `main` must not
    /// be async: it would give the main thread away. An error that only a store can report comes later: it stops the
    /// scheduler, is logged, and is thrown by `waitForStart`.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started, the calling thread is not the main
    ///   one, or there is no application.
    public func start() throws(CarillonError) {
        try QtMainThread.shared.check()
        try engine.claimStart()
        let stay = QtStay(engine, on: executor, deadline: quitDeadline)
        self.stay.withLock { $0 = stay }
        stay.begin()
    }

    /// Returns when all jobs declared before the start are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has never been started; or the reason why a job could not be
    ///   added.
    public func waitForStart() async throws(CarillonError) { try await latestStay().waitForStart() }

    private func latestStay() throws(CarillonError) -> QtStay {
        guard let stay = stay.withLock({ $0 }) else {
            throw CarillonError(.wrongState, "the scheduler has not been started; start it on the main thread")
        }
        return stay
    }
}

extension QtScheduler: Service {
    /// Returns when the scheduler, which has been started on the main thread, has been shut down.
    ///
    /// A graceful shutdown drains, and a cancellation hurries, as `ServiceScheduler.run` has it. The application goes on.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has never been started; or the reason why a job could not be
    ///   added.
    public func run() async throws {
        let stay = try latestStay()
        try await untilItIsToEnd { () async throws(CarillonError) in try await stay.waitForEnd() }
    }
}
#endif
