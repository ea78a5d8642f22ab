import Carillon
import CarillonTasks
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// Commands of a scheduler whose time a test moves.
@Suite(.timeLimit(.minutes(10))) struct CommandRunTests {
    private func file() -> String { FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID())").path }

    private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

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
