/// Iterates over the jobs of a store by id, one page at a time.
package struct JobPages {
    private let filter: JobFilter
    /// The next page; `nil` after the last one.
    private var upcoming: Page<JobCursor>?

    /// Begins at the first job that a filter matches.
    ///
    /// - Parameter limit: The page size, 1,000 at most.
    package init(_ filter: JobFilter = JobFilter(), limit: Int = 1000) {
        self.filter = filter
        upcoming = Page(limit: limit)
    }

    /// Whether there are no more pages.
    package var isAtEnd: Bool { upcoming == nil }

    /// Returns the next jobs, including unreadable ones; `nil` after the last page.
    package mutating func next(of store: any JobStore) async throws(CarillonError) -> [JobListing]? {
        guard var page = upcoming else { return nil }
        let listed = try await store.jobs(filter, page: page)
        let last = listed.last?.cursor(byDue: false)
        // After an id that is not valid text the cursor may not advance.
        let isAtEnd = listed.count < page.limit || last == page.after
        page.after = last
        upcoming = isAtEnd ? nil : page
        return listed
    }
}
