#if Command
import Carillon
import CarillonTriggers
import Foundation

/// Notices jobs in the stores of a server that nobody can run or read: they are kept, and nothing of the scheduler looks at
/// them.
struct StrangeJobsWatch {
    /// Those of each kind that have not been told of.
    struct News {
        var parked: [ParkedJobsWatch.Parked] = []
        var unreadable: [UnreadableJobsWatch.Unreadable] = []
        /// Lines about jobs whose variables are not set, of those that the configuration does not tell of.
        var missingVariables: [String] = []
        /// Lines about jobs of configuration files that are gone.
        var lostOrigins: [String] = []
    }

    private var others = JobRounds(size: 1000)
    /// All jobs are met here, so fewer at a time.
    private var all = JobRounds(size: 200)
    private var tasks = ParkedJobsWatch("") { $0.task }
    private var failureTasks = ParkedJobsWatch(": its task for failed runs") { $0.policies.onFailure?.task }
    private var unreadable = UnreadableJobsWatch()
    private var variables = ToldJobs<[String]>()
    /// The origins that were told of as lost.
    private var toldOrigins: Set<String> = []
    /// The stores that were looked at before.
    private var known: Set<String> = []

    /// Looks at the next jobs of other tasks than a server's own, and at the next ones of all; the first time, at all of
    /// them.
    ///
    /// - Parameters:
    ///   - own: The server's own tasks.
    ///   - origins: Those whose jobs the server keeps, or would: its files and variables.
    mutating func look(
        in stores: [String: any JobStore], own: Set<TaskName>, origins: Set<String>, lease: Duration
    ) async -> News {
        var news = News()
        var lost = LostOrigins(served: origins.union(toldOrigins))
        var filter = JobFilter()
        filter.exceptTasks = own
        for (alias, store) in stores.sorted(by: { $0.key < $1.key }) where store.capabilities.isShared {
            if let part = await others.next(of: store, alias, filter) {
                news.parked += await tasks.look(at: part, of: store, alias, own: own, lease: lease)
            }
            let isFirst = known.insert(alias).inserted
            var begun = ContinuousClock.now
            while let part = await all.next(of: store, alias) {
                news.parked += await failureTasks.look(at: part, of: store, alias, own: own, lease: lease)
                news.unreadable += unreadable.look(at: part, alias)
                lost.look(at: part.listed)
                news.missingVariables += missingVariables(in: part, alias, origins)
                guard isFirst, !part.isLast else { break }
                // The store is left to others for as long as it was kept from them.
                try? await Task.sleep(for: .now - begun)
                begun = .now
            }
        }
        news.lostOrigins = lost.lines
        toldOrigins.formUnion(lost.origins)
        return news
    }

    private mutating func missingVariables(
        in part: JobRounds.Part, _ alias: String, _ origins: Set<String>
    ) -> [String] {
        let environment = ProcessInfo.processInfo.environment
        var missing: [String: [String]] = [:]
        for case .job(let job) in part.listed where job.definition.policies.resolvesVariables {
            if let origin = job.definition.origin, origins.contains(origin) { continue }
            let names = job.definition.missingVariables(in: environment)
            if !names.isEmpty { missing[job.id.description] = names }
        }
        return variables.news(of: part, alias, missing).map { id in
            let names = missing[id, default: []].map { "'\($0)'" }.joined(separator: ", ")
            return "job '\(id.printable)': its runs fail here while these variables are not set: \(names)"
        }
    }
}
#endif
