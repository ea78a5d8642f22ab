import Synchronization

/// Why a scheduler did not start, on its way to the thread that started it.
final class StartFailure: Sendable {
    private let state = Mutex<CarillonError?>(nil)

    var error: CarillonError? { state.withLock { $0 } }

    func set(_ error: CarillonError) { state.withLock { $0 = error } }
}

extension Engine {
    /// Starts, and keeps why that failed.
    ///
    /// Both are one piece on the engine's executor: a thread that gives itself to it leaves after that.
    func start(untilIdle: Bool, _ failure: StartFailure) async {
        do throws(CarillonError) { try await start(untilIdle: untilIdle) } catch { failure.set(error) }
    }
}
