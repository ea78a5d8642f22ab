import CarillonTriggers
import Logging

/// Processes that nodes which have ended left at work on this machine.
extension Engine {
    /// Ends the processes of runs whose nodes have ended on this machine.
    ///
    /// Such a process is rare, since a process that works for a run ends with its node; but one that was stopped could
    /// not.
    func endLeftBehind(_ lane: StoreLane) async throws(CarillonError) {
        for node in lane.membership.leftBehind {
            var filter = RunFilter()
            filter.node = node
            var pages = RunPages(filter)
            while let runs = try await pages.next(of: lane.store) {
                for run in runs { await endProcess(of: run, lane) }
            }
            lane.membership.hasCleared(node)
        }
    }

    private func endProcess(of run: Run, _ lane: StoreLane) async {
        guard let process = run.process, !ProcessIdentity.hasEnded(process.number, started: process.start) else {
            return
        }
        let metadata: Logger.Metadata = [
            "store": "\(lane.alias)", "job": "\(run.id.occurrence.job)", "run": "\(run.id)",
            "process": "\(process.number)",
        ]
        if await process.end() {
            logger.notice("ended what a node that is gone had left at work on a run", metadata: metadata)
        } else {
            logger.warning(
                "process \(process.number), which a node that is gone had left at work on a run, could not be ended",
                metadata: metadata)
        }
    }
}
