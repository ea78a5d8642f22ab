#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers

/// The executors of a configuration, to tell of jobs for others: their runs are ready, and no server of it takes them.
struct KnownExecutors {
    /// How many jobs of a store are looked at.
    private static let mostRows = 10_000

    private let aliases: [String]

    init(_ configuration: Configuration) {
        aliases = Set(configuration.executors.keys).union(["default"]).sorted()
    }

    /// A line for each job for another executor, as many as are to be told, and one for the rest.
    func warnings(of jobs: [(id: JobID, definition: JobDefinition)], atMost limit: Int) -> [String] {
        let strange = jobs.filter { !aliases.contains($0.definition.executor) }
        let lines = strange.prefix(limit).map { id, definition in
            let hint = nearest(to: definition.executor, among: aliases).map { "did you mean '\($0)'? The" } ?? "the"
            return "the runs of job '\(id)' wait for a server that has the executor '\(definition.executor)'; "
                + "\(hint) configuration has \(aliases.joined(separator: ", "))"
        }
        let rest = strange.count - lines.count
        if rest == 0 { return lines }
        let words = rest == 1 ? "job more waits for an executor" : "jobs more wait for executors"
        return lines + ["and \(rest) \(words) that the configuration does not have"]
    }

    /// The same of the jobs in a store that may still come, the first ones.
    func warnings(ofJobsIn store: any JobStore, atMost limit: Int) async throws(CarillonError) -> [String] {
        let jobs = try await store.jobs(JobFilter(), atMost: Self.mostRows).filter { $0.state != .ended }
        return warnings(of: jobs.map { ($0.id, $0.definition) }, atMost: limit)
    }
}

extension OpenedStore {
    /// Warns on standard error of jobs for executors that the configuration does not have, where one is named.
    func warnOfExecutors(of jobs: [(id: JobID, definition: JobDefinition)]) {
        CommandFailure.warn(executors?.warnings(of: jobs, atMost: 20) ?? [])
    }
}
#endif
