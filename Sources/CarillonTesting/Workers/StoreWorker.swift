public import Carillon
import CarillonTriggers
import Foundation
import Synchronization

/// A small scheduler in its own process. The conformance suite starts several of them on one storage, some of which
/// kill themselves at a chosen point.
///
/// An executable that runs it has a main function of one line: `try await StoreWorker.main { url in … }`.
public final class StoreWorker: Sendable {
    private let options: StoreWorkerOptions
    private let store: any JobStore
    private let report: NodeReport
    private let starts: FileHandle
    private let clock = SystemClock()
    private let countdown: Mutex<Int>
    private let additions = Mutex(0)

    /// The prefix of the ids of jobs that workers add.
    static let additionPrefix = "added by "

    /// Reads the arguments of the process, opens the store and works until nothing is left to do.
    ///
    /// - Parameter open: Opens the store that a URL names.
    public static func main(open: (String) async throws -> any JobStore) async throws {
        let options = try StoreWorkerOptions(CommandLine.arguments.dropFirst())
        try await StoreWorker(options, store: try await open(options.store)).work()
    }

    private init(_ options: StoreWorkerOptions, store: any JobStore) throws {
        self.options = options
        self.store = store
        countdown = Mutex(options.after)
        let process = ProcessIdentity.current
        report = NodeReport(
            id: try NodeID(options.node),
            host: ProcessInfo.processInfo.hostName,
            process: process,
            processStart: ProcessIdentity.start(of: process) ?? 0,
            tasks: [TaskName("work")]
        )
        // With O_APPEND lines of several processes never mix.
        let descriptor = Foundation.open(options.starts, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard descriptor >= 0 else { throw StoreConformanceFailure("\(options.starts) cannot be written") }
        starts = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Kills the process at the chosen point, when it has been reached often enough.
    private func reach(_ point: CrashPoint) {
        guard options.crash == point,
            countdown.withLock({ count in
                count -= 1
                return count == 0
            })
        else { return }
        kill(ProcessIdentity.current, SIGKILL)
    }

    private func work() async throws {
        var watch = NodeWatch(report, lease: .seconds(options.lease))
        var completions: [Completion] = []
        while true {
            do {
                let heartbeat = try await renew()
                let dead = watch.dead(in: heartbeat) { ProcessIdentity.hasEnded($0, started: $1) }
                let result = try await pass(completions, dead: dead)
                completions = result.unwritten + (try run(result))
                if !dead.isEmpty, result.statuses.allSatisfy({ $0 != .changed }) { try await store.forget(dead) }
                if completions.isEmpty, try await isDone(heartbeat) { return }
                if result.statuses.isEmpty { try await pause() }
            } catch let error as CarillonError where error.code == .storeUnavailable {
                try await pause()
            }
        }
    }

    private func pause() async throws { try await clock.sleep(until: clock.monotonic + 2000) }

    private func renew() async throws -> Heartbeat {
        guard options.crash == .inHeartbeat else { return try await store.heartbeat(report) }
        async let heartbeat = store.heartbeat(report)
        // The call above continues meanwhile, on another thread.
        reach(.inHeartbeat)
        return try await heartbeat
    }

    private func pass(_ completions: [Completion], dead: Set<NodeID>) async throws -> StorePass.Result {
        var pass = StorePass(now: clock.now, node: report.id, tasks: report.tasks)
        pass.slots = options.slots
        pass.completions = completions
        pass.dead = dead
        pass.dueLimit = 10
        pass.readyLimit = 10
        pass.adding = try addition(at: pass.now)
        pass.planned = { [self] snapshot, plan in
            reach(.afterSnapshot)
            let isAddition = snapshot.job.id.description.hasPrefix(Self.additionPrefix)
            if isAddition, snapshot.job.stateVersion == 1 { reach(.inAddition) }
            if plan.events.contains(where: \.isEnd) { reach(.insideFlush) }
            if plan.events.contains(where: \.isRecovery) { reach(.inRecovery) }
        }
        let result = try await pass.run(on: store)
        if result.events.contains(where: \.isPromotion) { reach(.afterPromotion) }
        return result
    }

    /// Returns a job that fires once, at once, for each of the first passes of a worker that ends in one of them.
    private func addition(at now: Instant) throws -> [NewJob] {
        guard options.crash == .inAddition else { return [] }
        let number = additions.withLock { number in
            number += 1
            return number
        }
        guard number <= 10 else { return [] }
        let id = try JobID("\(Self.additionPrefix)\(report.id), \(number)")
        let definition = JobDefinition(task: TaskName("work"), trigger: .date(now.date))
        return [NewJob(id: id, definition: definition, added: now)]
    }

    /// "Runs" the taken runs: writes a line for each.
    private func run(_ result: StorePass.Result) throws -> [Completion] {
        guard !result.taken.isEmpty else { return [] }
        reach(.afterCommit)
        let completions = try result.taken.map { run in
            try starts.write(contentsOf: Data("\(run.id) \(run.fence) \(report.id)\n".utf8))
            return Completion(run: run.id, fence: run.fence, finished: clock.now, result: .ended(.succeeded))
        }
        reach(.afterEnd)
        return completions
    }

    private func isDone(_ heartbeat: Heartbeat) async throws -> Bool {
        guard heartbeat.news.earliest.due == nil, heartbeat.news.earliest.available == nil else { return false }
        for state in [RunFilter.State.running, .waiting, .ready] {
            var filter = RunFilter()
            filter.state = state
            guard try await store.runs(filter, page: Page(limit: 1)).isEmpty else { return false }
        }
        return true
    }
}

extension PlanEvent {
    fileprivate var isEnd: Bool { if case .ended = self { true } else { false } }
    fileprivate var isRecovery: Bool { if case .recovered = self { true } else { false } }
    fileprivate var isPromotion: Bool { if case .promoted = self { true } else { false } }
}
