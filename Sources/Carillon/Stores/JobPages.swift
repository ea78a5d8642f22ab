/// Goes through the jobs of a store, by id, a thousand at a time.
package struct JobPages {
    private let filter: JobFilter
    /// The page that comes next; nothing behind the last one.
    private var upcoming: Page<JobCursor>? = Page(limit: 1000)

    /// Begins at the first job that a filter lets pass.
    package init(_ filter: JobFilter = JobFilter()) { self.filter = filter }

    /// The next jobs, those among them that cannot be read; nothing behind the last ones.
    package mutating func next(of store: any JobStore) async throws(CarillonError) -> [JobListing]? {
        guard var page = upcoming else { return nil }
        let listed = try await store.jobs(filter, page: page)
        page.after = listed.last?.cursor(byDue: false)
        upcoming = listed.count == page.limit ? page : nil
        return listed
    }
}
