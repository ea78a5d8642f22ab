public import CarillonTriggers

extension HistoryStore {
    /// Returns 0, for stores in which every row can be read.
    public func unreadableHistory(of job: JobID, from first: Instant, through last: Instant)
        async throws(CarillonError) -> Int
    { 0 }

    /// Returns the reason why `find` has no job with an id: there is none, or its row cannot be read.
    ///
    /// - Returns: `CarillonError` with `jobNotFound` or `jobUnreadable`.
    /// - Throws: Any error of the store.
    public func absence(of id: JobID) async throws(CarillonError) -> CarillonError {
        // Ids are listed by their bytes, which sort like the scalars of the text: hardly anything lies between this
        // cursor and the id.
        var before = id.description.unicodeScalars
        if let last = before.popLast(), last.value > 0 {
            before.append(Unicode.Scalar(last.value - 1) ?? "\u{D7FF}")
            before.append("\u{10FFFF}")
        }
        let page = Page<JobCursor>(after: .id(String(before)), limit: 10)
        for case .unreadable(let text, _, let reason) in try await jobs(JobFilter(), page: page)
        where text.utf8.elementsEqual(id.description.utf8) {
            return CarillonError(
                .jobUnreadable,
                "job '\(id)' cannot be read: \(reason); use a version that can, mend it, or remove the job"
            )
        }
        var filter = RunFilter()
        filter.job = id
        let hasRun = try await !runs(filter, page: Page(limit: 1)).isEmpty
        return .jobNotFound(id, hasRun: hasRun)
    }
}
