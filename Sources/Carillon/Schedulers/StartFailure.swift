import Synchronization

/// Why a scheduler did not start, on its way to the thread that started it.
final class StartFailure: Sendable {
    private let state = Mutex<CarillonError?>(nil)

    var error: CarillonError? { state.withLock { $0 } }

    func set(_ error: CarillonError) { state.withLock { $0 = error } }
}
