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
            for branches in all.batches(of: SQLStatements.tasksAtOnce) {
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
        var tasks = filter.tasks.map { Set($0.map { SQLValue.text($0.description) }) }
        guard isByDue || tasks != nil || !filter.exceptTasks.isEmpty else {
            return [JobListingQuery.Branch(task: nil, state: nil)]
        }
        // Whatever is there, also what this version does not know: rows that cannot be read are listed in their places.
        let states: [SQLValue]
        if let state = filter.state {
            states = [.integer(JobListingQuery.code(state))]
        } else {
            states = try values(statements.statesOfJobs, [])
        }
        if tasks == nil {
            tasks = []
            for state in states { tasks?.formUnion(try values(statements.tasksOfJobs, [state, state])) }
        }
        tasks?.subtract(filter.exceptTasks.map { .text($0.description) })
        guard let tasks else { return [] }
        return tasks.flatMap { task in
            isByDue
                ? states.map { JobListingQuery.Branch(task: task, state: $0) }
                : [JobListingQuery.Branch(task: task, state: nil)]
        }
    }

    /// All rows' first columns, whatever they are.
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
        var listings: [Int64: JobListing] = [:]
        let places = Dictionary(keys.map { ($0.generation, $0) }) { first, _ in first }
        try loadJobs(keys.map(\.generation)) { job, generation in
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
