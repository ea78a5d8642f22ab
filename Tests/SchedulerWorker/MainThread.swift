import Carillon
import Foundation

/// Has the main thread of a process whose `main` is not `async` call functions.
final class MainThread: Sendable {
    private struct State {
        var next: (@Sendable () -> Void)?
        var isBusy = false
        var isOver = false
    }

    private let state = Monitor(State())

    /// Has the main thread call a function; another thread if the main thread is busy.
    func perform(_ body: @escaping @Sendable () -> Void) {
        let isFree = state.withLock { state in
            if state.isBusy { return false }
            state.isBusy = true
            state.next = body
            return true
        }
        if isFree { state.broadcast() } else { NamedThread.start("another", body) }
    }

    /// Makes `run` return.
    func end() {
        state.withLock { $0.isOver = true }
        state.broadcast()
    }

    /// Calls functions on the calling thread until `end`.
    func run() {
        while let body = next() {
            body()
            state.withLock { $0.isBusy = false }
        }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.wait { state -> (@Sendable () -> Void)?? in
            if let body = state.next.take() { return .some(body) }
            return state.isOver ? .some(nil) : nil
        }
    }
}
