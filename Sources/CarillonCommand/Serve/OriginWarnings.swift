#if Command
import Carillon
import CarillonConfiguration

/// What is said of jobs that change hands, a line for each who had them before or has them now; where a line is of one job
/// alone, by its place.
enum OriginWarnings {
    private static let nameLimit = 20

    /// Of jobs of the files that a configuration continues.
    static func continuations(_ difference: JobsDifference, of configuration: Configuration) -> [String] {
        let former = Dictionary(grouping: difference.takenOver) { difference.formerOrigins[$0] }
        return former.compactMap { origin, ids in
            guard let origin, configuration.continuedOrigins.contains(origin) else { return nil }
            return "continues \(origin.printable): \(jobs(ids))"
        }.sorted()
    }

    /// Of jobs that were taken over from others.
    static func lines(_ difference: JobsDifference, of configuration: Configuration) -> [String] {
        let taken = difference.takenOver.filter { id in
            difference.formerOrigins[id].map { !configuration.continuedOrigins.contains($0) } ?? true
        }
        let former = Dictionary(grouping: taken) { difference.formerOrigins[$0] }
        return former.map { origin, ids in
            let place = configuration.place(ofOnly: ids)
            guard let origin else { return "\(place)taken over from whoever added it by hand: \(jobs(ids))" }
            guard !Configuration.isMissing(origin) else {
                return "\(place)taken over from \(origin.printable), which is not there any more: \(jobs(ids))"
            }
            return place
                + "taken over from \(origin.printable): \(jobs(ids)); a server of that file takes over in turn "
                + "when it starts or reloads: give one of the two another id"
        }.sorted()
    }

    /// Of jobs that were lost to others.
    static func lines(
        _ losses: [(id: JobID, loss: KeptJobsWatch.Loss)], of configuration: Configuration
    ) -> [String] {
        Dictionary(grouping: losses, by: \.loss).map { loss, losses in
            let ids = losses.map(\.id)
            let jobs = jobs(ids)
            let line =
                switch loss {
                case .takenOver(let origin?):
                    "lost to \(origin.printable): \(jobs); what it says there counts until this configuration is reloaded, "
                        + "which takes over in turn: give one of the two another id"
                case .takenOver(nil): "lost to somebody who added it anew by hand: \(jobs); a reload takes over in turn"
                case .removed:
                    "removed from the job store, by hand or by a server that has read the configuration anew: \(jobs); a "
                        + "reload makes the jobs those of the configuration as it is then"
                }
            return configuration.place(ofOnly: ids) + line
        }.sorted()
    }

    private static func jobs(_ ids: [JobID]) -> String {
        let names = ids.sorted().prefix(nameLimit).map { "'\($0.description.printable)'" }.joined(separator: ", ")
        let further = ids.count > nameLimit ? " and \(ids.count - nameLimit) more" : ""
        return "\(ids.count == 1 ? "job" : "jobs") \(names)\(further)"
    }
}

extension Configuration {
    /// Where a job stands, with a colon, as a line about it begins; nothing of several jobs, or of one that is not here.
    func place(ofOnly ids: [JobID]) -> String {
        guard ids.count == 1, let job = jobs.first(where: { $0.id == ids.first }) else { return "" }
        return "\(job.place): "
    }
}
#endif
