package import Carillon

extension SQLSession {
    static var insertion: SQLWrite {
        SQLWrite(.insertUnlessTaken, "carillon_jobs", columns: JobRow.insertedColumns, key: ["id", "removed"])
    }

    /// See `JobStore.insert`.
    package func insert(_ new: [NewJob]) throws(CarillonError) -> [Job?] {
        guard !new.isEmpty else { return [] }
        for job in new { try job.definition.policies.validate() }
        return try writing { () throws(CarillonError) in
            // Numbers are never used again: a job that comes after another one of its id has a higher one.
            let last = try raise("generation", by: Int64(new.count))
            var rows = SQLRows(width: JobRow.insertedColumns.count)
            var definitions = SQLRows(width: ChangeBatch.definition.width)
            var jobs: [Job?] = []
            for (index, job) in new.enumerated() {
                let job = job.job(generation: last - Int64(new.count - 1 - index))
                JobRow.append(inserted: job, to: &rows)
                jobs.append(job)
            }
            for (index, isWritten) in try connection.write(Self.insertion, rows).enumerated() where !isWritten {
                jobs[index] = nil
            }
            for job in jobs.compactMap(\.self) {
                JobRow.append(definitionOf: job, to: &definitions)
                if !job.definition.tags.isEmpty { try writeTags(of: job) }
            }
            guard definitions.count > 0 else { return jobs }
            _ = try connection.write(ChangeBatch.definition, definitions)
            if let textIndex {
                let first = SQLValue.integer(last - Int64(new.count - 1))
                try connection.execute(textIndex.addition, [first, .integer(last)])
            }
            try noteChange()
            return jobs
        }
    }
}
