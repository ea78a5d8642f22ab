import CHeap
import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization

/// A process with a scheduler, which ends in the way that its argument names.
@main
enum SchedulerWorkerMain {
    static func main() throws {
        // A program that forgets the call, where the test wants that.
        if ProcessInfo.processInfo.environment["SCHEDULER_WORKER_FORGETS"] == nil {
            ProcessPoolExecutor.runWorkerIfAsked(middleware: [TracedTasks()], PoolTasks.register)
        }
        // One that hangs ends by SIGALRM. The thread that has started this program may block signals.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGALRM, SIGINT, SIGTERM] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        alarm(["conform", "pool"].contains(CommandLine.arguments.last) ? 500 : 50)
        switch CommandLine.arguments.last {
        case "conform": conform()
        case "leak": leak()
        case "heap": measureHeap()
        case "exit": try exitInARun(isLate: false, isAsync: false)
        case "exit-async": try exitInARun(isLate: false, isAsync: true)
        case "exit-late": try exitInARun(isLate: true, isAsync: false)
        case "signals": try stopAtSignals()
        case "no-descriptors": try runWithoutDescriptors()
        case "pool": try runPool()
        // What a worker is started with, if the program forgets the call.
        case "carillon-worker": try runPool()
        case "keep-elastic": try keep(ElasticScheduler(daemon: false), isDaemon: false) { try $0.startWithoutWaiting() }
        case "daemon-elastic": try keep(ElasticScheduler(), isDaemon: true) { try $0.startWithoutWaiting() }
        case let mode:
            let isDaemon = mode == "daemon"
            try keep(BackgroundScheduler(daemon: isDaemon), isDaemon: isDaemon) { try $0.startWithoutWaiting() }
        }
    }

    /// `main` returns while the scheduler runs: `daemon` may end then, `keep` waits for the scheduler.
    private static func keep<Flavour: Scheduler>(
        _ scheduler: Flavour, isDaemon: Bool, start: (Flavour) throws -> Void
    ) throws {
        // So late that a slow machine does not matter, where the process is not to live until then.
        try scheduler.declareJob(id: "last", trigger: .date(Date().addingTimeInterval(isDaemon ? 600 : 0.5))) {
            print("the job ran")
            await scheduler.shutdown()
        }
        try start(scheduler)
        print("main returns")
    }

    /// Judges a scheduler on the main thread, and of the others what they leave in a process that does nothing else.
    private static func conform() {
        let main = MainThread()
        Task {
            let blocking = SchedulerFlavour.blocking(on: .mainThread) { main.perform($0) }
            for one in SchedulerConformance.cases { print(await one.verdict(on: blocking)) }
            for flavour in [.async, .background(daemon: true), .background(daemon: false), SchedulerFlavour.elastic] {
                for one in SchedulerConformance.cases where one.group == "Cycles" {
                    print(await one.verdict(on: flavour))
                }
            }
            main.end()
        }
        main.run()
    }

    /// Judges schedulers that leave things at each start.
    private static func leak() {
        let never = DispatchSemaphore(value: 0)
        let thread = leaking("thread") { NamedThread.start("left", stackBytes: 1 << 16) { never.wait() } }
        let descriptor = leaking("descriptor") { _ = open("/dev/null", O_RDONLY | O_CLOEXEC) }
        let ended = DispatchSemaphore(value: 0)
        Task {
            for flavour in [thread, descriptor] {
                for one in SchedulerConformance.cases where one.group == "Cycles" {
                    print(await one.verdict(on: flavour, patience: .seconds(1)))
                }
            }
            ended.signal()
        }
        ended.wait()
        exit(0)
    }

    private static let left = Mutex<[[UInt8]]>([])

    /// Prints how many bytes of the heap each kind of scheduler leaves, and one that leaves 10,000 at each start.
    private static func measureHeap() {
        let ended = DispatchSemaphore(value: 0)
        Task {
            await measureHeap("async", AsyncScheduler.init) { try await $0.start() }
            await measureHeap("background", { BackgroundScheduler($0) }) { try await $0.start() }
            await measureHeap("elastic", { ElasticScheduler($0) }) { try await $0.start() }
            await measureHeap("leaky", AsyncScheduler.init) { scheduler in
                left.withLock { $0.append([UInt8](repeating: 1, count: 10_000)) }
                try await scheduler.start()
            }
            ended.signal()
        }
        ended.wait()
        exit(0)
    }

