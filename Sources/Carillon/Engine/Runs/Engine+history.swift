import CarillonTriggers

/// The history of a job's occurrences, also of a removed job for as long as its history is kept.
extension Engine {
    /// Returns why a job ran at a time, or did not.
    func why(_ id: JobID, at scheduled: Instant) async throws(CarillonError) -> OccurrenceExplanation {
        var missing: CarillonError?
        for lane in try await lanes(thatMayKnow: id) {
            do throws(CarillonError) {
                return try await lane.store.why(id, at: scheduled, now: clock.now)
            } catch  where error.code == .jobNotFound {
                missing = error
            }
        }
        throw missing ?? .jobNotFound(id)
    }

    /// Returns the latest runs of a job, at most `limit`.
    func runs(of id: JobID, limit: Int) async throws(CarillonError) -> [Run] {
        let lanes = try await lanes(thatMayKnow: id)
        var runs: [Run] = []
        for lane in lanes { runs += try await self.runs(of: id, limit: limit, on: lane) }
        if lanes.count > 1 {
            // The job is gone, and each of the stores may have had a job of its id.
            runs.sort { $0.id.isListed(before: $1.id) }
            runs.removeLast(max(0, runs.count - max(0, limit)))
        }
        return runs
    }

    /// Returns a run, from whichever store has it.
    func run(_ id: Run.ID) async throws(CarillonError) -> Run {
        var failure: CarillonError?
        for lane in try lanes(nil) {
            do throws(CarillonError) {
                if let run = try await lane.store.run(id) { return run }
            } catch {
                failure = error
            }
        }
        // A store that does not answer may have the run.
        throw failure ?? CarillonError(.runNotFound, "there is no run '\(id)'")
    }

    /// Returns a page of runs of one store or of all.
    func runs(_ filter: RunFilter, in alias: String?, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        var pages: [[Run]] = []
        for lane in try lanes(alias) { pages.append(try await lane.store.runs(filter, page: page)) }
        return Self.merged(pages, page) { $0.id.isListed(before: $1.id) }
    }

    /// Returns a page of ended runs of one store or of all.
    func endedRuns(_ search: RunSearch, in alias: String?, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        var pages: [[Run]] = []
        for lane in try lanes(alias) {
            guard let store = lane.store as? any RunSearching else {
                throw CarillonError(.unsupported, "the job store '\(lane.alias)' cannot search its runs")
            }
            pages.append(try await store.endedRuns(search, page: page))
        }
        return Self.merged(pages, page) { left, right in
            switch search.order {
            case .newestFirst: left.id.isListed(before: right.id)
            case .oldestFirst: right.id.isListed(before: left.id)
            }
        }
    }

    /// Merges the pages that several stores have after the same run into one page.
    private static func merged(_ pages: [[Run]], _ page: Page<Run.ID>, by isBefore: (Run, Run) -> Bool) -> [Run] {
        if pages.count == 1 { return pages[0] }
        return Array(pages.flatMap(\.self).sorted(by: isBefore).prefix(page.limit))
    }

    private func runs(of id: JobID, limit: Int, on lane: StoreLane) async throws(CarillonError) -> [Run] {
        var filter = RunFilter()
        filter.job = id
        var runs: [Run] = []
        while runs.count < limit {
            let page = Page(after: runs.last?.id, limit: limit - runs.count)
            let listed = try await lane.store.runs(filter, page: page)
            runs += listed
            if listed.count < page.limit { break }
        }
        return runs
    }

    /// Returns the store that has a job; if there is no such job, all stores with a history of one.
    private func lanes(thatMayKnow id: JobID) async throws(CarillonError) -> [StoreLane] {
        let missing: CarillonError
        do throws(CarillonError) {
            return [try await lane(of: id)]
        } catch  where error.code == .jobNotFound {
            missing = error
        }
        var filter = RunFilter()
        filter.job = id
        var found: [StoreLane] = []
        for lane in try lanes(nil) {
            let runs = try await lane.store.runs(filter, page: Page(limit: 1))
            let reasons = try await lane.store.reasons(id, from: .earliest, through: .latest, limit: 1)
            if !runs.isEmpty || !reasons.isEmpty { found.append(lane) }
        }
        if found.isEmpty { throw missing }
        return found
    }
}
