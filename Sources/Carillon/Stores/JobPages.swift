/// Goes through the jobs of a store, by id, so many at a time.
package struct JobPages {
    private let filter: JobFilter
    /// The page that comes next; nothing behind the last one.
    private var upcoming: Page<JobCursor>?

    /// Begins at the first job that a filter lets pass.
    ///
    /// - Parameter limit: How many come at a time, 1,000 at most.
    package init(_ filter: JobFilter = JobFilter(), limit: Int = 1000) {
        self.filter = filter
        upcoming = Page(limit: limit)
    }

    /// Whether no jobs come any more.
    package var isAtEnd: Bool { upcoming == nil }

    /// The next jobs, those among them that cannot be read; nothing behind the last ones.
    package mutating func next(of store: any JobStore) async throws(CarillonError) -> [JobListing]? {
        guard var page = upcoming else { return nil }
        let listed = try await store.jobs(filter, page: page)
        let last = listed.last?.cursor(byDue: false)
        // Behind an id that is no text there may be no place to go on from but the one before.
        let isAtEnd = listed.count < page.limit || last == page.after
        page.after = last
        upcoming = isAtEnd ? nil : page
        return listed
    }
}
