import Carillon
import CarillonTasks
import Foundation
import Synchronization
import Testing

/// Ending commands before they end by themselves.
@Suite(.timeLimit(.minutes(10))) struct ShellEndTests {
    @Test func oneThatTakesTooLongIsAskedToEnd() async throws {
        let marked = MarkedProcesses()
        let line = "trap 'echo asked; exit 0' TERM; echo begun; sleep 600 & wait"
        let arguments = ShellArguments(command: .line(line), environment: marked.environment)
        let run = try await TaskBench.shell(arguments, timeout: .seconds(3))
        #expect(run.outcome == .timedOut)
        #expect(run.text == "begun\nasked\n")
        #expect(marked.all.isEmpty)
    }

    @Test func oneThatDoesNotEndIsKilled() async throws {
        let marked = MarkedProcesses()
        let line = "trap '' TERM; setsid sleep 600 & sleep 601 & echo begun; while :; do sleep 602; done"
        let arguments = ShellArguments(command: .line(line), environment: marked.environment, killAfter: 0.3)
        let run = try await TaskBench.shell(arguments, timeout: .seconds(3))
        #expect(run.outcome == .timedOut)
        #expect(run.text == "begun\n")
        #expect(marked.all.isEmpty)
    }

    /// The command ends when it is asked to, but not what it has started; the run ends with the last of them.
    @Test func whatItHasStartedIsEndedToo() async throws {
        let marked = MarkedProcesses()
        let line = "(trap '' TERM; sleep 600; sleep 601) & setsid sleep 602 & exec sleep 603"
        let arguments = ShellArguments(command: .line(line), environment: marked.environment, killAfter: 0.3)
        let run = try await TaskBench.run("shell", arguments) { bench, run in
            _ = try await marked.wait { $0 >= 4 }
            #expect(try await bench.scheduler.cancelRun(run))
        }
        #expect(run.outcome == .cancelled)
        #expect(run.error == nil)
        #expect(marked.all.isEmpty)
    }

    @Test func withoutGrace() async throws {
        let marked = MarkedProcesses()
        let arguments = ShellArguments(
            command: .line("trap '' TERM; while :; do sleep 600; done"), environment: marked.environment, killAfter: 0)
        let run = try await TaskBench.run("shell", arguments) { bench, run in
            _ = try await marked.wait { $0 >= 2 }
            try await bench.scheduler.cancelRun(run)
        }
        #expect(run.outcome == .cancelled)
        #expect(marked.all.isEmpty)
    }

    @Test func aStoppedCommandHears() async throws {
        let marked = MarkedProcesses()
        let arguments = ShellArguments(
            command: .line("kill -STOP $$; sleep 600"), environment: marked.environment, killAfter: 600)
        let run = try await TaskBench.run("shell", arguments) { bench, run in
            _ = try await marked.wait { $0 >= 1 }
            try await bench.scheduler.cancelRun(run)
        }
        #expect(run.outcome == .cancelled)
        #expect(marked.all.isEmpty)
    }

    /// On threads of a pool, which is where most schedulers run tasks.
    @Test func onAThreadPool() async throws {
        let marked = MarkedProcesses()
        let arguments = ShellArguments(command: .line("echo begun; sleep 600"), environment: marked.environment)
        let run = try await TaskBench.run("shell", arguments, executor: "pool") { bench, run in
            _ = try await marked.wait { $0 >= 2 }
            try await bench.scheduler.cancelRun(run)
        }
        #expect(run.outcome == .cancelled)
        #expect(run.text == "begun\n")
        #expect(marked.all.isEmpty)
    }

    @Test func shutdownEndsWhatRuns() async throws {
        let marked = MarkedProcesses()
        let arguments = ShellArguments(command: .line("sleep 600"), environment: marked.environment)
        let run = try await TaskBench.run("shell", arguments) { bench, _ in
            _ = try await marked.wait { $0 >= 1 }
            await bench.scheduler.shutdown(.cancel)
        }
        #expect(run.state == .ready && run.recoveries == 1)
        #expect(marked.all.isEmpty)
    }

    /// A command that does its work to the end need not do it again.
    @Test(arguments: [(0, Run.State.finished(.succeeded)), (3, .ready)])
    func statusOfACommandThatAShutdownAsksToEnd(_ status: Int, _ state: Run.State) async throws {
        let marked = MarkedProcesses()
        let line = "trap 'exit \(status)' TERM; sleep 600 & wait"
        let arguments = ShellArguments(command: .line(line), environment: marked.environment)
        let run = try await TaskBench.run("shell", arguments) { bench, _ in
            _ = try await marked.wait { $0 >= 2 }
            await bench.scheduler.shutdown(.cancel)
        }
        #expect(run.state == state)
        #expect(marked.all.isEmpty)
    }

    /// The group is asked, not its leader alone.
    @Test func eachOfTheGroupIsAsked() async throws {
        let line = "(trap 'echo asked; exit 0' TERM; echo begun; sleep 600 & wait) & trap '' TERM; wait; wait"
        let arguments = ShellArguments(command: .line(line), killAfter: 20)
        let run = try await TaskBench.shell(arguments, timeout: .seconds(3))
        #expect(run.outcome == .timedOut)
        #expect(run.text == "begun\nasked\n")
    }

    // MARK: Guards that are stopped

    /// The guard of a command whose processes have a mark.
    private static func guardian(of marked: MarkedProcesses, atLeast count: Int) async throws -> Int32 {
        let found = try await marked.wait { $0 >= count }
        let parents = Set(found.compactMap(Processes.parent)).subtracting(found)
        try #require(parents.count == 1)
        let parent = try #require(parents.first)
        #expect(Processes.name(parent) == "command-guard")
        return parent
    }

    enum Ending: CaseIterable { case timeout, cancellation, shutdown }

    /// A command whose guard was stopped is asked to end all the same.
    @Test(arguments: Ending.allCases)
    func aStoppedGuardHears(_ ending: Ending) async throws {
        let marked = MarkedProcesses()
        defer { marked.killAll() }
        let line = "trap 'echo asked; exit 3' TERM; setsid sleep 600 & sleep 601 & wait"
        let arguments = ShellArguments(command: .line(line), environment: marked.environment, killAfter: 5)
        let timeout = ending == .timeout ? Duration.seconds(10) : nil
        let run = try await TaskBench.run("shell", arguments, timeout: timeout) { bench, run in
            kill(try await Self.guardian(of: marked, atLeast: 3), SIGSTOP)
            switch ending {
            case .timeout: break
            case .cancellation: try await bench.scheduler.cancelRun(run)
            case .shutdown: await bench.scheduler.shutdown(.cancel)
            }
        }
        switch ending {
        case .timeout: #expect(run.outcome == .timedOut)
        case .cancellation: #expect(run.outcome == .cancelled)
        case .shutdown: #expect(run.state == .ready && run.recoveries == 1)
        }
        // A run that is to be run again shows no log.
        if ending != .shutdown { #expect(run.text == "asked\n") }
        #expect(marked.all.isEmpty)
    }

    /// Somebody stops the guard again and again: it is killed after the grace period, and with it all that it guards.
    @Test func aGuardThatIsKeptStoppedIsKilled() async throws {
        let marked = MarkedProcesses()
        defer { marked.killAll() }
        let line = "trap '' TERM; setsid sh -c 'sleep 600 & sleep 601' & while :; do sleep 602; done"
        let arguments = ShellArguments(command: .line(line), environment: marked.environment, killAfter: 2)
        let stopper = Mutex<Task<Void, Never>?>(nil)
        let run = try await TaskBench.run("shell", arguments) { bench, run in
            let guardian = try await Self.guardian(of: marked, atLeast: 4)
            let thread = Task.detached {
                while !Task.isCancelled, kill(guardian, SIGSTOP) == 0 { try? await Task.sleep(for: .milliseconds(1)) }
            }
            stopper.withLock { $0 = thread }
            try await bench.scheduler.cancelRun(run)
        }
        stopper.withLock { $0?.cancel() }
        #expect(run.outcome == .cancelled)
        #expect(marked.all.isEmpty)
    }

    @Test func aGuardThatIsKilledTakesTheCommandWithIt() async throws {
        let marked = MarkedProcesses()
        defer { marked.killAll() }
        let arguments = ShellArguments(
            command: .line("sleep 600 & sleep 601 & sleep 602"), environment: marked.environment)
        let run = try await TaskBench.run("shell", arguments) { _, _ in
            let found = try await marked.wait { $0 >= 4 }
            // The guard is the one parent that is not of the command.
            let parents = Set(found.compactMap(Processes.parent)).subtracting(found)
            try #require(parents.count == 1)
            let parent = try #require(parents.first)
            #expect(Processes.name(parent) == "command-guard")
            let line = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(parent)/cmdline"))
            #expect(String(decoding: line.filter { $0 != 0 }, as: UTF8.self) == "command-guard")
            kill(parent, SIGKILL)
        }
        #expect(run.outcome == .failed)
        #expect(run.error == "the process that guards the command was killed")
        #expect(try await marked.wait { $0 == 0 }.isEmpty)
    }
}
