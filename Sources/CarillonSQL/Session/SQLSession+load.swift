internal import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// Reads jobs with their open runs, in the order of the list.
    ///
    /// - Parameter failed: Receives the generations of those that cannot be read.
    func load(_ generations: [Int64], failed: inout Set<Int64>) throws(CarillonError) -> [FoundJob] {
        guard !generations.isEmpty else { return [] }
        let positions = Dictionary(zip(generations, generations.indices)) { first, _ in first }
        var jobs: [FoundJob?] = Array(repeating: nil, count: generations.count)
        let types = Trigger.registeredTypes
        try loadJobs(generations) { job, generation in
            guard let position = positions[generation] else { return }
            switch job {
            case .success(let job): jobs[position] = job
            case .failure(let error):
                failed.insert(generation)
                if error.lacksTriggerType { unreadable.lacksType(generation, types: types) }
            }
        }
        var nodes = NodeNames()
        try connection.query(statements.openRuns, [.integers(generations)]) { (row) throws(CarillonError) in
            guard let generation = try? row.integer(0), let position = positions[generation],
                let id = jobs[position]?.snapshot.job.id
            else { return }
            do throws(UnreadableRow) {
                let run = try RunRow.run(row, job: id, &nodes)
                jobs[position]?.snapshot.open.append(run)
            } catch {
                // A plan without one of the runs would be wrong, unless the job is removed and all that is left is to
                // end the others.
                if jobs[position]?.snapshot.isRemoved == true { return }
                jobs[position] = nil
                failed.insert(generation)
            }
        }
        return jobs.compactMap(\.self)
    }

    /// Reads jobs without their runs, and only those definitions that were not read recently.
    ///
    /// - Parameter body: Called with each job or its error, and its generation, in any order.
    func loadJobs(
        _ generations: [Int64],
        _ body: (Result<FoundJob, UnreadableRow>, Int64) -> Void
    ) throws(CarillonError) {
        var unknown: [Int64: JobState] = [:]
        try connection.query(statements.jobs, [.integers(generations)]) { (row) throws(CarillonError) in
            do throws(UnreadableRow) {
                let state = try JobState(row)
                let key = DefinitionCache.Key(
                    generation: state.generation, definitionVersion: state.definitionVersion)
                if let entry = definitions[key] {
                    body(.success(state.job(entry)), state.generation)
                } else {
                    unknown[state.generation] = state
                }
            } catch {
                if let generation = try? row.integer(0) { body(.failure(error), generation) }
            }
        }
        guard !unknown.isEmpty else { return }
        var parts = DefinitionParts()
        try connection.query(statements.definitions, [.integers(Array(unknown.keys))]) { (row) throws(CarillonError) in
            guard let generation = try? row.integer(0), let state = unknown.removeValue(forKey: generation)
            else { return }
            do throws(UnreadableRow) {
                let entry = try JobRow.definition(row, &parts)
                definitions.insert(
                    entry,
                    for: DefinitionCache.Key(generation: generation, definitionVersion: state.definitionVersion)
                )
                body(.success(state.job(entry)), generation)
            } catch {
                body(.failure(error), generation)
            }
        }
        for generation in unknown.keys { body(.failure(UnreadableRow("its definition is missing")), generation) }
    }

    /// Returns the errors of open runs, by generation; for several of a job, the first that is found.
    ///
    /// - Parameter jobs: The ids of the jobs by their generations.
    func unreadableRuns(of jobs: [Int64: JobID]) throws(CarillonError) -> [Int64: UnreadableRow] {
        var found: [Int64: UnreadableRow] = [:]
        guard !jobs.isEmpty else { return found }
        var nodes = NodeNames()
        let generations = SQLValue.integers(Array(jobs.keys))
        try connection.query(statements.openRunsWithoutBytes, [generations]) { (row) throws(CarillonError) in
            guard let generation = try? row.integer(0), found[generation] == nil else { return }
            do throws(UnreadableRow) {
                _ = try RunRow.run(row, job: jobs[generation], &nodes)
            } catch {
                found[generation] = UnreadableRow(
                    "an open run of it, in table carillon_open_runs \(RunRow.keyText(row)): \(error.description)")
            }
        }
        return found
    }
}
