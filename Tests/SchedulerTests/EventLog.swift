import Carillon
import Synchronization
import Testing

/// The events of a scheduler, in order, and a way to wait for one.
final class EventLog: Sendable {
    private struct Waiter {
        let number: Int
        let isMet: @Sendable (SchedulerEvent.Kind) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var events: [SchedulerEvent] = []
        var waiters: [Waiter] = []
        var lastNumber = 0
    }

    /// Longer than anything takes but a hang.
    private static let limit = Duration.seconds(90)

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
        for waiter in met { waiter.continuation.resume(returning: true) }
    }

    /// Returns when an event of a kind has come, at once where it has already; of those behind the first so many.
    func wait(after known: Int = 0, for isMet: @escaping @Sendable (SchedulerEvent.Kind) -> Bool) async {
        _ = await wait(number(), after: known, for: isMet)
    }

    /// The same, where none comes for longer than only a hang takes an issue of the test, which goes on.
    ///
    /// - Returns: Whether it has come.
    @discardableResult
    func expect(
        _ what: Comment, after known: Int = 0, at place: SourceLocation = #_sourceLocation,
        for isMet: @escaping @Sendable (SchedulerEvent.Kind) -> Bool
    ) async -> Bool {
        let number = number()
        let limit = Task {
            try await Task.sleep(for: Self.limit)
            self.endWaiting(number)
        }
        defer { limit.cancel() }
        let hasCome = await wait(number, after: known, for: isMet)
        if !hasCome { Issue.record(what, sourceLocation: place) }
        return hasCome
    }

    private func number() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    private func wait(
        _ number: Int, after known: Int, for isMet: @escaping @Sendable (SchedulerEvent.Kind) -> Bool
    ) async -> Bool {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.events.dropFirst(known).contains(where: { isMet($0.kind) }) { return true }
                state.waiters.append(Waiter(number: number, isMet: isMet, continuation: continuation))
                return false
            }
            if isDone { continuation.resume(returning: true) }
        }
    }

    private func endWaiting(_ number: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: false)
    }
}
