#if Qt
import CarillonTesting
import Foundation
import Testing

/// Schedulers and executors of Qt, in programs of their own whose main thread Qt has.
@Suite(.timeLimit(.minutes(10))) struct QtTests {
    @Test("The scheduler conforms, with its own executor and with threads, on memory and SQLite")
    func schedulers() async throws {
        let lines = try await QtProgram.output("schedulers")
        #expect(lines.filter { !$0.hasSuffix(": passed") && !$0.contains(": not applicable: ") } == [])
        // A run that blocks holds the engine of a scheduler whose runs are on its thread.
        #expect(lines.count { $0.contains(": not applicable: ") } == 2 * 2)
        let cases = SchedulerConformance.cases
        #expect(lines.count == 2 * (cases.count + cases.count { $0.group != "Cycles" }))
    }

    @Test("The executor conforms, with room for one run and for several")
    func executors() async throws {
        let lines = try await QtProgram.output("executors")
        #expect(lines.filter { !$0.hasSuffix(": passed") && !$0.contains(": not applicable: ") } == [])
        // What takes two runs at work.
        #expect(lines.count { $0.contains(": not applicable: ") } == 2)
        let cases = ExecutorConformance.cases
        #expect(lines.count == cases.count + cases.count { $0.name.hasSuffix("if it suspends") })
    }

    @Test("It starts on the main thread alone, under exec as well, and says why not elsewhere")
    func starts() async throws {
        let lines = try await QtProgram.output("starts")
        try #require(lines.count == 10, "\(lines)")
        #expect(lines[0].hasPrefix("without an application: there is no QCoreApplication yet"))
        #expect(
            lines[1].hasPrefix("on a thread of Qt: a QtScheduler is started on the main thread, and this is another"))
        #expect(lines[2].hasPrefix("on the pool: a QtScheduler is started on the main thread, and this is another one"))
        #expect(lines[3].hasPrefix("the scheduler has not been started"))
        #expect(lines[4...5] == ["jobs: 0", "under exec: started"])
        #expect(lines[6].hasPrefix("again: the scheduler has been started already"))
        #expect(Set(lines[7...8]) == ["declared: true", "added: true"])
        #expect(lines[9] == "runs: false")
    }

    @Test("It starts before exec, and again after it; when nothing drives it, it answers")
    func execs() async throws {
        #expect(
            try await QtProgram.output("execs") == [
                "round 1: true", "runs: false, jobs: 0", "round 2: true", "runs: false, jobs: 0",
            ])
    }

    @Test("An application that is destroyed ends it, and no call hangs")
    func destroyed() async throws {
        let lines = try await QtProgram.output("destroyed")
        try #require(lines.count == 4, "\(lines)")
        #expect(lines[0] == "runs: false, jobs: [\"late\"]")
        #expect(lines[1].contains("another one"))
        #expect(Set(lines[2...]) == ["ran", "under another application: true"])
    }

    @Test("A group of services waits for it, drains it and hurries it")
    func service() async throws {
        let lines = try await QtProgram.output("service")
        try #require(lines.count == 4, "\(lines)")
        #expect(lines[0].contains("has not been started"))
        #expect(
            lines[1...] == [
                "ended by itself", "runs: false, outcomes: [\"succeeded\"]", "runs: false, outcomes: [\"none\"]",
            ])
    }

    @Test("Tasks run on the main thread, and so does the main actor")
    func mainActor() async throws {
        let lines = try await QtProgram.output("main-actor")
        #expect(Set(lines) == ["isolated: true", "suspends: true true true", "blocks: true"])
        #expect(lines.count == 3)
    }

    @Test("While a task shows a dialog, others that suspend go on, and the next that blocks waits")
    func dialog() async throws {
        let lines = try await QtProgram.output("dialog")
        #expect(lines == ["opens", "suspends, true", "closes", "blocks"])
    }

    // MARK: The application quits while a run is at work

    @Test func quitDrains() async throws {
        #expect(
            try await QtProgram.output("quit") == [
                "the run ends, asked to: false, on the main thread: true", "its last words, on the main actor",
                "exec has returned, the scheduler runs: false",
            ])
    }

    @Test func quitAsksRunsToEnd() async throws {
        #expect(
            try await QtProgram.output("quit-asked") == [
                "the run is asked to end: true", "exec has returned, the scheduler runs: false",
            ])
    }

    @Test func quitLeavesRunsBehind() async throws {
        #expect(try await QtProgram.output("quit-stubborn") == ["exec has returned, the scheduler runs: false"])
    }

    @Test("Even without its clock, exec returns")
    func quitWithoutClock() async throws {
        #expect(try await QtProgram.output("quit-stopped-clock") == ["exec has returned, the scheduler runs: true"])
    }

    // MARK: The example

    @Test("The window shows the jobs and their last runs, and its button pauses them")
    func window() async throws {
        let lines = try await QtProgram.output("--try", of: "QtWindow")
        try #require(lines.count == 4, "\(lines)")
        for (line, job) in zip(lines, ["backup", "clock", "report"]) {
            #expect(line.wholeMatch(of: /(\w+) \| every .*seconds? \| \d.*\d.* \| .*/).map { String($0.1) } == job)
        }
        #expect(lines[0].hasSuffix("| succeeded") && lines[2].hasSuffix("no printer"), "\(lines)")
        #expect(lines[3] == "paused, Resume")
    }
}

/// A program of this package, without a screen.
private enum QtProgram {
    /// Runs it until it ends by itself, and returns what it printed, line by line.
    static func output(_ argument: String, of name: String = "QtWorker") async throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent(name)
        process.arguments = [argument]
        process.environment = ProcessInfo.processInfo.environment.merging(["QT_QPA_PLATFORM": "offscreen"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        // What it prints fits into the pipe, so nobody has to read while it runs.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(process.terminationReason == .exit && process.terminationStatus == 0, "\(lines)")
        return lines
    }
}
#endif
