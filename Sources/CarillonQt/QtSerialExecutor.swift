#if Qt
import Carillon
import Dispatch
import Synchronization

/// Runs an actor on the main thread of Qt while its scheduler runs, and on a dispatch queue otherwise.
///
/// A scheduler can be called before Qt's `exec` and after it, when nothing drives the main thread.
final class QtSerialExecutor: SerialExecutor {
    private enum Turn {
        /// There are no jobs.
        case none
        /// One with this number has been handed over.
        case handedOver(Int)
        case underWay
    }

    private struct State {
        var jobs: FirstInFirstOut<UnownedJob> = FirstInFirstOut()
        var turn = Turn.none
        var lastNumber = 0
        var stay: ObjectIdentifier?
    }

    private let state = Mutex(State())

    /// Goes to the main thread.
    func enter(_ stay: QtStay) { state.withLock { $0.stay = ObjectIdentifier(stay) } }

    /// Leaves the main thread, unless another stay has begun. What was handed over to it and has not begun comes along.
    func leave(_ stay: QtStay) {
        let number: Int? = state.withLock { state in
            guard state.stay == ObjectIdentifier(stay) else { return nil }
            state.stay = nil
            guard case .handedOver = state.turn else { return nil }
            return Self.handOver(&state)
        }
        if let number { performElsewhere(number) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Nobody but the job's task may keep the executor, and the job may be performed before this returns.
        let myself = Unmanaged.passRetained(self)
        defer { myself.release() }
        let next: (number: Int, isOnMainThread: Bool)? = state.withLock { state in
            state.jobs.append(job)
            guard case .none = state.turn else { return nil }
            return (Self.handOver(&state), state.stay != nil)
        }
        if let next { perform(next.number, onMainThread: next.isOnMainThread) }
    }

    private static func handOver(_ state: inout State) -> Int {
        state.lastNumber += 1
        state.turn = .handedOver(state.lastNumber)
        return state.lastNumber
    }

    private func perform(_ number: Int, onMainThread: Bool) {
        if onMainThread { QtMainThread.shared.perform { self.takeTurn(number) } } else { performElsewhere(number) }
    }

    private func performElsewhere(_ number: Int) { DispatchQueue.global().async { self.takeTurn(number) } }

    /// Performs the jobs that are there; what they enqueue waits for another turn, so that Qt gets round to its events.
    private func takeTurn(_ number: Int) {
        var left = state.withLock { state in
            guard case .handedOver(number) = state.turn else { return 0 }
            state.turn = .underWay
            return state.jobs.count
        }
        // A turn that has been handed over has a job, or else another one has taken its place.
        guard left > 0 else { return }
        while left > 0, let job = state.withLock({ $0.jobs.popFirst() }) {
            job.runSynchronously(on: asUnownedSerialExecutor())
            left -= 1
        }
        let next: (number: Int, isOnMainThread: Bool)? = state.withLock { state in
            guard !state.jobs.isEmpty else {
                state.turn = .none
                return nil
            }
            return (Self.handOver(&state), state.stay != nil)
        }
        if let next { perform(next.number, onMainThread: next.isOnMainThread) }
    }
}
#endif
