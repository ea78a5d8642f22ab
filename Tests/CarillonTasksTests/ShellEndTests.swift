import Carillon
import CarillonTasks
import Foundation
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
