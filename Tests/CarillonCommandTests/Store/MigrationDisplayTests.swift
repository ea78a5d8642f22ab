#if Command
import Carillon
import CarillonCommand
import Synchronization
import Testing

@Suite("How a migration tells how far it has come") struct MigrationDisplayTests {
    private final class Screen: Sendable {
        private let state: Mutex<(time: ContinuousClock.Instant, text: [String])>

        init() { state = Mutex((.now, [])) }

        var now: ContinuousClock.Instant { state.withLock { $0.time } }
        var text: [String] { state.withLock { $0.text } }

        func pass(_ time: Duration) { state.withLock { $0.time += time } }

        func write(_ text: String) { state.withLock { $0.text.append(text) } }
    }

    private static func shown(
        isTerminal: Bool, width: Int? = nil, _ steps: [(Duration, TransferProgress)]
    ) -> [String] {
        let screen = Screen()
        let display = MigrationDisplay(
            isTerminal: isTerminal, width: width, now: { screen.now }, write: { screen.write($0) })
        for (pause, progress) in steps {
            screen.pass(pause)
            display.show(progress)
        }
        display.end()
        return screen.text
    }

    private static func runs(_ done: Int) -> TransferProgress {
        TransferProgress(stage: .runs, done: done, total: 100_000)
    }

    @Test("On a terminal a line is written over, five times a second at most, and taken away")
    func terminal() {
        let text = Self.shown(
            isTerminal: true,
            [
                (.zero, Self.runs(0)), (.milliseconds(100), Self.runs(500)), (.milliseconds(900), Self.runs(5000)),
                (.seconds(1), Self.runs(10_000)),
            ])
        #expect(
            text == [
                "\rmoving runs: 0 of 100000\u{1B}[K",
                "\rmoving runs: 5000 of 100000, 5000 a second, 19 s left\u{1B}[K",
                "\rmoving runs: 10000 of 100000, 5000 a second, 18 s left\u{1B}[K", "\r\u{1B}[K",
            ])
        let narrow = Self.shown(isTerminal: true, width: 20, [(.zero, Self.runs(0))])
        #expect(narrow.first == "\rmoving runs: 0 of 1\u{1B}[K")
    }

    @Test("Elsewhere there is a line every ten seconds")
    func plain() {
        let text = Self.shown(
            isTerminal: false,
            (0...25).map { (.seconds($0 == 0 ? 0 : 1), Self.runs($0 * 1000)) })
        #expect(
            text == [
                "moving runs: 10000 of 100000, 1000 a second, 1 min 30 s left\n",
                "moving runs: 20000 of 100000, 1000 a second, 1 min 20 s left\n",
            ])
    }

    @Test("The pace of one stage is not that of the next")
    func stages() {
        let comparing = TransferProgress(stage: .verifying, done: 3, total: 100)
        let text = Self.shown(
            isTerminal: true, [(.zero, Self.runs(0)), (.seconds(1), Self.runs(9)), (.seconds(1), comparing)])
        #expect(text.dropLast().last == "\rcomparing: 3 of 100\u{1B}[K")
    }
}
#endif
