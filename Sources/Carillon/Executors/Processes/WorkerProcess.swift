#if os(Linux)
private import CTimers
private import CWorkers
import Dispatch
import Foundation
import Logging
import Synchronization

/// A worker process of a pool: performs one run after the other, until the pool has gone.
///
/// One thread performs runs, another one hears what the pool says meanwhile. The main thread serves the main queue, for
/// tasks on the main actor.
final class WorkerProcess: Sendable {
    private struct State {
        var orders: FirstInFirstOut<RunOrder> = FirstInFirstOut()
        var current: WorkerRun?
    }

    private let registry: TaskRegistry
    private let middleware: [any RunMiddleware]
    private let channel: WorkerChannel
    private let state = Monitor(State())

    private init(_ registry: TaskRegistry, _ middleware: [any RunMiddleware], _ channel: WorkerChannel) {
        self.registry = registry
        self.middleware = middleware
        self.channel = channel
    }

    /// Performs runs until the pool has gone, and ends the process.
    ///
    /// - Parameters:
    ///   - descriptor: What leads to the pool.
    ///   - forwardsLogs: Whether the loggers of this process log in that of the pool.
    ///   - middleware: What is around every run.
    ///   - register: Registers the tasks.
    static func run(
        on descriptor: Int32, forwardsLogs: Bool, middleware: [any RunMiddleware],
        _ register: (TaskRegistry) throws -> Void
    ) -> Never {
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            FileHandle.standardError.write(
                Data("carillon: \(WorkerMark.name) is for workers of a process pool, which are started by it\n".utf8))
            exit(64)
        }
        // The pool decides when its workers end: a signal for all processes of a service is not for them. Handlers, unlike
        // ignored signals, are not passed on to what a task starts.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in } }
        // What tasks print is there although the process is killed.
        worker_buffer_lines()
        _ = name_this_thread("carillon-worker")
        let channel = WorkerChannel(descriptor)
        if forwardsLogs {
            LoggingSystem.bootstrap(
                { label, provider in WorkerLogHandler(label: label, provider) { channel.send(.logged($0)) } },
                metadataProvider: .carillon)
        }
        let registry = TaskRegistry()
        do {
            try register(registry)
        } catch {
            channel.send(.refused("the tasks of the worker process could not be registered: \(error)"))
            exit(65)
        }
        let process = WorkerProcess(registry, middleware, channel)
        channel.send(.ready)
        NamedThread.start("worker-channel") { process.hear() }
        NamedThread.start("worker-runs") { process.perform() }
        dispatchMain()
    }

    /// Tells the pool that this process does not become a worker, since its `main` goes on.
    static func refuse() {
        guard let value = getenv(WorkerMark.name), let descriptor = Int32(String(cString: value)) else { return }
        WorkerChannel(descriptor).send(.refused(WorkerMark.refusal.reason))
    }

    // MARK: Hearing

    private func hear() -> Never {
        var buffer = FrameBuffer(limit: WorkerRequest.limit)
        do throws(FrameError) {
            while channel.receive(into: &buffer) {
                while let frame = try buffer.next() { follow(try WorkerRequest(frame)) }
            }
        } catch {
            FileHandle.standardError.write(Data("carillon: what the process pool says cannot be read: \(error)\n".utf8))
            _exit(66)
        }
        // A pool that has no more use for a worker lets it end its runs before. What is at work now has nobody any more.
        if state.withLock({ $0.current != nil || !$0.orders.isEmpty }) { _exit(0) }
        exit(0)
    }

    private func follow(_ request: WorkerRequest) {
        switch request {
        case .perform(let order):
            state.withLock { $0.orders.append(order) }
            state.signal()
        case .cancel(let number, let isInterrupted):
            let run = state.withLock { $0.current }
            if let run, run.order.number == number { run.cancel(isInterrupted: isInterrupted) }
        case .returnRuns:
            let numbers = state.withLock { state in
                var numbers: [UInt32] = []
                while let order = state.orders.popFirst() { numbers.append(order.number) }
                return numbers
            }
            channel.send(.returned(numbers))
        }
    }

    // MARK: Performing

    private func perform() -> Never {
        // The end of a run goes out together with the beginning of the next one.
        var frames = FrameWriter()
        while true {
            let next = state.withLock { begin(&$0) }
            if next == nil, !frames.bytes.isEmpty {
                channel.send(frames)
                frames.removeAll()
            }
            let run = next ?? state.wait { begin(&$0) }
            perform(run, &frames)
        }
    }

    private func begin(_ state: inout State) -> WorkerRun? {
        state.current = state.orders.popFirst().map { WorkerRun($0, channel) }
        return state.current
    }

    private func perform(_ run: WorkerRun, _ frames: inout FrameWriter) {
        guard run.leaseLeft > 0 else { return WorkerReport.late.write(run.order.number, to: &frames) }
        WorkerReport.begun.write(run.order.number, to: &frames)
        // Before the task is called: if it ends the process, the pool knows which run that was.
        channel.send(frames)
        frames.removeAll()
        WorkerLogHandler.commonLevel.store(
            Logger.Level.allCases.firstIndex(of: run.order.logLevel) ?? 0, ordering: .relaxed)
        let start = SystemClock.bootTime
        let end = TaskEnd(result(of: run), run.order.retry)
        run.end(end, took: SystemClock.bootTime - start, to: &frames)
    }

    private func result(of run: WorkerRun) -> Result<[UInt8]?, any Error> {
        guard let task = registry[run.order.task] else {
            return .failure(Self.missing(run.order.task, registry.registered))
        }
        let arguments = run.order.arguments
        switch task.body {
        case .blocking(let body):
            return CurrentRun.$value.withValue(run) {
                Result {
                    let context = TaskContext(run)
                    return try middleware[...].perform(context, blocking: { try body(arguments, context) })
                }
            }
        case .async(let body):
            let ended = DispatchSemaphore(value: 0)
            let result = Mutex<Result<[UInt8]?, any Error>>(.success(nil))
            let task = Task(priority: .medium) { [middleware] in
                do {
                    let value = try await CurrentRun.$value.withValue(run) {
                        let context = TaskContext(run)
                        return try await middleware[...].perform(
                            context, task: { try await body(arguments, context) })
                    }
                    result.withLock { $0 = .success(value) }
                } catch {
                    result.withLock { $0 = .failure(error) }
                }
                ended.signal()
            }
            run.onCancel { task.cancel() }
            ended.wait()
            return result.withLock { $0 }
        }
    }

    private static func missing(_ task: TaskName, _ registered: [TaskName]) -> CarillonError {
        let names = registered.map(\.description)
        let words = names.isEmpty ? "none is" : "registered are \(names.map { "'\($0)'" }.joined(separator: ", "))"
        return CarillonError(
            .taskNotFound,
            "no task '\(task)' is registered in the worker process; \(words): register it in the function that main passes to "
                + "ProcessPoolExecutor.runWorkerIfAsked"
        )
    }
}
#else
/// Elsewhere there are no workers.
enum WorkerProcess {
    static func refuse() {}
}
#endif
