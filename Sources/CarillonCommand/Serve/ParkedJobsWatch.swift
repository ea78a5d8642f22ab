#if Command
import Carillon
import CarillonTriggers

/// Notices jobs among those of a store that wait for a task which neither a server nor another node has, such as those
/// that a person added under a misspelt name.
struct ParkedJobsWatch {
    /// A job that waits for a task, or will wait once it has failed.
    struct Parked {
        let id: String
        let task: TaskName
        /// The task that may have been meant.
        let nearest: String?
        /// What is said of it.
        let text: String
    }

    /// The task that is looked for, and what of the job waits for it.
    private let wanted: @Sendable (JobDefinition) -> TaskName?
    private let words: String
    private var told = ToldJobs<TaskName>()

    init(_ words: String, _ wanted: @escaping @Sendable (JobDefinition) -> TaskName?) {
        self.words = words
        self.wanted = wanted
    }

    /// Looks at jobs of a store.
    ///
    /// - Parameter own: The server's own tasks.
    /// - Returns: Those that have not been told of; nothing where the store does not answer, which tells of that itself.
    mutating func look(
        at part: JobRounds.Part, of store: any JobStore, _ alias: String, own: Set<TaskName>, lease: Duration
    ) async -> [Parked] {
        var tasks: [String: TaskName] = [:]
        for case .job(let job) in part.listed {
            if let task = wanted(job.definition), !own.contains(task) { tasks[job.id.description] = task }
        }
        if tasks.isEmpty {
            _ = told.news(of: part, alias, [:])
            return []
        }
        guard let known = try? await KnownTasks(in: store, lease: lease).with(own) else { return [] }
        let parked = tasks.filter { known.isMissing($0.value) }
        return told.news(of: part, alias, parked).compactMap { id in
            parked[id].map { task in
                let text = "job '\(id.printable)'\(words) waits for \(known.words(for: task))"
                return Parked(id: id, task: task, nearest: known.nearest(to: task), text: text)
            }
        }
    }
}
#endif
