#if Command
package import Carillon
import CarillonTriggers
import Foundation
import Synchronization

/// How far a migration has come, on standard error: a line that is written over on a terminal, and a line every ten
/// seconds elsewhere.
package final class MigrationDisplay: Sendable {
    private let isTerminal: Bool
    private let width: Int?
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var nextLine: ContinuousClock.Instant
        var pace = MigrationPace()
        var isShown = false
    }

    /// A display on standard error.
    convenience init() {
        self.init(
            isTerminal: isatty(2) == 1, width: Terminal.errors.width, now: { .now },
            write: { text in
                var output = OutputBuffer(descriptor: 2)
                output.append(text)
                // Only a remark on the work.
                try? output.flush()
            })
    }

    /// A display that writes elsewhere.
    package init(
        isTerminal: Bool, width: Int?, now: @escaping @Sendable () -> ContinuousClock.Instant,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.width = width
        self.now = now
        self.write = write
        state = Mutex(State(nextLine: isTerminal ? now() : now() + Self.plainInterval))
    }

    private static let plainInterval = Duration.seconds(10)
    private static let terminalInterval = Duration.milliseconds(200)

    /// Tells how far it has come, if it is time to.
    package func show(_ progress: TransferProgress) {
        let time = now()
        let line = state.withLock { state -> String? in
            state.pace.note(progress, at: time)
            guard time >= state.nextLine else { return nil }
            state.nextLine = time + (isTerminal ? Self.terminalInterval : Self.plainInterval)
            state.isShown = true
            return state.pace.line(progress)
        }
        guard let line else { return }
        // A line that is broken could not be written over.
        write(isTerminal ? "\r\(line.prefix(width.map { max(0, $0 - 1) } ?? .max))\u{1B}[K" : line + "\n")
    }

    /// Takes the line away.
    package func end() {
        if isTerminal, state.withLock({ $0.isShown }) { write("\r\u{1B}[K") }
    }
}

/// How fast a migration is, and how long it will take.
struct MigrationPace {
    private var last: (progress: TransferProgress, time: ContinuousClock.Instant)?
    /// Things in a second, the latest seconds counting most.
    private var rate: Double?

    private static let sample = Duration.milliseconds(500)

    mutating func note(_ progress: TransferProgress, at time: ContinuousClock.Instant) {
        guard let last, last.progress.stage == progress.stage else {
            (last, rate) = ((progress, time), nil)
            return
        }
        guard time - last.time >= Self.sample else { return }
        let latest = Double(progress.done - last.progress.done) / ((time - last.time) / .seconds(1))
        rate = rate.map { 0.7 * $0 + 0.3 * latest } ?? latest
        self.last = (progress, time)
    }

    func line(_ progress: TransferProgress) -> String {
        var line = "\(progress.stage.words): \(progress.done)"
        if let total = progress.total { line += " of \(total)" }
        guard let rate, rate >= 1 else { return line }
        line += ", \(Int(rate)) a second"
        if let total = progress.total, total > progress.done {
            let seconds = Double(total - progress.done) / rate
            let start = Instant(microseconds: 0)
            line +=
                ", \(ShownTime.duration(from: start, to: Instant(microseconds: Int64(seconds) * 1_000_000))) left"
        }
        return line
    }
}

extension TransferProgress.Stage {
    fileprivate var words: String {
        switch self {
        case .jobs: "moving jobs"
        case .runs: "moving runs"
        case .reasons: "moving reasons"
        case .audit: "moving the audit log"
        case .verifying: "comparing"
        }
    }
}
#endif
