import Carillon
import CarillonTasks
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
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

    /// Who wants the end of a command, which has ended before anybody heard of that.
    enum Wish: CaseIterable {
        case timeout, cancellation
    }

    @Test("A command that has ended by itself has not timed out, and was not cancelled", arguments: Wish.allCases)
    func endedBeforeItWasAskedTo(_ wish: Wish) async throws {
        let file = file()
        let clock = HoldingClock()
        var options = SchedulerOptions()
        options.clock = clock
        let scheduler = AsyncScheduler(options)
        // Asked for by the thread that watches the command.
        try scheduler.register(
            ShellTask(environment: {
                clock.holdThisThread()
                return ["PATH": "/usr/bin:/bin"]
            }))
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        var policies = JobPolicies()
        policies.timeout = .seconds(5)
        try #require(mkfifo(file, 0o600) == 0)
        // Open for reading as well, so that nobody has to be at the other end.
        let pipe = FileHandle(fileDescriptor: open(file, O_RDWR | O_CLOEXEC), closeOnDealloc: true)
        // The parent of a command is its guard.
        let line = "read line < \(file); echo $PPID > \(file).guard"
        try await scheduler.addJob(
            id: "job", task: "shell", arguments: ShellArguments(command: .line(line)), JobOptions(policies: policies))
        try await scheduler.start()
        await clock.isHolding.wait()
        try pipe.write(contentsOf: Data("go on\n".utf8))
        var guardian: String?
        while guardian == nil, !Task.isCancelled {
            await Task.yield()
            guard let text = try? contents("\(file).guard"), text.hasSuffix("\n") else { continue }
            guardian = String(text.dropLast())
        }
        // It has said how the command ended, and is left to be waited for.
        let status = "/proc/\(try #require(guardian))/status"
        while !(try contents(status).contains("State:\tZ")), !Task.isCancelled { await Task.yield() }
        switch wish {
        case .timeout: clock.manual.advance(by: .seconds(5))
        case .cancellation: try await scheduler.cancelRun(try #require(try await scheduler.runs(of: "job").first).id)
        }
        clock.gate.open()
        await log.expect("the run ends") { if case .runEnded = $0 { true } else { false } }
        #expect(try await scheduler.runs(of: "job").map(\.state) == [.finished(.succeeded)])
        await scheduler.shutdown()
    }
}

/// A clock that is moved by hand, and holds a thread that is about to run a command once the command has been started.
private final class HoldingClock: SchedulerClock {
    let manual = ManualClock(now: SchedulerBench.start)
    let isHolding = AsyncGate()
    let gate = BlockingGate()
    private let thread = Mutex<ObjectIdentifier?>(nil)
    private let reads = Atomic(0)

    func holdThisThread() { thread.withLock { $0 = ObjectIdentifier(Thread.current) } }

    var now: Instant { manual.now }

    var monotonic: Int64 {
        if thread.withLock({ $0 }) == ObjectIdentifier(Thread.current) {
            // The first time is before the start, for what is left of the lease.
            if reads.add(1, ordering: .relaxed).newValue == 2 {
                isHolding.open()
                gate.wait()
            }
        }
        return manual.monotonic
    }

    func sleep(until monotonic: Int64) async throws { try await manual.sleep(until: monotonic) }

    func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm { manual.makeAlarm(ring) }
}
