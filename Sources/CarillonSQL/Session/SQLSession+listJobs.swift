package import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// See `JobStore.jobs`.
    package func jobs(_ filter: JobFilter, page: Page<JobCursor>) throws(CarillonError) -> [JobListing] {
        try reading { () throws(CarillonError) in
            let candidates = try self.candidates(filter, page)
            let listing = JobListingQuery(filter, page, connection.dialect, candidates: candidates)
            var keys: [JobListingQuery.Key] = []
            let all =
                candidates == nil
                ? try branches(filter, isByDue: listing.isByDue) : [JobListingQuery.Branch(task: nil, state: nil)]
            for branches in all.chunked(by: SQLStatements.tasksAtOnce) {
                let (sql, values) = listing.statement(branches)
                try connection.query(sql, values) { (row) throws(CarillonError) in
                    guard let generation = try? row.integer(0) else { return }
                    keys.append(
                        JobListingQuery.Key(
                            due: (try? row.integer(1)) ?? JobRow.never,
                            id: (try? row.bytes(2)).map { String(decoding: $0, as: UTF8.self) } ?? "",
                            generation: generation
                        )
                    )
                }
            }
            return try rows(listing.first(of: keys))
        }
    }

    /// What is listed, cut so that an index answers each part in order: by task and, for a listing by due time, by
    /// state.
    private func branches(
        _ filter: JobFilter,
        isByDue: Bool
    ) throws(CarillonError) -> [JobListingQuery.Branch] {
        let states: [Int64] = filter.state.map { [JobListingQuery.code($0)] } ?? [0, 1, 2]
        var tasks = filter.tasks?.map(\.description)
        if tasks == nil, isByDue || !filter.exceptTasks.isEmpty {
            var all: Set<String> = []
            for state in states {
                all.formUnion(try texts(statements.tasksOfJobs, [.integer(state), .integer(state)]))
            }
            tasks = Array(all)
        }
        if let known = tasks, !filter.exceptTasks.isEmpty {
            let others = Set(filter.exceptTasks.map(\.description))
            tasks = known.filter { !others.contains($0) }
        }
        guard let tasks else { return [JobListingQuery.Branch(task: nil, state: nil)] }
        return tasks.flatMap { task in
            isByDue
                ? states.map { JobListingQuery.Branch(task: task, state: $0) }
                : [JobListingQuery.Branch(task: task, state: nil)]
        }
    }

    private func rows(_ keys: [JobListingQuery.Key]) throws(CarillonError) -> [JobListing] {
        var listings: [Int64: JobListing] = [:]
        let places = Dictionary(keys.map { ($0.generation, $0) }) { first, _ in first }
        try loadJobs(keys.map(\.generation), statements.jobs) { job, generation in
            switch job {
            case .success(let job): listings[generation] = .job(job.snapshot.job)
            case .failure(let error):
                guard let place = places[generation] else { return }
                let due = place.due == JobRow.never ? nil : Instant(microseconds: place.due)
                listings[generation] = .unreadable(id: place.id, due: due, reason: error.description)
            }
        }
        return keys.compactMap { listings[$0.generation] }
    }
}

extension Array {
    /// The elements in arrays of at most so many.
    fileprivate func chunked(by size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
