import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// The executor and the flavour that the documentation shows.
@Suite(.timeLimit(.minutes(10))) struct OfOnesOwnTests {
    @Test(
        "The documentation shows their text",
        arguments: ["OneByOneExecutor", "OneByOneHarness", "QueueScheduler", "QueueFlavour"])
    func shown(_ name: String) throws {
        let page = try String(
            contentsOf: Program.packagePath.appending(path: "docs/executors-of-your-own.md"), encoding: .utf8)
        let text = try String(
            contentsOf: Program.packagePath.appending(path: "Tests/SchedulerTests/\(name).swift"), encoding: .utf8)
        #expect(page.contains("```swift\n\(text)```\n"))
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 41)
    }

    @Test("The executor performs one run at a time, whether they block or suspend, and cancels them")
    func executor() async throws {
        let scheduler = QueueScheduler(SchedulerOptions(executors: ["one by one": OneByOneExecutor()]))
        let (atWork, ended) = (Counter(), Counter())
        let most = Mutex(0)
        @Sendable func enter() {
            atWork.add()
            most.withLock { $0 = max($0, atWork.value) }
        }
        @Sendable func leave() {
            atWork.subtract()
            ended.add()
        }
        let options = JobOptions(executor: "one by one")
        for _ in 0..<20 {
            try scheduler.declareJob(options) {
                enter()
                leave()
            }
            try scheduler.declareJob(options) {
                enter()
                await Task.yield()
                leave()
            }
        }
        let log = EventLog()
        scheduler.addListener(for: EventFilter([.runEnded])) { log.append($0) }
        try await scheduler.start()
        await log.wait { _ in ended.value == 40 }
        #expect(most.withLock { $0 } == 1)
        // One that waits until it is cancelled.
        let gate = AsyncGate()
        try await scheduler.addJob(id: "long", options) {
            gate.open()
            try await Task.sleep(for: .seconds(3600))
        }
        await gate.wait()
        let run = try #require(try await scheduler.runs(of: "long").first)
        #expect(try await scheduler.cancelRun(run.id))
        await log.wait { $0.job == "long" }
        #expect(try await scheduler.run(run.id).outcome == .cancelled)
        await scheduler.shutdown()
    }

    @Test("An executor that needs a minute says so, and is given the run again only after that")
    func startLimit() async throws {
        let idle = IdleExecutor(startLimit: .seconds(60))
        let bench = try await SchedulerBench(.async, .memory) { $0.executors["slow"] = idle }
        let count = Counter()
        try await bench.scheduler.addJob(id: "a", trigger: .interval(hours: 1), JobOptions(executor: "slow")) {
            await Task.yield()
            count.add()
        }
        func lookOn() async {
            bench.clock.advance(by: .zero)
            for _ in 0..<100 { await bench.scheduler.engine.answer() }
        }
        try await (bench.scheduler as? AsyncScheduler)?.start()
        while idle.works.isEmpty { await lookOn() }
        bench.clock.advance(by: .seconds(59))
        await lookOn()
        #expect(idle.works.count == 1)
        await idle.works.first?.perform()
        #expect(count.value == 1)
        // The next one is not begun.
        bench.clock.advance(by: .seconds(3541))
        while idle.works.count < 2 { await lookOn() }
        bench.clock.advance(by: .seconds(60))
        while idle.works.count < 3 { await lookOn() }
        await idle.works.dropFirst().first?.perform()
        #expect(count.value == 1)
        await idle.works.last?.perform()
        #expect(count.value == 2)
        await bench.scheduler.shutdown()
    }

    @Test("The flavour starts, fires, and ends, and can be started again")
    func flavour() async throws {
        let scheduler = QueueScheduler()
        await scheduler.waitForEnd()
        for round in 1...2 {
            let gate = AsyncGate()
            try scheduler.declareJob(id: "job \(round)") { gate.open() }
            try await scheduler.start()
            await gate.wait()
            let error = await #expect(throws: CarillonError.self) { try await scheduler.start() }
            #expect(error?.code == .wrongState)
            async let end: Void = scheduler.waitForEnd()
            await scheduler.shutdown()
            await end
            #expect(!scheduler.isRunning)
        }
    }
}
