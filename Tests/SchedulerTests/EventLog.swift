import Carillon
import Synchronization

/// The events of a scheduler, in order, and a way to wait for one.
final class EventLog: Sendable {
    private struct Waiter {
        let isMet: @Sendable (SchedulerEvent.Kind) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var events: [SchedulerEvent] = []
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    var events: [SchedulerEvent] { state.withLock { $0.events } }

    func append(_ event: SchedulerEvent) {
        let met = state.withLock { state in
            state.events.append(event)
            let waiters = state.waiters
            state.waiters = []
            var met: [Waiter] = []
            // Each is asked once: what it looks at may have changed when it is asked again.
            for waiter in waiters {
                if waiter.isMet(event.kind) { met.append(waiter) } else { state.waiters.append(waiter) }
            }
            return met
        }
        for waiter in met { waiter.continuation.resume() }
    }

    /// Returns when an event of a kind has come, at once where it has already; of those behind the first so many.
    func wait(after known: Int = 0, for isMet: @escaping @Sendable (SchedulerEvent.Kind) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.events.dropFirst(known).contains(where: { isMet($0.kind) }) { return true }
                state.waiters.append(Waiter(isMet: isMet, continuation: continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
