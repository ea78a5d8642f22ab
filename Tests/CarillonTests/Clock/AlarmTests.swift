import Carillon
import Synchronization
import Testing

/// The machine's own clock: what is waited for is that alarms ring, and what is measured that none does before its time.
@Suite("Alarms of the machine's clock", .timeLimit(.minutes(10)))
struct AlarmTests {
    /// One alarm that rings again and again, each time set a little later; more often than it takes to learn a lead.
    private final class Metronome: Sendable {
        private struct State {
            var deadline: Int64 = 0
            var early: [Int64] = []
            var left = 4 * WakeUpLead.memory
            var alarm: (any Alarm)?
        }

        private let state = Mutex(State())
        private let step: Int64
        private let end: @Sendable () -> Void

        init(step: Int64, end: @escaping @Sendable () -> Void) {
            self.step = step
            self.end = end
        }

        /// Microseconds by which rings came before their time.
        var early: [Int64] { state.withLock { $0.early } }

        func start() {
            let alarm = SystemClock().makeAlarm { [weak self] in self?.ring() }
            state.withLock { $0.alarm = alarm }
            setNext()
        }

        private func ring() {
            let now = SystemClock().monotonic
            let isLast = state.withLock { state in
                if now < state.deadline { state.early.append(state.deadline - now) }
                state.left -= 1
                return state.left == 0
            }
            if isLast { end() } else { setNext() }
        }

        private func setNext() {
            state.withLock { state in
                state.deadline = SystemClock().monotonic + step
                state.alarm?.set(state.deadline)
            }
        }

        func stop() { state.withLock { $0.alarm?.stop() } }
    }

    @Test("None rings before its time, however often it has rung late", arguments: [1, 30, 150, 1000, 5000] as [Int64])
    func neverEarly(step: Int64) async {
        let (ended, source) = AsyncStream.makeStream(of: Void.self)
        let metronomes = (1...3).map { number in Metronome(step: step * number) { source.yield() } }
        for metronome in metronomes { metronome.start() }
        var left = metronomes.count
        for await _ in ended {
            left -= 1
            if left == 0 { break }
        }
        for metronome in metronomes {
            metronome.stop()
            #expect(metronome.early.isEmpty)
        }
    }

    @Test("One that is set to a time in the past rings at once, and one that is taken back does not")
    func pastAndNever() async {
        let (rings, source) = AsyncStream.makeStream(of: String.self)
        let never = SystemClock().makeAlarm { source.yield("taken back") }
        never.set(SystemClock().monotonic + 1000)
        never.set(nil)
        let past = SystemClock().makeAlarm { source.yield("past") }
        past.set(.min)
        let later = SystemClock().makeAlarm { source.yield("later") }
        later.set(SystemClock().monotonic + 20_000)
        var seen: [String] = []
        for await ring in rings {
            seen.append(ring)
            if ring == "later" { break }
        }
        #expect(seen == ["past", "later"])
        for alarm in [never, past, later] { alarm.stop() }
    }
}
