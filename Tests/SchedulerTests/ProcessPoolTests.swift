#if os(Linux)
import Carillon
import CarillonTriggers
import Foundation
import Logging
import Testing

/// Tasks in worker processes: what they are told, and what they report.
@Suite(.timeLimit(.minutes(10))) struct ProcessPoolTests {
    private struct Known: Codable {
        var job: String
        var occurrence: String
        var attempt: Int
        var scheduled: Int64
        var failure: String?
        var isCancelled: Bool
        var process: Int32
        var session: Int32
    }

    @Test("Arguments and results cross, of tasks that block and tasks that suspend", arguments: ["echo", "echo-async"])
    func argumentsAndResults(_ task: String) async throws {
        let bench = try await PoolBench()
        for text in ["", "Grüße\n\u{0}", String(repeating: "x", count: 60_000)] {
            let run = try await bench.run(task, PoolBench.Text(text: text))
            #expect(run.outcome == .succeeded)
            #expect(try run.result(as: String.self) == text)
        }
        #expect(bench.pool.workerProcesses.count == 1)
        await bench.shutdown()
        await waitUntil("the worker ends") { bench.pool.workerProcesses.isEmpty }
    }

    @Test("A task knows of its run what it knows elsewhere")
    func context() async throws {
        let bench = try await PoolBench()
        let run = try await bench.run("known", id: "a job")
        let known = try #require(try run.result(as: Known.self))
        #expect(known.job == "a job")
        #expect(known.occurrence == "\(run.id.occurrence)")
        #expect(known.scheduled == run.id.occurrence.scheduled.microseconds)
        #expect(known.attempt == 1)
        #expect(!known.isCancelled)
        #expect(known.failure == nil)
        #expect(known.process == bench.pool.workerProcesses.first)
        #expect(known.session == known.process)
        await bench.shutdown()
    }

    @Test("A task for failed runs is told which run failed")
    func failureTask() async throws {
        let bench = try await PoolBench()
        let job = try await bench.add("exit") { $0.onFailure = FailureTask(TaskName("known")) }
        await bench.ends(2)
        let runs = try await bench.scheduler.runs(of: job)
        let report = try #require(runs.first { $0.id.occurrence.kind == .onFailure })
        let failed = try #require(runs.first { $0.id.occurrence.kind != .onFailure })
        let known = try #require(try await bench.scheduler.run(report.id).result(as: Known.self))
        #expect(known.failure == "\(failed.id)")
        await bench.shutdown()
    }

    @Test("What a task reports comes in order, and what it logs is logged here")
    func reports() async throws {
        let bench = try await PoolBench()
        let run = try await bench.run("speak")
        #expect(run.outcome == .succeeded)
        let text = (1...50).map { "line \($0)\n" }.joined() + "bytes"
        #expect(run.log == Array(text.utf8) + [0xFF, 0x0A])
        let steps = bench.log.events.compactMap { event in
            if case .runProgressed(_, let progress) = event.kind { progress } else { nil }
        }
        #expect(steps == (1...50).map { RunProgress(Double($0) / 50, "step \($0)") })
        let line = try #require(bench.lines.lines(with: "from the run's logger").first)
        #expect(line.level == .notice)
        #expect(line.metadata["colour"] == "blue")
        #expect(line.metadata["run"] == "\(run.id)")
        await bench.shutdown()
    }

    @Test("A task on the main actor runs in a worker")
    func mainActor() async throws {
        let bench = try await PoolBench()
        #expect(try await bench.run("main-actor").result(as: Int.self) == 42)
        await bench.shutdown()
    }

    @Test("A worker has no signal blocked or ignored, and no descriptors but its own")
    func cleanProcess() async throws {
        // One that is not closed on exec.
        let descriptor = fcntl(open("/dev/null", O_RDONLY), F_DUPFD, 100)
        defer { close(descriptor) }
        let bench = try await PoolBench()
        let text = try #require(try await bench.run("process").result(as: String.self))
        #expect(text.contains("SigBlk:\t0000000000000000"))
        #expect(text.contains("SigIgn:\t0000000000000000"))
        #expect(text.contains("no mark"))
        let descriptors = text.split(separator: "\n").filter { $0.contains("=") }
        #expect(!descriptors.contains { $0.hasPrefix("\(descriptor)=") })
        #expect(descriptors.count { $0.contains("socket:") } == 1)
        #expect(descriptors.contains("0=/dev/null"))
        await bench.shutdown()
    }

    @Test("Whether a failure is tried again is judged where the error was thrown")
    func retries() async throws {
        let bench = try await PoolBench()
        var count = 0
        for (task, attempts) in [("flaky", 3), ("broken", 1), ("exit", 1)] {
            let job = try await bench.add(task) { $0.retry = RetryPolicy(count: 2, errors: ["Flaky"]) }
            count += attempts
            await bench.ends(count)
            let runs = try await bench.scheduler.runs(of: job)
            #expect(runs.map(\.outcome) == Array(repeating: .failed, count: attempts))
        }
        let job = try await bench.add("exit") { $0.retry = RetryPolicy.only(WorkerEnded.self, count: 1) }
        await bench.ends(count + 2)
        #expect(try await bench.scheduler.runs(of: job).count == 2)
        await bench.shutdown()
    }

    @Test("Variables are put in before the arguments cross")
    func variables() async throws {
        let bench = try await PoolBench { $0.environment = { ["NAME": "Ada"] } }
        let run = try await bench.run("echo", PoolBench.Text(text: "Hello, ${NAME}")) { $0.resolvesVariables = true }
        #expect(try run.result(as: String.self) == "Hello, Ada")
        let failed = try await bench.run("echo", PoolBench.Text(text: "${MISSING}")) { $0.resolvesVariables = true }
        #expect(failed.outcome == .failed)
        #expect(try #require(failed.error).contains("MISSING"))
        await bench.shutdown()
    }

    @Test("A result that is too long is dropped as elsewhere, and the log says so")
    func longResult() async throws {
        let bench = try await PoolBench()
        let run = try await bench.run("big")
        #expect(run.outcome == .succeeded)
        #expect(run.result == nil)
        #expect(run.logText.contains("the result has 50000002 bytes; it is not kept"))
        let failed = try await bench.run("big-error")
        #expect(failed.outcome == .failed)
        #expect(failed.error?.utf8.count == Run.payloadLimit)
        #expect(bench.pool.workerProcesses.count == 1)
        await bench.shutdown()
    }

    @Test("A function of a job is refused when the job is added, and when it is moved to the pool")
    func functions() async throws {
        let bench = try await PoolBench()
        let error = await #expect(throws: CarillonError.self) {
            try await bench.scheduler.addJob(id: "function", PoolBench.options) { print("never") }
        }
        #expect(error?.code == .unsupported)
        #expect(error?.reason.contains("executor 'processes' runs tasks in worker processes") == true)
        try await bench.scheduler.addJob(id: "here", trigger: .interval(hours: 1)) { print("here") }
        await #expect(throws: CarillonError.self) {
            try await bench.scheduler.modifyJob("here") { $0.executor = "processes" }
        }
        #expect(bench.pool.workerProcesses.isEmpty)
        await bench.shutdown()
    }

    @Test("A task that the workers do not have fails, and is named")
    func unknownTask() async throws {
        let bench = try await PoolBench()
        let run = try await bench.run("unknown")
        #expect(run.outcome == .failed)
        #expect(try #require(run.error).contains("no task 'unknown' is registered in the worker process"))
        await bench.shutdown()
    }

    @Test("A worker is replaced after so many runs")
    func maxTasksPerWorker() async throws {
        let bench = try await PoolBench(maxTasksPerWorker: 2)
        var processes: [Int32] = []
        for _ in 1...5 {
            processes.append(try #require(try await bench.run("known").result(as: Known.self)).process)
        }
        #expect(Set(processes).count == 3)
        #expect(processes[0] == processes[1])
        #expect(processes[2] == processes[3])
        await bench.shutdown()
    }

    @Test("A pool that was shut down starts again")
    func restart() async throws {
        let bench = try await PoolBench(workers: 2)
        #expect(try await bench.run("nothing").outcome == .succeeded)
        await bench.shutdown()
        await waitUntil("the workers end") { bench.pool.workerProcesses.isEmpty }
        try await bench.scheduler.start()
        #expect(try await bench.run("nothing-async").outcome == .succeeded)
        await bench.shutdown()
        await waitUntil("the workers end") { bench.pool.workerProcesses.isEmpty }
    }

    @Test("There are no more workers than processors, and a notice says so")
    func processors() async throws {
        #expect(AvailableProcessors.count >= 1)
        let pool = ProcessPoolExecutor(maxWorkers: 5, program: nil, processors: 2)
        #expect(pool.capacity == 2)
        let lines = LoggedLines()
        var options = SchedulerOptions()
        options.executors["processes"] = pool
        options.logger = lines.logger
        let scheduler = AsyncScheduler(options)
        for _ in 1...2 {
            try await scheduler.start()
            await scheduler.shutdown()
        }
        #expect(lines.lines(with: "a process pool has 2 workers instead of 5").map(\.level) == [.notice])
    }

    @Test(
        "The share of the control groups limits the processors, also that of one above",
        arguments: [
            ("0::/a/b", ["/sys/fs/cgroup/a/b/cpu.max": "max 100000", "/sys/fs/cgroup/a/cpu.max": "150000 100000"], 2),
            ("0::/a", ["/sys/fs/cgroup/cpu.max": "50000 100000"], 1),
            ("0::/", ["/sys/fs/cgroup/cpu.max": "max 100000"], nil),
            (
                "4:cpu,cpuacct:/x\n0::/",
                [
                    "/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "300000\n",
                    "/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000\n",
                ], 3
            ),
            (
                "4:cpu:/x",
                ["/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"], nil
            ),
            ("nonsense", [:], nil),
        ] as [(String, [String: String], Int?)])
    func quota(_ groups: String, _ files: [String: String], _ count: Int?) {
        #expect(AvailableProcessors.quota(groups: groups) { files[$0] } == count)
    }
}
#endif
