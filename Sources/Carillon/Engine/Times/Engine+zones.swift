import CarillonTriggers
import Logging
import Synchronization

/// Replaced time zone rules.
extension Engine {
    /// The time between two checks of the zone files, on the machine's clock: a test's clock does not change the files.
    private static let zonePause = Duration.seconds(30)

    /// Checks the zone files periodically until the scheduler is shut down.
    func watchZones() {
        zoneWatch?.cancel()
        zoneWatch = Task.detached { [weak self] in
            while true {
                do { try await Task.sleep(for: Self.zonePause) } catch { return }
                await self?.lookAtZones()
            }
        }
    }

    /// Applies zone files that have been replaced, whichever part of the process notices it first.
    package func lookAtZones() {
        let changed = ZoneDatabase.system.refresh()
        let replaced = ZoneRules.replacements
        let isChanged = replaced != knownReplacements
        knownReplacements = replaced
        zoneVersion.withLock { $0 = ZoneDatabase.system.version }
        if isChanged {
            let names = changed.map { "'\($0)'" }.joined(separator: ", ")
            logger.notice("the time zone database has other rules than before\(names.isEmpty ? "" : " for \(names)")")
            return recheckTimes()
        }
        for lane in lanes.values where !lane.isDone && lane.store.capabilities.isShared {
            // A node whose clock differs may have run ahead; a node with older zone rules still fires by them.
            lane.times.mustReadAhead = true
            if lane.times.zones == .newerThanOthers { lane.times.want() }
            lane.signal.raise()
        }
    }

    /// Compares this node's zone data with that of the other live nodes.
    func compareZones(_ heartbeat: Heartbeat, _ lane: StoreLane) {
        guard let own = zoneVersion.withLock(\.self) else { return }
        let lease = self.lease.wholeMicroseconds
        let others = heartbeat.nodes.compactMap { node -> (NodeID, String)? in
            let silence = heartbeat.storeTime.microseconds - node.lastHeartbeat.microseconds
            guard node.report.id != self.node.id, abs(silence) <= lease, let version = node.report.zones,
                version != own
            else { return nil }
            return (node.report.id, version)
        }
        let before = lane.times.zones
        lane.times.zones =
            others.contains { $0.1 > own } ? .olderThanOthers : others.isEmpty ? .same : .newerThanOthers
        guard lane.times.zones != before else { return }
        lane.times.want()
        guard let other = others.max(by: { $0.1 < $1.1 }) else { return }
        let advice = lane.times.zones == .olderThanOthers ? "; update the time zone data of this machine" : ""
        logger.warning(
            "this node has the time zone data \(own), and '\(other.0)' has \(other.1): the newer data counts\(advice)",
            metadata: ["store": "\(lane.alias)"])
    }
}
