#if Command
import Carillon

extension JobStore {
    /// The first jobs that a filter lets pass, without those that cannot be read.
    func jobs(_ filter: JobFilter, atMost limit: Int) async throws(CarillonError) -> [Job] {
        var jobs: [Job] = []
        var pages = JobPages(filter)
        while jobs.count < limit, let listed = try await pages.next(of: self) { jobs += listed.compactMap(\.job) }
        return Array(jobs.prefix(limit))
    }
}
#endif
