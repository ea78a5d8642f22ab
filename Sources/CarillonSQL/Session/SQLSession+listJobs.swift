package import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// See `JobStore.jobs`.
    package func jobs(_ filter: JobFilter, page: Page<JobCursor>) throws(CarillonError) -> [JobListing] {
        try reading { () throws(CarillonError) in
            let candidates = try candidates(filter, page)
            var wanted = page
            var met: Set<Int64> = []
            var listed: [JobListing] = []
            while true {
                let keys = try self.keys(filter, wanted, candidates: candidates)
                let rows = try rows(keys.filter { met.insert($0.generation).inserted })
                listed += filter.state == nil ? rows : rows.filter { $0.job != nil }
                // A page may be short only if no rows follow it.
                guard keys.count == wanted.limit, listed.count < page.limit else {
                    return Array(listed.prefix(page.limit))
                }
                // Not from the last row: an id that is not valid text has no cursor.
                wanted.limit *= 2
            }
        }
    }

    /// Returns the keys of the jobs of a page, whether or not they can be read.
    private func keys(
        _ filter: JobFilter, _ page: Page<JobCursor>, candidates: [Int64]?
    ) throws(CarillonError) -> [JobListingQuery.Key] {
        let listing = JobListingQuery(filter, page, connection.dialect, candidates: candidates)
        var keys: [JobListingQuery.Key] = []
        let all =
            candidates == nil
            ? try branches(filter, isByDue: listing.isByDue) : [JobListingQuery.Branch()]
        for branches in all.batches(of: SQLStatements.tasksAtOnce) {
            let (sql, values) = listing.statement(branches)
            try connection.query(sql, values) { (row) throws(CarillonError) in
                guard let generation = try? row.integer(0) else { return }
                keys.append(
                    JobListingQuery.Key(
                        due: (try? row.integer(1)) ?? JobRow.never,
                        id: (try? row.bytes(2)) ?? [],
                        generation: generation
                    )
                )
            }
        }
        return listing.first(of: keys)
    }

    /// The number of jobs in a state above which checking one after the other finds a page soon enough.
    private static var stateLimit: Int { 20_000 }

    /// Returns the generations of all jobs that may match a filter, if they are few; `nil` if they are unknown or too
    /// many.
    private func candidates(_ filter: JobFilter, _ page: Page<JobCursor>) throws(CarillonError) -> [Int64]? {
        guard let state = filter.state, case .id? = page.after ?? .id("") else { return nil }
        let limit = SQLValue.integer(Int64(Self.stateLimit + 1))
        let found =
            switch state {
            case .active: try integers("SELECT generation FROM carillon_jobs WHERE state = 0 LIMIT ?", [limit])
            case .paused, .ended:
                try integers(
                    "SELECT generation FROM carillon_jobs WHERE state <> 0 AND state = ? LIMIT ?",
                    [.integer(JobListingQuery.code(state)), limit])
            }
        return found.count > Self.stateLimit ? nil : found
    }

    /// Returns the parts of a listing, each of which an index returns in order: by task and, for a listing by due time,
    /// by state.
    private func branches(
        _ filter: JobFilter,
        isByDue: Bool
    ) throws(CarillonError) -> [JobListingQuery.Branch] {
        let named = filter.tasks.map { Set($0.map { SQLValue.text($0.description) }) }
        let left = Set(filter.exceptTasks.map { SQLValue.text($0.description) })
        guard isByDue else {
            if named == nil, left.isEmpty { return [JobListingQuery.Branch()] }
            let tasks = if let named { named } else { Set(try values(statements.tasksOfJobs, [])) }
            return tasks.subtracting(left).map { JobListingQuery.Branch(task: $0) }
        }
        var branches: [JobListingQuery.Branch] = []
        if filter.state == nil || filter.state == .active {
            let tasks = if let named { named } else { Set(try values(statements.tasksOfActiveJobs, [])) }
            branches += tasks.subtracting(left).map { JobListingQuery.Branch(task: $0, isActive: true) }
        }
        switch filter.state {
        case .active: break
        case let state?: branches.append(JobListingQuery.Branch(otherState: .integer(JobListingQuery.code(state))))
        case nil:
            // All states in the table, including those that this version does not know: rows that cannot be read are
            // listed in their places.
            for state in try values(statements.otherStatesOfJobs, [])
            where state != .integer(JobRow.removedState) {
                branches.append(JobListingQuery.Branch(otherState: state))
            }
        }
        return branches
    }

    /// Returns the first columns of all rows, of any type.
    private func values(_ sql: String, _ values: [SQLValue]) throws(CarillonError) -> [SQLValue] {
        var found: [SQLValue] = []
        try connection.query(sql, values) { (row) throws(CarillonError) in
            if let number = try? row.integer(0) {
                found.append(.integer(number))
            } else if let text = try? row.text(0) {
                found.append(.text(text))
            } else if let bytes = try? row.bytes(0) {
                found.append(.bytes(bytes))
            }
        }
        return found
    }

    private func rows(_ keys: [JobListingQuery.Key]) throws(CarillonError) -> [JobListing] {
        var jobs: [Int64: Result<Job, UnreadableRow>] = [:]
        try loadJobs(keys.map(\.generation)) { job, generation in jobs[generation] = job.map(\.snapshot.job) }
        // Without that run the job cannot be planned: it does not fire.
        let readable = jobs.compactMapValues { try? $0.get().id }
        for (generation, error) in try unreadableRuns(of: readable) { jobs[generation] = .failure(error) }
        return keys.compactMap { key in
            jobs[key.generation].map { job in
                switch job {
                case .success(let job): .job(job)
                case .failure(let error): .unreadable(id: key.text, due: key.dueTime, reason: error.description)
                }
            }
        }
    }
}
