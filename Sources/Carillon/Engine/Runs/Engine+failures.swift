import CarillonTriggers
import Logging

/// The log of runs that go wrong; see `docs/logging.md`.
extension Engine {
    /// Logs a run that has ended on this node, if it failed or timed out.
    func logFailure(_ completion: Completion, of work: RunWork, _ lane: StoreLane) {
        guard case .ended(let outcome, let error, _, _, _) = completion.result else { return }
        switch outcome {
        case .failed, .timedOut: logFailure(completion.run, outcome, error, task: work.task.name, lane)
        case .succeeded, .cancelled, .lost: break
        }
    }

    /// Logs the runs that a pass found lost.
    func logLost(_ result: StorePass.Result, _ errors: [Run.ID: String], _ lane: StoreLane) {
        for case .ended(let run, .lost) in result.events {
            logFailure(run, .lost, errors[run] ?? Run.death, task: nil, lane)
        }
    }

    /// Logs a run that went wrong.
    func logFailure(_ run: Run.ID, _ outcome: Outcome, _ error: String?, task: TaskName?, _ lane: StoreLane) {
        var metadata: Logger.Metadata = [
            "job": "\(run.occurrence.job)", "run": "\(run)", "outcome": "\(outcome.rawValue)",
            "store": "\(lane.alias)",
        ]
        if let task { metadata["task"] = "\(task)" }
        if let error { metadata["error"] = "\(error)" }
        logger.error("a run failed", metadata: metadata)
    }
}
