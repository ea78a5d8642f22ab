import CarillonTesting
import Foundation
import Testing

/// Schedulers in processes of their own.
@Suite(.timeLimit(.minutes(10))) struct ProgramTests {
    /// A scheduler with `daemon: false` keeps a process whose `main` has returned; with `true` it ends.
    @Test(arguments: ["", "-elastic"]) func daemon(_ flavour: String) async throws {
        let worker = Program(name: "SchedulerWorker")
        #expect(try await worker.output("keep\(flavour)") == ["main returns", "the job ran"])
        #expect(try await worker.output("daemon\(flavour)") == ["main returns"])
    }

    @Test("A scheduler on the main thread conforms, and no flavour leaves anything in a process that is its own")
    func conformance() async throws {
        let lines = try await Program(name: "SchedulerWorker").output("conform")
        #expect(lines.filter { !$0.hasSuffix(": passed") } == [])
        #expect(lines.count == SchedulerConformance.cases.count + 4 * 2)
        #expect(lines.first?.hasPrefix("blocking on the main thread, memory: ") == true)
    }

    @Test("Schedulers that leave a thread or a descriptor at each start are found out")
    func leaks() async throws {
        let lines = try await Program(name: "SchedulerWorker").output("leak")
        let found = lines.compactMap { $0.firstMatch(of: /(-?\d+) threads and (-?\d+) descriptors more/)?.output }
        let (threads, descriptors) = (found.compactMap { Int($0.1) }, found.compactMap { Int($0.2) })
        // A few threads are those of Dispatch.
        #expect(threads.map { $0 >= 90 } == [true, true, false, false], "\(lines)")
        #expect(descriptors.map { $0 >= 90 } == [false, false, true, true], "\(lines)")
    }

    @Test("Schedulers that are gone leave nothing on the heap")
    func heap() async throws {
        let lines = try await Program(name: "SchedulerWorker").output("heap")
        let kept = lines.compactMap { $0.wholeMatch(of: /(.+): (-?\d+)/).flatMap { Int($0.2) } }
        try #require(kept.count == 4 && lines.count == 4, "\(lines)")
        // A cancelled `Task.sleep` is there until its time has come, and Dispatch keeps what it may use again.
        #expect(kept.dropLast().allSatisfy { $0 < 4000 }, "\(lines)")
        #expect(try #require(kept.last) > 8000, "\(lines)")
    }

    /// A run that calls `exit` under `BackgroundScheduler(daemon: false)`, while `main` is at work or has returned.
    @Test(arguments: ["exit", "exit-async", "exit-late"])
    func exitInARun(_ mode: String) async throws {
        let (_, status) = try await Program(name: "SchedulerWorker").run([mode])
        #expect(status == 3)
    }

    /// A scheduler on the main thread that stops at signals, and hands them back to the program.
    @Test func stopsAtSignals() async throws {
        let lines = try await Program(name: "SchedulerWorker").output("signals")
        #expect(
            lines.filter { !$0.hasPrefix("refused") } == [
                "drained", "the program's own handler", "cancelled", "stopped",
            ])
        #expect(lines.count { $0.contains("another scheduler of this process stops at signals already") } == 1)
    }

    /// A process that has no descriptors to give when its scheduler starts.
    @Test func withoutDescriptors() async throws {
        let (lines, status) = try await Program(name: "SchedulerWorker").run(["no-descriptors"])
        #expect(lines == ["ran", "ran", "ran"])
        #expect(status == 0)
    }

    @Test func theFirstProgramOfTheReadme() async throws {
        let output = try await Program(name: "Ticking").output()
        #expect(output == ["tick", "tick", "tick", "nothing is left to do"])
    }

    @Test func theSecondProgramOfTheReadme() async throws {
        let folder = try Program.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var runs = 0
        for _ in 1...3 {
            let output = try await Program(name: "SurvivingRestart").output(in: folder)
            #expect(output.first == "Hello, Ada!")
            // On a slow machine it runs once more before it stops.
            let count = try #require(output.last?.wholeMatch(of: /(\d+) runs so far/).flatMap { Int($0.1) })
            #expect(count > runs)
            runs = count
        }
    }

    @Test(arguments: ["Ticking", "SurvivingRestart"])
    func theReadmeShowsTheText(_ name: String) throws {
        let readme = try String(contentsOf: Program.packagePath.appending(path: "README.md"), encoding: .utf8)
        let program = try String(
            contentsOf: Program.packagePath.appending(path: "examples/\(name)/\(name).swift"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(program)```\n"))
    }
}
