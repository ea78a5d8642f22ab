#if os(Linux)
import Carillon
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// Tasks that do to their process what no task should: the run gets its outcome, and nobody else notices.
@Suite(.timeLimit(.minutes(10))) struct ProcessPoolFaultTests {
    @Test(
        "A worker that ends is the end of its run, and is replaced",
        arguments: [
            ("exit", "its worker exited with status 3"), ("crash", "its worker was ended by signal 11 (SEGV)"),
            ("kill", "its worker was ended by signal 9 (KILL)"),
            ("garbage", "its worker wrote to the pool what is no report"),
            ("forge", "its worker wrote to the pool what is no report"),
            ("close", "its worker "),
        ])
    func ends(_ task: String, _ words: String) async throws {
        let bench = try await PoolBench()
        for _ in 1...2 {
            let run = try await bench.run(task)
            #expect(run.outcome == .failed)
            #expect(try #require(run.error).hasPrefix(words))
            #expect(try await bench.run("echo", PoolBench.Text(text: "next")).result(as: String.self) == "next")
        }
        await bench.shutdown()
    }

    @Test("A task that leaks descriptors does not keep its worker from the next run")
    func leak() async throws {
        let bench = try await PoolBench()
        #expect(try await bench.run("leak").outcome == .succeeded)
        for _ in 1...3 { #expect(try await bench.run("echo", PoolBench.Text(text: "x")).outcome == .succeeded) }
        await bench.shutdown()
    }

    @Test(
        "A run past its timeout is asked to end, and then ended with its worker",
        arguments: ["block", "stop", "stubborn", "sleep", "until-cancelled"])
    func timeout(_ task: String) async throws {
        let bench = try await PoolBench(killAfter: .milliseconds(100))
        let run = try await bench.run(task) { $0.timeout = .milliseconds(200) }
        #expect(run.outcome == .timedOut)
        #expect(run.error == "it took longer than 0.2 seconds")
        #expect(try await bench.run("nothing").outcome == .succeeded)
        await bench.shutdown()
    }

    @Test(
        "A run that is cancelled is asked to end, and then ended with its worker",
        arguments: [("block", true), ("stop", true), ("sleep", false), ("until-cancelled", false)])
    func cancellation(_ task: String, _ isKilled: Bool) async throws {
        let bench = try await PoolBench(killAfter: isKilled ? .milliseconds(100) : .seconds(60))
        let job = try await bench.add(task)
        let run = try await bench.begin(of: job)
        let process = bench.pool.workerProcesses
        try await bench.scheduler.cancelRun(run.id)
        let ended = try await bench.end(of: job)
        #expect(ended.outcome == .cancelled)
        if task == "until-cancelled" { #expect(ended.logText == "it was cancelled\n") }
        #expect(ended.logText.contains("its worker was killed") == isKilled)
        #expect(try await bench.run("nothing").outcome == .succeeded)
        #expect((bench.pool.workerProcesses == process) == !isKilled)
        await bench.shutdown()
    }

    @Test("A shutdown that cancels ends runs as interrupted, which are run again")
    func interruption() async throws {
        let bench = try await PoolBench()
        let job = try await bench.add("sleep")
        _ = try await bench.begin(of: job)
        await bench.scheduler.shutdown(.cancel, deadline: .seconds(60))
        #expect(try await bench.scheduler.runs(of: job).map(\.outcome) == [nil])
    }

    @Test("A thousand runs have a thousand outcomes, none twice, though workers are killed all the time")
    func killedWorkers() async throws {
        let bench = try await PoolBench(workers: 3)
        let count = 1000
        let (begun, kills) = (Counter(), Counter())
        bench.scheduler.engine.addSynchronousListener { [pool = bench.pool] event in
            guard case .runStarted = event.kind else { return }
            begun.add()
            guard begun.value.isMultiple(of: 40), let process = pool.workerProcesses.randomElement() else { return }
            if kill(process, SIGKILL) == 0 { kills.add() }
        }
        for number in 0..<count {
            _ = try await bench.add(number % 2 == 0 ? "nothing" : "nothing-async", id: "job \(number)")
        }
        await bench.ends(count)
        #expect(kills.value > 10)
        var outcomes: [JobID: [Outcome]] = [:]
        for event in bench.log.events {
            guard case .runEnded(let id, let outcome, _) = event.kind else { continue }
            outcomes[id.occurrence.job, default: []].append(outcome)
        }
        #expect(outcomes.count == count)
        #expect(outcomes.values.allSatisfy { $0 == [.succeeded] || $0 == [.failed] })
        for number in 0..<count {
            let runs = try await bench.scheduler.runs(of: JobID("job \(number)"))
            #expect(runs.count == 1 && runs[0].outcome != nil)
        }
        await bench.shutdown()
    }

    @Test("A run that was sent ahead goes to another worker when the one before it takes long or ends its worker")
    func sentAhead() async throws {
        let bench = try await PoolBench(workers: 2)
        // They make the workers known as quick ones.
        for _ in 1...60 { #expect(try await bench.run("nothing").outcome == .succeeded) }
        let blocked = try await bench.add("block")
        for number in 1...40 { _ = try await bench.add("nothing", id: "quick \(number)") }
        for number in 1...40 {
            #expect(try await bench.end(of: JobID("quick \(number)")).outcome == .succeeded)
        }
        _ = try await bench.begin(of: blocked)
        for process in bench.pool.workerProcesses { kill(process, SIGKILL) }
        #expect(try await bench.end(of: blocked).outcome == .failed)
        await bench.shutdown()
    }

    @Test("Two pools of one process do not disturb each other, and leave no process behind")
    func twoPools() async throws {
        let (one, other) = (try await PoolBench(workers: 2), try await PoolBench(workers: 2))
        let blocked = try await one.add("block")
        _ = try await one.begin(of: blocked)
        #expect(try await other.run("exit").outcome == .failed)
        #expect(try await other.run("nothing").outcome == .succeeded)
        await other.shutdown()
        await waitUntil("the workers end") { other.pool.workerProcesses.isEmpty }
        let processes = one.pool.workerProcesses
        #expect(!processes.isEmpty)
        for process in processes { kill(process, SIGKILL) }
        #expect(try await one.end(of: blocked).outcome == .failed)
        await one.shutdown()
        await waitUntil("the workers end") { one.pool.workerProcesses.isEmpty }
        for process in processes {
            // There is no process of that number, not even one that nobody has waited for.
            #expect(!FileManager.default.fileExists(atPath: "/proc/\(process)"))
        }
    }

    @Test("A worker that ends without a run is replaced when there is one")
    func idleWorker() async throws {
        let bench = try await PoolBench()
        #expect(try await bench.run("nothing").outcome == .succeeded)
        let process = try #require(bench.pool.workerProcesses.first)
        kill(process, SIGKILL)
        await waitUntil("it is noticed") { bench.pool.workerProcesses != [process] }
        #expect(try await bench.run("nothing").outcome == .succeeded)
        await bench.shutdown()
    }

    @Test("A program that is no worker fails runs, and is not started again and again")
    func noWorker() async throws {
        let bench = try await PoolBench(program: ["/bin/true"])
        for _ in 1...3 {
            let run = try await bench.run("nothing")
            #expect(run.outcome == .failed)
            #expect(try #require(run.error).contains("main has to call ProcessPoolExecutor.runWorkerIfAsked"))
        }
        #expect(bench.lines.lines(with: "a process pool has no workers").count == 1)
        await bench.shutdown()
    }
}
#endif
