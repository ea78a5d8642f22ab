import Carillon
import Synchronization

/// Lets a case wait for what others change.
///
/// A case fails when it has waited for longer than its patience, which is so long that only a hang takes it.
final class ConformanceWatch: Sendable {
    private struct Waiter {
        let number: Int
        let isMet: @Sendable () -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var waiters: [Waiter] = []
        var lastNumber = 0
    }

    let patience: Duration
    private let state = Mutex(State())

    init(patience: Duration) { self.patience = patience }

    /// Makes those who wait look again. Called after each change, without a lock that their conditions take.
    func changed() {
        let met = state.withLock { state in
            let met = state.waiters.filter { $0.isMet() }
            let numbers = Set(met.map(\.number))
            state.waiters.removeAll { numbers.contains($0.number) }
            return met
        }
        for waiter in met { waiter.continuation.resume(returning: true) }
    }

    /// Returns when a condition holds that changes only before a call of `changed`.
    ///
    /// - Throws: `ConformanceFailure` with what was awaited if it does not hold in time.
    func wait(
        for what: @autoclosure () -> String, file: String = #fileID, line: Int = #line,
        until isMet: @escaping @Sendable () -> Bool
    ) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let limit = Task { [patience] in
            try await Task.sleep(for: patience)
            self.giveUp(number)
        }
        defer { limit.cancel() }
        let hasCome = await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if isMet() { return true }
                state.waiters.append(Waiter(number: number, isMet: isMet, continuation: continuation))
                return false
            }
            if isDone { continuation.resume(returning: true) }
        }
        if !hasCome { throw ConformanceFailure("\(what()): not within \(patience)", file: file, line: line) }
    }

    /// Returns when a body has returned, which runs on a thread that it may block.
    ///
    /// - Throws: `ConformanceFailure` if it does not return in time. It goes on then.
    func waitForReturn(
        _ what: @autoclosure () -> String, file: String = #fileID, line: Int = #line,
        of body: @escaping @Sendable () async -> Void
    ) async throws {
        let hasReturned = Flag()
        let thread = ThreadPoolExecutor(maxWorkers: 1, name: "carillon-suite")
        Task.detached(executorPreference: thread) {
            await body()
            hasReturned.raise()
            self.changed()
            thread.shutdown()
        }
        try await wait(for: what(), file: file, line: line) { hasReturned.isRaised }
    }

    private func giveUp(_ number: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: false)
    }
}

/// Whether something has happened.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() { value.store(true, ordering: .releasing) }
}
