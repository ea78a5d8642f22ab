import Carillon
import CarillonTriggers

/// Notices jobs in the stores of a server whose task neither it nor another node has, such as those that a person added
/// under a misspelt name: they are kept, and nothing of the scheduler looks at them.
struct ParkedJobsWatch {
    /// A job that is parked.
    struct Parked {
        let job: JobID
        let task: TaskName
        /// The task that may have been meant.
        let nearest: String?
        /// What is said of it.
        let text: String
    }

    /// So many jobs of a store are looked at together.
    private static let pageSize = 1000

    private var positions: [String: JobCursor] = [:]
    private var told: [String: [JobID: TaskName]] = [:]

    /// Looks at the next jobs of other tasks than a server's own.
    ///
    /// - Returns: Those that have not been told of; nothing where a store does not answer, which tells of that itself.
    mutating func look(
        in stores: [String: any JobStore], own: Set<TaskName>, lease: Duration
    ) async -> [Parked] {
        var news: [Parked] = []
        for (alias, store) in stores.sorted(by: { $0.key < $1.key }) where store.capabilities.isShared {
            var filter = JobFilter()
            filter.exceptTasks = own
            let position = positions[alias]
            guard let listed = try? await store.jobs(filter, page: Page(after: position, limit: Self.pageSize))
            else { continue }
            let isLast = listed.count < Self.pageSize
            positions[alias] = isLast ? nil : listed.last?.cursor(byDue: false)
            let jobs = listed.compactMap(\.job)
            var parked: [JobID: TaskName] = [:]
            if !jobs.isEmpty {
                guard let known = try? await KnownTasks(in: store, lease: lease).with(own) else { continue }
                for job in jobs where known.isMissing(job.definition.task) {
                    let task = job.definition.task
                    parked[job.id] = task
                    guard told[alias]?[job.id] != task else { continue }
                    let text = "job '\(job.id.description.printable)' waits for \(known.words(for: task))"
                    news.append(Parked(job: job.id, task: task, nearest: known.nearest(to: task), text: text))
                }
            }
            // Where all are seen at once, what is not parked any more may be so again.
            let isWhole = position == nil && isLast
            told[alias] = isWhole ? parked : (told[alias] ?? [:]).merging(parked) { _, new in new }
        }
        return news
    }
}
