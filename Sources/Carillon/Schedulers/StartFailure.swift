import Synchronization

/// The reason why a scheduler did not start, passed to the thread that started it.
package final class StartFailure: Sendable {
    private let state = Mutex<CarillonError?>(nil)

    package var error: CarillonError? { state.withLock { $0 } }

    package init() {}

    package func set(_ error: CarillonError) { state.withLock { $0 = error } }
}

extension Engine {
    /// Starts, and keeps the error if that failed.
    ///
    /// Both are one piece of work on the engine's executor: its thread leaves only after that.
    ///
    /// - Parameter hasBegun: Called when a shutdown from now on applies to this start.
    package func start(untilIdle: Bool, _ failure: StartFailure, hasBegun: () -> Void) async {
        hasBegun()
        do throws(CarillonError) { try await start(untilIdle: untilIdle) } catch { failure.set(error) }
    }
}
