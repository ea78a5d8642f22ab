/// Goes through the runs of a store, in the order of its listings, so many at a time.
package struct RunPages {
    private let filter: RunFilter
    /// The page that comes next; `nil` after the last one.
    private var upcoming: Page<Run.ID>? = Page(limit: 1000)

    /// Begins at the first run that a filter lets pass.
    package init(_ filter: RunFilter) { self.filter = filter }

    /// The next runs; `nil` after the last ones.
    package mutating func next(of store: any JobStore) async throws(CarillonError) -> [Run]? {
        guard var page = upcoming else { return nil }
        let listed = try await store.runs(filter, page: page)
        page.after = listed.last?.id
        upcoming = listed.count < page.limit ? nil : page
        return listed
    }
}
