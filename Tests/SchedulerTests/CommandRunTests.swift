import CCommandGuard
import Carillon
import CarillonTasks
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// Commands of a scheduler whose time a test moves.
@Suite(.timeLimit(.minutes(10))) struct CommandRunTests {
    /// A clock that holds the thread of a command, once the command has begun, until it may go on.
    private final class HoldingClock: SchedulerClock {
        let manual = ManualClock(now: SchedulerBench.start)
        let gate = BlockingGate()
        /// A file that the command makes.
        private let file: String

        init(_ file: String) { self.file = file }

        var now: Instant { manual.now }

        var monotonic: Int64 {
            if Thread.current.name == "carillon-command", FileManager.default.fileExists(atPath: file) {
                gate.wait()
                gate.open()
            }
            return manual.monotonic
        }

        func sleep(until monotonic: Int64) async throws { try await manual.sleep(until: monotonic) }

        func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm { manual.makeAlarm(ring) }
    }

    private func file() -> String { FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID())").path }

    private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("A command that ended by itself before its timeout is not timed out by what comes late")
    func endBeforeTimeout() async throws {
        let file = file()
        let clock = HoldingClock(file)
        var options = SchedulerOptions()
        options.clock = clock
        let scheduler = AsyncScheduler(options)
        try scheduler.register(ShellTask())
        let log = EventLog()
        scheduler.addListener { log.append($0) }
        var policies = JobPolicies()
        policies.timeout = .seconds(5)
        try await scheduler.start()
        // Its parent is its guard. What it says is not read before it has ended.
        let line = "echo $PPID > \(file).new; mv \(file).new \(file); echo said"
        try await scheduler.addJob(
            id: "job", task: "shell", arguments: ShellArguments(command: .line(line)), JobOptions(policies: policies))
        while !FileManager.default.fileExists(atPath: file) { await Task.yield() }
        let text = try contents(file)
        let guardian = try #require(id_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        await withCheckedContinuation { continuation in
            Thread {
                var information = siginfo_t()
                // __WALL: its end raises no signal. It is left to be reaped.
                while waitid(P_PID, guardian, &information, WEXITED | WNOWAIT | 0x4000_0000) < 0, errno == EINTR {}
                continuation.resume()
            }.start()
        }
        clock.manual.advance(by: .seconds(5))
        await log.expect("the timeout has rung") { if case .runOverdue = $0 { true } else { false } }
        clock.gate.open()
        await log.expect("the run ends") { if case .runEnded = $0 { true } else { false } }
        let run = try #require(try await scheduler.runs(of: "job").first)
        #expect(run.state == .finished(.succeeded))
        #expect(String(decoding: run.log ?? [], as: UTF8.self) == "said\n")
        await scheduler.shutdown()
    }

    /// The lease is over, or would be by the time at which the command begins.
    @Test(
        "A command is not begun when its node may have lost its lease while it was made ready, but given back",
        arguments: [Duration.seconds(12), .microseconds(9_999_500)])
    func leaseOverBeforeItBegins(_ pause: Duration) async throws {
        let file = file()
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now }, isShared: true)
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        let tries = Counter()
        // Asked for when a command is made ready. The first time the node stands still meanwhile.
        try scheduler.register(
            ShellTask(environment: {
                tries.add()
                if tries.value == 1 {
                    store.get(into: .hanging)
                    clock.advance(by: pause)
                }
                return ["PATH": "/usr/bin:/bin"]
            }))
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        try await scheduler.addJob(
            id: "job", task: "shell", arguments: ShellArguments(command: .line("echo \(pause) >> \(file)")))
        try await scheduler.start()
        await log.expect("the run begins") { if case .runStarted = $0 { true } else { false } }
        while tries.value == 0 { await Task.yield() }
        for _ in 0..<1000 { await scheduler.engine.answer() }
        store.get(into: .none)
        let isEnd: @Sendable (SchedulerEvent.Kind) -> Bool = { if case .runEnded = $0 { true } else { false } }
        while tries.value < 2, !log.events.contains(where: { isEnd($0.kind) }) {
            // A heartbeat that sleeps, and a lane with an alarm.
            await clock.waitForSleepers(2)
            for _ in 0..<3 { await scheduler.engine.answer() }
            guard let next = clock.nextWakeUp else { break }
            clock.advance(by: .microseconds(next - clock.monotonic))
        }
        await log.expect("the run ends", for: isEnd)
        #expect(tries.value == 2)
        #expect(try contents(file) == "\(pause)\n")
        #expect(try await scheduler.runs(of: "job").map(\.state) == [.finished(.succeeded)])
        await scheduler.shutdown()
    }
}
