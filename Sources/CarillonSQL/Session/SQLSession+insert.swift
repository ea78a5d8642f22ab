package import Carillon

extension SQLSession {
    /// Writes definitions whose id is free. This comes first, because their table has the index of ids.
    static let definitionInsertion = SQLWrite(
        .insertUnlessTaken, "carillon_definitions", columns: JobRow.definitionColumns, key: ["id", "removed"])
    static let insertion = SQLWrite(.insert, "carillon_jobs", columns: JobRow.insertedColumns)

    /// See `JobStore.insert`.
    package func insert(_ new: [NewJob]) throws(CarillonError) -> [Job?] {
        guard !new.isEmpty else { return [] }
        for job in new { try job.definition.policies.validate() }
        return try writing { () throws(CarillonError) in
            let jobs = try add(new)
            if jobs.contains(where: { $0 != nil }) { hasNews = true }
            return jobs
        }
    }

    /// Adds jobs in a transaction that notifies other nodes. Their policies have been validated.
    func add(_ new: [NewJob]) throws(CarillonError) -> [Job?] {
        guard !new.isEmpty else { return [] }
        var definitions = SQLRows(width: Self.definitionInsertion.width)
        var jobs: [Job?] = []
        for (job, generation) in zip(new, try newGenerations(new.count)) {
            let job = job.job(generation: generation)
            JobRow.append(definitionOf: job, to: &definitions)
            jobs.append(job)
        }
        let written = try connection.write(Self.definitionInsertion, definitions)
        for (index, isWritten) in written.enumerated() where !isWritten { jobs[index] = nil }
        var rows = SQLRows(width: Self.insertion.width)
        for case let job? in jobs { JobRow.append(inserted: job, to: &rows) }
        guard rows.count > 0 else { return jobs }
        _ = try connection.write(Self.insertion, rows)
        try writeTags(of: jobs.compactMap(\.self))
        return jobs
    }
}
