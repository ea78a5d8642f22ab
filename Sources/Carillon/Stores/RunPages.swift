/// Iterates over the runs of a store in the order of its listings, one page at a time.
package struct RunPages {
    private let filter: RunFilter
    /// The next page; `nil` after the last one.
    private var upcoming: Page<Run.ID>? = Page(limit: 1000)

    /// Begins at the first run that a filter matches.
    package init(_ filter: RunFilter) { self.filter = filter }

    /// Returns the next runs; `nil` after the last page.
    package mutating func next(of store: any JobStore) async throws(CarillonError) -> [Run]? {
        guard var page = upcoming else { return nil }
        let listed = try await store.runs(filter, page: page)
        page.after = listed.last?.id
        upcoming = listed.count < page.limit ? nil : page
        return listed
    }
}
