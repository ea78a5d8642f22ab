import Carillon
import CarillonTriggers

/// Notices jobs in the stores of a server that this version cannot read: they are kept, and do not fire.
struct UnreadableJobsWatch {
    /// A job that cannot be read.
    struct Unreadable {
        /// The id as it is stored, which need not be that of a job.
        let id: String
        let reason: String

        /// What is said of it.
        var text: String {
            "job '\(id.printable)' does not fire: it cannot be read: \(reason.printable); use a version that can, mend it, "
                + "or remove the job"
        }
    }

    /// So many jobs of a store are looked at together, but for the first time, when all are.
    private static let pageSize = 200

    private var positions: [String: JobCursor] = [:]
    private var told: [String: [String: String]] = [:]

    /// Looks at all jobs the first time, and after that at the next ones.
    ///
    /// - Returns: Those that have not been told of; nothing where a store does not answer, which tells of that itself.
    mutating func look(in stores: [String: any JobStore]) async -> [Unreadable] {
        var news: [Unreadable] = []
        for (alias, store) in stores.sorted(by: { $0.key < $1.key }) where store.capabilities.isShared {
            let isFirst = told[alias] == nil
            if isFirst { told[alias] = [:] }
            repeat {
                let limit = isFirst ? 1000 : Self.pageSize
                guard let listed = try? await next(of: store, alias, limit: limit) else { break }
                news += note(listed, alias)
            } while isFirst && positions[alias] != nil
        }
        return news
    }

    private mutating func next(
        of store: any JobStore, _ alias: String, limit: Int
    ) async throws(CarillonError) -> [JobListing] {
        let listed = try await store.jobs(JobFilter(), page: Page(after: positions[alias], limit: limit))
        positions[alias] = listed.count < limit ? nil : listed.last?.cursor(byDue: false)
        return listed
    }

    private mutating func note(_ listed: [JobListing], _ alias: String) -> [Unreadable] {
        var news: [Unreadable] = []
        for row in listed {
            switch row {
            case .job(let job): told[alias]?[job.id.description] = nil
            case .unreadable(let id, _, let reason):
                let former = told[alias]?.updateValue(reason, forKey: id)
                if former != reason { news.append(Unreadable(id: id, reason: reason)) }
            }
        }
        return news
    }
}
