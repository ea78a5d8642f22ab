import Foundation
import Testing

/// What becomes of commands when their server is killed, and what many commands leave behind.
@Suite(.timeLimit(.minutes(10))) struct ServerDeathTests {
    /// A child that ignores signals, one that has left the group, one whose parent has ended, one in a session of its own
    /// under that.
    private static let tree = """
        (trap '' TERM HUP INT; sleep 600; sleep 601) & setsid sh -c 'setsid sleep 602 & sleep 603' &
        (sleep 604 &) ; sleep 605
        """

    @Test func nothingOfItsCommandsIsLeft() async throws {
        let marked = MarkedProcesses()
        defer { marked.killAll() }
        let commands = 12
        let server = Process()
        server.executableURL = Worker.executable
        server.arguments = ["run", "\(commands)", Self.tree]
        // The server has the mark as well, from which its commands inherit it.
        server.environment = ProcessInfo.processInfo.environment.merging(marked.environment) { $1 }
        try server.run()
        // The guards of the commands, too: they are forks of the server.
        let each = 8
        let begun = try await marked.wait { $0 >= 1 + commands * (each + 1) }
        #expect(begun.count >= 1 + commands * (each + 1))
        kill(server.processIdentifier, SIGKILL)
        #expect(try await marked.wait { $0 == 0 }.isEmpty)
    }

    /// A stopped guard sees its server die, too.
    @Test func nothingIsLeftWhereItsGuardsAreStopped() async throws {
        let marked = MarkedProcesses()
        defer { marked.killAll() }
        let server = Process()
        server.executableURL = Worker.executable
        server.arguments = ["run", "1", Self.tree]
        server.environment = ProcessInfo.processInfo.environment.merging(marked.environment) { $1 }
        try server.run()
        let begun = try await marked.wait { $0 >= 10 }
        let guards = begun.filter { Processes.name($0) == "command-guard" }
        #expect(guards.count == 1)
        for guardian in guards { kill(guardian, SIGSTOP) }
        kill(server.processIdentifier, SIGKILL)
        #expect(try await marked.wait { $0 == 0 }.isEmpty)
    }

    /// 200 runs of each kind leave no descriptor, child process or thread, in a process that ignores SIGCHLD and SIGPIPE.
    @Test func manyRunsLeaveNothing() async throws {
        let output = try await Worker.output(["repeat", "200"])
        #expect(output.contains("succeeded: 200"))
        #expect(output.contains("no such command: no-such-command-at-all: 200"))
        #expect(output.contains("ended by signal 13 (PIPE): 200"))
        #expect(output.contains("descriptors: +0"))
        #expect(output.contains("children: 0"))
    }

    /// The guard of a command was forked from a server of more than 64 MiB, and lives as long as the command.
    @Test func aGuardKeepsNoMemoryOfItsServer() async throws {
        let line = """
            for try in $(seq 200); do
            kilobytes=$(awk '/RssAnon/ { print $2 }' /proc/$PPID/status); [ $kilobytes -lt 8000 ] && break; sleep 0.05; done
            echo guard kilobytes: $kilobytes
            """
        let output = try await Worker.output(["measure", line])
        let end = try #require(output.split(separator: "\n").first { $0.contains("guard kilobytes: ") })
        #expect(try #require(end.split(separator: " ").last.flatMap { Int($0) }) < 8000)
    }
}

/// The process that tests start as a server.
enum Worker {
    static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("TasksWorker")

    /// What it prints.
    ///
    /// - Parameter launcher: A program with its arguments that starts it.
    static func output(
        _ arguments: [String], variables: [String: String] = [:], launcher: [String] = []
    ) async throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = launcher.first.map { URL(fileURLWithPath: $0) } ?? executable
        process.arguments = (launcher.isEmpty ? [] : launcher.dropFirst() + [executable.path]) + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        process.standardOutput = pipe
        let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            continuation.yield($0.terminationReason == .exit ? $0.terminationStatus : -$0.terminationStatus)
        }
        try process.run()
        #expect(await ended.first { _ in true } == 0)
        return String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
}
