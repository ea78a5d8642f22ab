#if Command
import Foundation
import Synchronization

/// How far the jobs of a file are in the store, on a terminal, where that takes longer than a second.
final class ServeProgress: Sendable {
    private struct State {
        var nextLine = ContinuousClock.now + .seconds(1)
        var isShown = false
    }

    private let total: Int
    /// Whether a line of standard error can be written over.
    private let isShowable = isatty(2) == 1
    private let output: ServeOutput
    private let state = Mutex(State())

    init(of total: Int, _ output: ServeOutput) {
        self.total = total
        self.output = output
    }

    func note(_ done: Int) {
        let isDue = state.withLock { state in
            guard isShowable, .now >= state.nextLine else { return false }
            state.nextLine = .now + .milliseconds(200)
            state.isShown = true
            return true
        }
        if isDue { output.post("\r\u{1B}[K\(done) of \(total) jobs are in the store") }
    }

    /// Takes the line away.
    func end() {
        if state.withLock({ $0.isShown }) { output.post("\r\u{1B}[K") }
    }
}
#endif
