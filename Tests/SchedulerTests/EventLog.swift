import Carillon
import Synchronization

/// The events of a scheduler, in order, and a way to wait for one.
final class EventLog: Sendable {
    private struct State {
        var events: [SchedulerEvent] = []
        var waiters: [(isMet: @Sendable (SchedulerEvent.Kind) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
            []
    }

    private let state = Mutex(State())

    var events: [SchedulerEvent] { state.withLock { $0.events } }

    func append(_ event: SchedulerEvent) {
        let met = state.withLock { state in
            state.events.append(event)
            let met = state.waiters.filter { $0.isMet(event.kind) }
            state.waiters.removeAll { $0.isMet(event.kind) }
            return met
        }
        for waiter in met { waiter.continuation.resume() }
    }

    /// Returns when an event of a kind has come, at once where it has already.
    func wait(for isMet: @escaping @Sendable (SchedulerEvent.Kind) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.events.contains(where: { isMet($0.kind) }) { return true }
                state.waiters.append((isMet, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