    private static func measureHeap<Flavour: Scheduler>(
        _ name: String, _ make: (SchedulerOptions) -> Flavour, start: (Flavour) async throws -> Void
    ) async {
        // What is made once is there after the first hundred.
        var bytes = [0, 0]
        for round in bytes.indices {
            do {
                for _ in 1...100 {
                    let scheduler = make(SchedulerOptions())
                    let (steps, step) = AsyncStream.makeStream(of: Void.self)
                    try await scheduler.addJob { step.finish() }
                    try await start(scheduler)
                    for await _ in steps {}
                    await scheduler.shutdown()
                }
            } catch { print("\(name): \(error)") }
            bytes[round] = Int(heap_bytes_in_use())
        }
        print("\(name): \((bytes[1] - bytes[0]) / 100)")
    }

    private static func leaking(_ name: String, _ leak: @escaping @Sendable () -> Void) -> SchedulerFlavour {
        let pool = SchedulerPlace.thread(named: "carillon-pool")
        return SchedulerFlavour(
            name, engine: .thread(named: "carillon"), blockingTasks: pool, suspendingTasks: pool
        ) {
            BackgroundScheduler($0)
        } start: { scheduler in
            leak()
            try await scheduler.start()
        }
    }

    /// A run ends the process, while `main` waits or, where it is late, has returned.
    private static func exitInARun(isLate: Bool, isAsync: Bool) throws {
        let scheduler = BackgroundScheduler(daemon: false)
        let trigger = Trigger.date(Date().addingTimeInterval(isLate ? 0.5 : 0))
        if isAsync {
            try scheduler.declareJob(id: "last", trigger: trigger) {
                await Task.yield()
                exit(3)
            }
        } else {
            try scheduler.declareJob(id: "last", trigger: trigger) { exit(3) }
        }
        try scheduler.startWithoutWaiting()
        if !isLate { while true { sleep(60) } }
    }

    /// A scheduler on the main thread that stops at signals, which its run sends, twice.
    private static func stopAtSignals() throws {
        signal(SIGTERM) { _ in print("the program's own handler") }
        let scheduler = BlockingScheduler()
        try scheduler.declareJob(id: "drained") { (context: TaskContext) async in
            kill(getpid(), SIGTERM)
            // The second one is the same request.
            kill(getpid(), SIGTERM)
            try? await context.sleep(for: .milliseconds(300))
            print(context.isCancelled ? "cancelled" : "drained")
        }
        try scheduler.start(stoppingOn: [.terminate])
        kill(getpid(), SIGTERM)
        try scheduler.declareJob(id: "hurried") { (context: TaskContext) async throws in
            kill(getpid(), SIGINT)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(300)) { kill(getpid(), SIGINT) }
            try? await context.sleep(for: .seconds(3600))
            print(context.isCancelled ? "cancelled" : "drained")
        }
        let other = BlockingScheduler()
        try scheduler.declareJob(id: "other") { (_: TaskContext) in
            do { try other.start(stoppingOn: [.interrupt]) } catch { print("refused: \(error)") }
        }
        try scheduler.start(stoppingOn: [.interrupt, .terminate])
        print("stopped")
    }

    private static func runWithoutDescriptors() throws {
        let scheduler = BackgroundScheduler()
        let ended = DispatchSemaphore(value: 0)
        try scheduler.declareJob(id: "tick", trigger: .interval(seconds: 1)) {
            print("ran")
            ended.signal()
        }
        // Dispatch opens descriptors of its own when it is first used, and traps without.
        let warm = DispatchSemaphore(value: 0)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { Task { warm.signal() } }
        warm.wait()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let former = limit.rlim_cur
        limit.rlim_cur = 0
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try scheduler.startWithoutWaiting()
        ended.wait()
        limit.rlim_cur = former
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        for _ in 1...2 { ended.wait() }
        exit(0)
    }

    /// Runs a task for ever in two workers of its own; the one that does not get that far says why.
    private static func runPool() throws {
        let scheduler = BackgroundScheduler(
            daemon: false, SchedulerOptions(executors: ["default": ProcessPoolExecutor(maxWorkers: 2)]))
        try PoolTasks.register(scheduler)
        scheduler.addListener { event in
            switch event.kind {
            case .runStarted(let id): print("started \(id.occurrence.job)")
            case .runEnded(let id, let outcome, let error):
                print("ended \(id.occurrence.job) \(outcome) \(error ?? "")")
                exit(0)
            default: break
            }
            fflush(nil)
        }
        let policies = JobPolicies(retry: .none)
        for name in ["block", "sleep"] {
            try scheduler.declareJob(id: try JobID(name), task: name, JobOptions(policies: policies))
        }
        do {
            try scheduler.startWithoutWaiting()
        } catch {
            print("not started: \(error)")
            exit(7)
        }
    }
}
