import CarillonTriggers
import Logging

/// Store failures, and clearing history.
extension Engine {
    func hasAnswered(_ lane: StoreLane) {
        guard lane.health.answer() else { return }
        logger.notice("the job store answers again", metadata: ["store": "\(lane.alias)"])
        hub.emit(.storeRecovered(lane.alias))
    }

    func hasFailed(_ lane: StoreLane, _ error: CarillonError) {
        metrics?.failed(store: lane.alias)
        guard lane.fail() else { return }
        logger.error("the job store failed: \(error)", metadata: ["store": "\(lane.alias)"])
        hub.emit(.storeFailed(lane.alias, error))
    }

    /// Clears history every ten minutes, beside the lane: a store clears it in parts, and all of it may take long.
    func prune(_ lane: StoreLane) {
        let monotonic = clock.monotonic
        guard phase == .running, lane.health.mayAsk(at: monotonic) else { return }
        let (alias, epoch, now) = (lane.alias, lane.epoch, clock.now)
        lane.pruning.begin(at: monotonic) {
            Task(executorPreference: laneExecutor) { await self.clearHistory(alias, epoch, at: now) }
        }
    }

    private func clearHistory(_ alias: String, _ epoch: Int, at now: Instant) async {
        guard let lane = lanes[alias] else { return }
        do throws(CarillonError) {
            _ = try await lane.store.prune(at: now)
            try await releaseFunctions(lane)
        } catch {
            // An error of a store that was closed in the meantime does not matter.
            if lane.epoch == epoch, !lane.isDone { hasFailed(lane, error) }
        }
        lane.pruning.finish()
        lane.signal.raise()
    }
}
