import Foundation
import Logging
import Synchronization

/// An executor that runs tasks in worker processes: what a task does to its process, it does to a worker.
///
/// A worker is this program, started again. It performs one run after the other, and is kept. A run whose worker crashes,
/// exits or is killed has `failed`, with the reason; the worker is replaced. A run that does not end when it is asked to, or
/// when its timeout has passed, is ended with its worker.
///
/// The program's `main` begins with a call that does not return in a worker, and that registers the same tasks as the
/// scheduler has:
///
///     @main struct Program {
///         static func main() throws {
///             ProcessPoolExecutor.runWorkerIfAsked(registerTasks)
///             let scheduler = BlockingScheduler(SchedulerOptions(executors: ["processes": ProcessPoolExecutor()]))
///             try registerTasks(scheduler)
///             try scheduler.declareJob(task: "resize", JobOptions(executor: "processes"))
///             try scheduler.start(untilIdle: true)
///         }
///     }
///
///     func registerTasks(_ host: some TaskHost) throws {
///         try host.register("resize") { _ in print("in a process of its own") }
///     }
///
/// Jobs with a function instead of a task are refused: a worker has no such functions. See `docs/process-pool.md`. Linux
/// alone has what is needed to be sure that no worker outlives its pool.
@available(macOS, unavailable, message: "worker processes need Linux: see docs/process-pool.md")
@available(iOS, unavailable, message: "worker processes need Linux: see docs/process-pool.md")
public final class ProcessPoolExecutor: JobExecutor {
    /// The most workers, and the most runs at work at the same time.
    public let capacity: Int

    /// Whether it can run functions that jobs are added with, always `false`.
    public var runsFunctions: Bool { false }

    /// Ten seconds, since a worker may have to be started.
    public var startLimit: Duration { .seconds(10) }

    /// The number of workers that was asked for.
    private let wanted: Int
    private let hasTold = Atomic(false)
    #if os(Linux)
    private let pool: ProcessPool
    #endif

    /// Creates an executor that starts its workers when there is work for them.
    ///
    /// - Parameters:
    ///   - maxWorkers: The most worker processes, at least 1. There are never more than this process may use processors, by
    ///     its affinity and its control groups; a notice is logged if that is fewer.
    ///   - maxTasksPerWorker: After how many runs a worker is replaced; `nil` for never.
    ///   - killAfter: How long a run may take to end after it was asked to. Then its worker is killed.
    public convenience init(
        maxWorkers: Int = 5, maxTasksPerWorker: Int? = nil, killAfter: Duration = .seconds(10)
    ) {
        self.init(
            maxWorkers: maxWorkers, maxTasksPerWorker: maxTasksPerWorker, killAfter: killAfter, program: nil)
    }

    /// Creates an executor of another program's workers, or with workers whose commands do not see all variables.
    ///
    /// - Parameters:
    ///   - program: The path of the workers' program, and its arguments; `nil` for this one.
    ///   - processors: How many processors this process may use.
    ///   - hiding: Returns the variables that what tasks start does not inherit.
    package init(
        maxWorkers: Int, maxTasksPerWorker: Int? = nil, killAfter: Duration = .seconds(10), program: [String]?,
        processors: Int = AvailableProcessors.count, hiding: @escaping @Sendable () -> Set<String> = { [] }
    ) {
        wanted = max(maxWorkers, 1)
        capacity = min(wanted, max(processors, 1))
        #if os(Linux)
        pool = ProcessPool(
            ProcessPool.Settings(
                workers: capacity, runsPerWorker: maxTasksPerWorker.map { max($0, 1) },
                killAfter: min(max(killAfter, .zero), .seconds(31_557_600)).wholeMicroseconds,
                program: program?.first ?? "/proc/self/exe",
                arguments: (program ?? [CommandLine.arguments.first ?? "carillon"]) + ["carillon-worker"],
                hiding: hiding))
        #endif
    }

    deinit { shutdown() }

    /// Performs the runs of a pool if this process is a worker of one, and does not return then. In any other process it does
    /// nothing.
    ///
    /// Call it at the beginning of `main`, before any `await`, and before anything that a worker is not to do: it is what
    /// tells a worker from the program. A scheduler refuses to start in a worker whose `main` does not call it.
    ///
    /// - Parameters:
    ///   - forwardsLogs: Whether whatever is logged with swift-log in a worker is logged in the scheduler's process. The
    ///     logging system is bootstrapped for that, so do not do that before. `TaskContext.logger` logs there in any case.
    ///   - middleware: What is around every run; the first is the outermost.
    ///   - register: Registers the tasks with the worker. If it throws, the pool has no workers, and its runs fail.
    public static func runWorkerIfAsked(
        forwardsLogs: Bool = true, middleware: [any RunMiddleware] = [],
        _ register: (TaskRegistry) throws -> Void
    ) {
        #if os(Linux)
        guard let descriptor = WorkerMark.take() else { return }
        WorkerProcess.run(on: descriptor, forwardsLogs: forwardsLogs, middleware: middleware, register)
        #endif
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async {
        #if os(Linux)
        pool.execute(works)
        #endif
    }

    /// Ends the workers once the runs that were handed over have been performed. A later `execute` starts others.
    public func shutdown() {
        #if os(Linux)
        pool.shutdown()
        #endif
    }

    /// Logs once that there are fewer workers than were asked for.
    func tellLimit(_ logger: Logger) {
        guard capacity < wanted, !hasTold.exchange(true, ordering: .relaxed) else { return }
        logger.notice(
            "a process pool has \(capacity) worker\(capacity == 1 ? "" : "s") instead of \(wanted): this process may use no more processors"
        )
    }

    #if os(Linux)
    /// The process ids of the workers, for tests.
    package var workerProcesses: [Int32] { pool.processes }
    #endif
}
