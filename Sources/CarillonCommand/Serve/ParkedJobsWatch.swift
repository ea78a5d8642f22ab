import Carillon
import CarillonTriggers

/// Notices jobs in the stores of a server whose task, or task for failed runs, neither it nor another node has, such as
/// those that a person added under a misspelt name: they are kept, and nothing of the scheduler looks at them.
struct ParkedJobsWatch {
    /// A job that waits for a task, or will wait once it has failed.
    struct Parked {
        let job: JobID
        let task: TaskName
        /// The task that may have been meant.
        let nearest: String?
        /// What is said of it.
        let text: String
    }

    /// Looks for one of the tasks that jobs have, a page of each store at a time.
    private struct Search {
        /// So many jobs of a store are looked at together.
        let pageSize: Int
        /// The task that is looked for, and what of the job waits for it.
        let wanted: @Sendable (JobDefinition) -> TaskName?
        let words: String
        private var positions: [String: JobCursor] = [:]
        private var told: [String: [JobID: TaskName]] = [:]

        init(pageSize: Int, _ words: String, _ wanted: @escaping @Sendable (JobDefinition) -> TaskName?) {
            self.pageSize = pageSize
            self.words = words
            self.wanted = wanted
        }

        /// Looks at the next jobs of a store.
        mutating func look(
            in store: any JobStore, _ alias: String, _ filter: JobFilter, own: Set<TaskName>, lease: Duration
        ) async -> [Parked] {
            let position = positions[alias]
            guard let listed = try? await store.jobs(filter, page: Page(after: position, limit: pageSize)) else {
                return []
            }
            let isLast = listed.count < pageSize
            positions[alias] = isLast ? nil : listed.last?.cursor(byDue: false)
            let jobs = listed.compactMap(\.job).compactMap { job in
                wanted(job.definition).flatMap { own.contains($0) ? nil : (id: job.id, task: $0) }
            }
            var news: [Parked] = []
            var parked: [JobID: TaskName] = [:]
            if !jobs.isEmpty {
                guard let known = try? await KnownTasks(in: store, lease: lease).with(own) else { return [] }
                for (id, task) in jobs where known.isMissing(task) {
                    parked[id] = task
                    guard told[alias]?[id] != task else { continue }
                    let text = "job '\(id.description.printable)'\(words) waits for \(known.words(for: task))"
                    news.append(Parked(job: id, task: task, nearest: known.nearest(to: task), text: text))
                }
            }
            // Where all are seen at once, what is not parked any more may be so again.
            let isWhole = position == nil && isLast
            told[alias] = isWhole ? parked : (told[alias] ?? [:]).merging(parked) { _, new in new }
            return news
        }
    }

    private var tasks = Search(pageSize: 1000, "") { $0.task }
    /// These are looked for among all jobs, so fewer at a time.
    private var failureTasks = Search(pageSize: 200, ": its task for failed runs") { $0.policies.onFailure?.task }

    /// Looks at the next jobs of other tasks than a server's own, and at the next ones for their tasks for failed runs.
    ///
    /// - Returns: Those that have not been told of; nothing where a store does not answer, which tells of that itself.
    mutating func look(
        in stores: [String: any JobStore], own: Set<TaskName>, lease: Duration
    ) async -> [Parked] {
        var news: [Parked] = []
        for (alias, store) in stores.sorted(by: { $0.key < $1.key }) where store.capabilities.isShared {
            var others = JobFilter()
            others.exceptTasks = own
            news += await tasks.look(in: store, alias, others, own: own, lease: lease)
            news += await failureTasks.look(in: store, alias, JobFilter(), own: own, lease: lease)
        }
        return news
    }
}
