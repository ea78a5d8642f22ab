package import Carillon
internal import CarillonTriggers

/// The earliest times at which there is something to do.
extension SQLSession {
    /// See `JobStore.earliest`.
    package func earliest(of tasks: Set<TaskName>?) throws(CarillonError) -> EarliestTimes {
        try settled(try times(of: tasks).earliest, tasks)
    }

    /// Returns the times in the database, including those of unreadable jobs.
    func times(of tasks: Set<TaskName>?) throws(CarillonError) -> SurveyedTimes {
        let excluded = unreadable.generations
        let statement = statements.earliest(ofAllTasks: tasks == nil, isExcluding: !excluded.isEmpty)
        var times = SurveyedTimes()
        try connection.query(statement, values(ofTimes: tasks, excluded)) { (row) throws(CarillonError) in
            times = SurveyedTimes(row, from: 0)
        }
        return times
    }

    /// Reads what a pass reads first.
    func survey(_ tasks: Set<TaskName>?) throws(CarillonError) -> Survey {
        let excluded = unreadable.generations
        let statement = statements.survey(ofAllTasks: tasks == nil, isExcluding: !excluded.isEmpty)
        var survey = Survey()
        try connection.query(statement, values(ofTimes: tasks, excluded)) { (row) throws(CarillonError) in
            survey.lastMigration = try? row.optionalInteger(0)
            survey.hasNotes = (try? row.integer(1)) == 1
            survey.times = SurveyedTimes(row, from: 2)
        }
        return survey
    }

    /// Returns the values of `SQLStatements.earliest`.
    func values(ofTimes tasks: Set<TaskName>?, _ excluded: [Int64]) -> [SQLValue] {
        let named = tasks.map { [SQLValue.texts($0.map(\.description))] } ?? []
        let bound = Self.bound(excluded)
        return bound + named + named + bound + bound
    }

    /// Leaves unreadable jobs out of the times that are already due, because they would wake the node without end;
    /// future times are checked when they are due.
    func settled(_ times: EarliestTimes, _ tasks: Set<TaskName>?) throws(CarillonError) -> EarliestTimes {
        guard let due = times.due, due <= ownClock() else { return times }
        return EarliestTimes(due: try earliestDue(tasks), available: times.available)
    }

    /// Returns the earliest due time of a readable job.
    private func earliestDue(_ tasks: Set<TaskName>?) throws(CarillonError) -> Instant? {
        var query = JobQuery(now: .latest)
        query.tasks = tasks
        query.dueLimit = 1
        let now = ownClock()
        for _ in 0..<Self.earliestRounds {
            let due = try dueTimes(query, except: unreadable.generations)
            guard let first = due.first else { return nil }
            if first.time > now.microseconds { return Instant(microseconds: first.time) }
            var failed: Set<Int64> = []
            let found = try load(due.map(\.generation), failed: &failed)
            if let due = found.first?.snapshot.job.next?.due { return due }
            unreadable.insert(failed)
            if due.count < query.dueLimit { return nil }
            query.dueLimit *= 2
        }
        // There may be readable jobs after that many unreadable ones: the next pass skips more.
        return now
    }

    /// The number of times that the search for the earliest due job is repeated, each time among twice as many jobs, if
    /// it finds only unreadable ones.
    private static var earliestRounds: Int { 14 }
}
