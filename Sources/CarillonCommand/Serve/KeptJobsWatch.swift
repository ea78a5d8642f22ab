#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers

/// Notices that jobs of a configuration are somebody else's by now, such as those of another server whose file has the
/// same ids: a few jobs at a time, so that it costs a shared store next to nothing.
struct KeptJobsWatch {
    /// What became of a job.
    enum Loss: Hashable {
        /// It is kept by this origin; by nobody where a person added it anew.
        case takenOver(by: String?)
        /// It is not in the store any more.
        case removed
    }

    /// So many jobs are looked at together.
    static let pageSize = 200
    /// How long nothing is looked at in between.
    static let pause = Duration.seconds(5)

    private var position = 0
    private var known: [JobID: Loss] = [:]

    /// Looks at the next jobs of a configuration.
    ///
    /// - Returns: What is new of them; nothing where a store does not answer, which tells of that itself.
    mutating func look(
        at configuration: Configuration, in stores: [String: any JobStore]
    ) async -> [(id: JobID, loss: Loss)] {
        if position >= configuration.jobs.count { position = 0 }
        let page = configuration.jobs.dropFirst(position).prefix(Self.pageSize)
        position += page.count
        var news: [(id: JobID, loss: Loss)] = []
        for (alias, jobs) in Dictionary(grouping: page, by: \.store) {
            guard let store = stores[alias], store.capabilities.isShared else { continue }
            var query = JobQuery(now: SystemClock().now)
            query.ids = jobs.map(\.id)
            guard let found = try? await store.find(query) else { continue }
            let origins = Dictionary(found.map { ($0.job.id, $0.job.definition.origin) }) { first, _ in first }
            for job in jobs {
                var loss: Loss?
                if let origin = origins[job.id] {
                    if origin != job.origin { loss = .takenOver(by: origin) }
                } else if await Self.isMissing(job.id, in: store) {
                    loss = .removed
                }
                if let loss, known[job.id] != loss { news.append((job.id, loss)) }
                known[job.id] = loss
            }
        }
        return news
    }

    /// What cannot be read is not found either.
    private static func isMissing(_ id: JobID, in store: any JobStore) async -> Bool {
        do throws(CarillonError) {
            _ = try await store.snapshot(id, at: SystemClock().now)
            return false
        } catch {
            return error.code == .jobNotFound
        }
    }
}
#endif
