import CarillonTriggers
import Foundation
import Logging
import Synchronization

/// Runs that a user wants now, whatever is paused.
extension Engine {
    /// Whether the scheduler has been started, and nobody has asked it to stop since.
    package var isServing: Bool { phase == .running || phase == .starting }

    /// Runs a job once more, also where the job or the scheduler is paused or the scheduler has been shut down.
    ///
    /// Where nothing is paused, the run is one as by `runNow`. Otherwise this node takes it past the queue. The run of a
    /// scheduler that has been shut down is performed without a trace in the store, since nothing would write its end.
    package func runAtOnce(_ id: JobID) async throws(CarillonError) {
        let lane = try await lane(of: id)
        let job = try await lane.store.snapshot(id, at: clock.now).job
        guard phase == .running, lane.isOpen(lane.epoch) else { return try perform(job, lane) }
        guard isPaused || job.isPaused else {
            _ = try await runNow(id)
            return
        }
        let sent = clock.monotonic
        let node = node.id
        let taken = Mutex<Run?>(nil)
        try await edit(id, on: lane, event: nil) { (snapshot, now) throws(CarillonError) in
            var change = snapshot.ranNow(at: now)
            guard var run = change.runs.first else { return nil }
            run.state = .running(node: node)
            run.fence = max(run.fence, snapshot.fenceFloor) + 1
            run.started = now
            change.runs = [run]
            taken.withLock { [run] in $0 = run }
            return change
        }
        guard let run = taken.withLock({ $0 }) else { throw .jobNotFound(id) }
        await start([run], of: [job.definition], sent: sent, on: lane)
    }

    /// Performs a run that no store knows.
    private func perform(_ job: Job, _ lane: StoreLane) throws(CarillonError) {
        guard let task = registry[job.definition.task] else { throw missing(job.definition.task) }
        let now = clock.now
        guard let run = JobSnapshot(job: job).ranNow(at: now).runs.first else { throw .jobNotFound(job.id) }
        let (mailbox, monotonic) = (RunMailbox(WakeSignal()), clock.monotonic)
        let origin = RunWork.Origin(
            clock: clock, logger: logger, mailbox: mailbox, lease: LeaseHold(lease: nil, from: monotonic),
            timeouts: timeouts, scheduler: ObjectIdentifier(self), hub: hub, isMeasured: false,
            environment: options.environment, refusalOfVariableFile: options.refusalOfVariableFile,
            middleware: options.middleware)
        let work = RunWork(
            run, of: job.definition, task: task, sent: monotonic, taken: monotonic, startLimit: .max, hasPlace: true,
            origin: origin)
        let alias = lane.alias
        // It ends by itself, and is nobody else's.
        Task.detached(priority: .medium) {
            if work.isBlocking {
                await withCheckedContinuation { end in
                    let thread = Thread {
                        work.performBlocking()
                        end.resume()
                    }
                    thread.name = "carillon-run"
                    thread.start()
                }
            } else {
                await work.perform()
            }
            await self.settle(mailbox, of: work, alias)
        }
    }

    /// Logs how a run has ended that no store knows.
    private func settle(_ mailbox: RunMailbox, of work: RunWork, _ alias: String) {
        // A report holds the run, and the run the mailbox: they are taken in any case.
        mailbox.takeAll { report in
            if case .ended(_, let completion) = report, let lane = lanes[alias] {
                logFailure(completion, of: work, lane)
            }
        }
    }
}
