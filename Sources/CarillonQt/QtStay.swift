#if Qt
import Carillon
import Logging
import Synchronization

/// One time that a scheduler runs on the main thread of Qt, from its start to its end.
final class QtStay: Sendable {
    private struct Tasks {
        var begins: Task<Void, Never>?
        var starts: Task<Void, Never>?
        var ends: Task<Void, Never>?
    }

    private let engine: Engine
    private let executor: QtSerialExecutor
    private let deadline: Duration
    private let failure = StartFailure()
    private let tasks = Mutex(Tasks())
    private let hasEnded = Atomic(false)

    /// Creates the stay of an engine whose start has been claimed.
    ///
    /// - Parameter deadline: How long runs may go on when the application quits, before they are asked to end.
    init(_ engine: Engine, on executor: QtSerialExecutor, deadline: Duration) {
        self.engine = engine
        self.executor = executor
        self.deadline = min(max(deadline, .zero), .seconds(24 * 3600))
    }

    /// Whether the scheduler has ended.
    var isOver: Bool { hasEnded.load(ordering: .acquiring) }

    /// Begins to start the engine.
    func begin() {
        executor.enter(self)
        QtMainThread.shared.add(self)
        let (begun, begin) = AsyncStream.makeStream(of: Never.self)
        let begins = Task { for await _ in begun {} }
        let starts = Task {
            await engine.start(untilIdle: false, failure) { begin.finish() }
            if let error = failure.error { engine.logger.error("the scheduler did not start: \(error)") }
        }
        let ends = Task {
            await begins.value
            await engine.waitForEnd()
            leave()
        }
        tasks.withLock { $0 = Tasks(begins: begins, starts: starts, ends: ends) }
    }

    private func leave() {
        hasEnded.store(true, ordering: .releasing)
        executor.leave(self)
        QtMainThread.shared.remove(self)
    }

    /// Returns when the scheduler has started.
    ///
    /// - Throws: The reason why it did not start.
    func waitForStart() async throws(CarillonError) {
        await tasks.withLock { $0.starts }?.value
        if let error = failure.error { throw error }
    }

    /// Returns when the scheduler has ended.
    ///
    /// - Throws: The reason why it did not start.
    func waitForEnd() async throws(CarillonError) {
        await tasks.withLock { $0.ends }?.value
        if let error = failure.error { throw error }
    }

    // MARK: The end of the application

    /// How many milliseconds `end` takes at the most by the deadlines of a shutdown, and a second more.
    var longestEnd: Int64 { (deadline + max(deadline, .seconds(1)) + .seconds(2)).wholeMicroseconds / 1000 }

    /// Begins to shut the scheduler down, because the application quits.
    func end() { shutDown(.drain, deadline: deadline) }

    /// Goes on without the main thread, which waits no longer.
    func abandon() {
        engine.logger.warning("the application quits although its scheduler has not ended")
        executor.leave(self)
    }

    /// Ends a scheduler whose application has been destroyed without quitting.
    func endWithoutApplication() {
        executor.leave(self)
        guard !isOver else { return }
        engine.logger.warning(
            "the scheduler is shut down, because its Qt application has been destroyed; shut the scheduler down first")
        shutDown(.cancel, deadline: .seconds(5))
    }

    private func shutDown(_ mode: ShutdownMode, deadline: Duration) {
        let begins = tasks.withLock { $0.begins }
        Task {
            // A scheduler that has not begun to start cannot be shut down.
            await begins?.value
            await engine.shutdown(mode, deadline: deadline, isInside: false)
        }
    }
}
#endif
