#if Command
import Carillon
import CarillonTriggers

/// Time zone data, and what follows from it for the jobs of the store.
extension HealthCheck {
    /// So many jobs are named.
    private static let mostJobs = 20

    private static var advice: String {
        "update the package 'tzdata'; a running server notices that within a minute"
    }

    /// Which zone data this machine has, and whether it is old.
    func zones() -> [Finding] {
        do throws(TriggerError) {
            let zone = try Zone("Europe/Berlin")
            let local = try Zone("local")
            _ = (zone, local)
        } catch {
            return [Finding(.error, "zones", error.description)]
        }
        let database = ZoneDatabase.system
        let count = "the time zone database has \(database.zoneNames().count) zones"
        guard let version = database.version else {
            return [Finding(.ok, "zones", "\(count); it does not say which release it is")]
        }
        let year: Int64 = 365 * 86_400
        guard let released = database.latestRelease, SystemClock().now.flooredSeconds - released > year else {
            return [Finding(.ok, "zones", "\(count), of release \(version)")]
        }
        let day = Instant(seconds: released).formatted(in: .utc).prefix(10)
        return [
            Finding(
                .warning, "zones",
                "\(count), of release \(version), which is more than a year old (\(day)): rules have changed since\n"
                    + Self.advice)
        ]
    }

    /// Nodes whose zone data is another one than that of others, or of this machine.
    func differentZones(_ nodes: [NodeRecord]) -> [Finding] {
        var known = nodes.compactMap { node in node.report.zones.map { (name: "'\(node.report.id)'", version: $0) } }
        if !known.isEmpty, let own = ZoneDatabase.system.version { known.append((name: "this program", version: own)) }
        guard let newest = known.map(\.version).max(), known.contains(where: { $0.version != newest }) else {
            return []
        }
        let older = known.filter { $0.version != newest }.map { "\($0.name) has \($0.version)" }
        return [
            Finding(
                .warning, "zones",
                "\(EnglishText.list(older, "and")), and others have the time zone data of release \(newest), which counts\n"
                    + Self.advice)
        ]
    }

    /// Jobs whose stored next time is none of their triggers', or not the one that they give now, and jobs in zones whose
    /// rules have changed since the release that this machine has.
    func times(in store: any JobStore) async throws(CarillonError) -> [Finding] {
        let now = SystemClock().now
        let version = ZoneDatabase.system.version
        var misplaced: [JobID] = []
        var outdated: [String: [JobID]] = [:]
        var pages = JobPages()
        while let listed = try await pages.next(of: store) {
            for case .job(let job) in listed {
                if try await store.isMisplaced(job, at: now) { misplaced.append(job.id) }
                guard let version, job.state != .ended else { continue }
                for zone in job.definition.trigger.zones {
                    if let day = ZoneNews.changed(zone, since: version) {
                        outdated["\(zone.identifier), since \(day)", default: []].append(job.id)
                    }
                }
            }
        }
        var findings: [Finding] = []
        if !misplaced.isEmpty {
            findings.append(
                Finding(
                    .warning, "jobs",
                    "the next \(misplaced.count == 1 ? "time" : "times") of \(Self.named(misplaced)) are not what the "
                        + "triggers give now: the clock was set, or the rules of a time zone are others\n"
                        + "a server corrects that when it starts and at SIGHUP, and 'carillon jobs edit' does for one job"
                ))
        }
        for (zone, jobs) in outdated.sorted(by: { $0.key < $1.key }) {
            findings.append(
                Finding(
                    .warning, "zones",
                    "\(Self.named(jobs)) \(jobs.count == 1 ? "fires" : "fire") by old rules of \(zone) (release "
                        + "\(ZoneNews.release) has others than \(version ?? "this"))\n\(Self.advice)"))
        }
        return findings
    }

    private static func named(_ jobs: [JobID]) -> String {
        let names = jobs.prefix(mostJobs).map { "'\($0)'" }.joined(separator: ", ")
        return jobs.count > mostJobs ? "\(names) and \(jobs.count - mostJobs) more" : names
    }
}
#endif
