package import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// See `JobStore.find`.
    package func find(_ query: JobQuery) throws(CarillonError) -> [JobSnapshot] {
        try reading { () throws(CarillonError) in try found(query).map(\.snapshot) }
    }

    /// How often a search is repeated because it met jobs that cannot be read.
    private static var searchRounds: Int { 100 }

    /// Jobs that a query names, in the order of its indexes: due ones, ready ones, those with room, then the others.
    ///
    /// - Parameter isChanging: Whether they are going to be changed in this transaction. Where rows are locked one by one,
    ///   jobs that are named are waited for, and of the others those that are somebody else's are passed over.
    func found(_ query: JobQuery, isChanging: Bool = false) throws(CarillonError) -> [FoundJob] {
        var found: [FoundJob] = []
        for _ in 0..<Self.searchRounds {
            let excluded = unreadable.generations
            let generations = try generations(query, except: excluded, isChanging: isChanging)
            var failed: Set<Int64> = []
            found = try load(generations, failed: &failed)
            // Those known to be unreadable are named by id or node only, and are left out at once.
            failed.subtract(excluded)
            if failed.isEmpty { break }
            unreadable.insert(failed)
        }
        return found
    }

    /// Generations of the jobs that a query names, in the order of its indexes.
    ///
    /// - Parameter excluded: Generations that searches by an index pass over.
    func generations(
        _ query: JobQuery,
        except excluded: [Int64],
        isChanging: Bool = false
    ) throws(CarillonError) -> [Int64] {
        let named = try named(query)
        // Before all others: whoever waits for a lock must not have one that somebody else waits for.
        if isChanging { try lock(named) }
        var order: [Int64] = []
        if query.dueLimit > 0 { order += try due(query, except: excluded, isLocking: isChanging) }
        if query.readyLimit > 0 { order += try ready(query, except: excluded, isLocking: isChanging) }
        if query.sweepsWaiting, query.readyLimit > 0 {
            let statement = statements.waiting(isLocking: isChanging)
            order += try integers(statement, [.integers(excluded), .integer(Int64(query.readyLimit))])
        }
        var seen: Set<Int64> = []
        return (order + named).filter { seen.insert($0).inserted }
    }

    /// Jobs that are named by their ids, by their generations or by nodes.
    private func named(_ query: JobQuery) throws(CarillonError) -> [Int64] {
        var named: [Int64] = []
        named += query.units.map(\.generation)
        if !query.ids.isEmpty { named += try integers(statements.generations, [.texts(query.ids.map(\.description))]) }
        if !query.runningOn.isEmpty {
            let nodes = query.runningOn.map(\.description)
            named += try integers(statements.generationsOnNodes, [.texts(nodes)])
        }
        return named
    }

    /// Has jobs to itself until the transaction ends, waiting for whoever has them. Where the whole database is locked,
    /// that is so already.
    func lock(_ generations: [Int64]) throws(CarillonError) {
        guard let statement = statements.lockJobs, !generations.isEmpty else { return }
        try connection.query(statement, [.integers(generations)]) { _ in }
    }

    private func due(_ query: JobQuery, except excluded: [Int64], isLocking: Bool) throws(CarillonError) -> [Int64] {
        try dueTimes(query, except: excluded, isLocking: isLocking).map(\.generation)
    }

    /// When jobs are due, the earliest first.
    func dueTimes(
        _ query: JobQuery, except excluded: [Int64], isLocking: Bool = false
    ) throws(CarillonError) -> [(time: Int64, generation: Int64)] {
        let tasks = try names(query.tasks, statements.tasksOfJobs, [.integer(0), .integer(0)])
        let statement = {
            self.statements.due(tasks: $0, isExcluding: !excluded.isEmpty, isLocking: isLocking)
        }
        return try merged(tasks, limit: query.dueLimit, statement) { task in
            [.text(task), .integer(query.now.microseconds)] + Self.bound(excluded)
        }
    }

    private func ready(_ query: JobQuery, except excluded: [Int64], isLocking: Bool) throws(CarillonError) -> [Int64] {
        let tasks = try names(query.tasks, statements.tasksOfTakeableRuns, [])
        var tasksByPriority: [Int64: [String]] = [:]
        for task in tasks {
            for priority in try integers(statements.priorities, [.text(task), .text(task)]) {
                tasksByPriority[priority, default: []].append(task)
            }
        }
        var found: [Int64] = []
        var seen: Set<Int64> = []
        for (priority, tasks) in tasksByPriority.sorted(by: { $0.key > $1.key }) {
            // A job with many ready runs takes many rows; the limit is one of jobs.
            var limit = query.readyLimit
            while true {
                let statement = {
                    self.statements.takeable(tasks: $0, isExcluding: !excluded.isEmpty, isLocking: isLocking)
                }
                let rows = try merged(tasks, limit: limit, statement) { task in
                    [.text(task), .integer(priority), .integer(query.now.microseconds)] + Self.bound(excluded)
                }
                for (_, generation) in rows where seen.insert(generation).inserted { found.append(generation) }
                if found.count >= query.readyLimit { return Array(found.prefix(query.readyLimit)) }
                if rows.count < limit { break }
                limit *= 4
            }
        }
        return found
    }

    /// What a statement is bound to that passes over generations; nothing where there are none, which it is worded for.
    static func bound(_ excluded: [Int64]) -> [SQLValue] { excluded.isEmpty ? [] : [.integers(excluded)] }

    /// The names of the tasks that are asked for or, where none are, all that a statement answers.
    private func names(
        _ tasks: Set<TaskName>?,
        _ statement: String,
        _ values: [SQLValue]
    ) throws(CarillonError) -> [String] {
        if let tasks { return tasks.map(\.description) }
        return try texts(statement, values)
    }

    /// Asks a question of many tasks and puts the answers in one order; a row is a time, a job id and a generation.
    private func merged(
        _ tasks: [String],
        limit: Int,
        _ statement: (Int) -> String,
        values: (String) -> [SQLValue]
    ) throws(CarillonError) -> [(time: Int64, generation: Int64)] {
        let limitValue = SQLValue.integer(Int64(limit))
        let isSorted = tasks.count <= SQLStatements.tasksAtOnce
        var rows: [(time: Int64, id: String, generation: Int64)] = []
        for start in stride(from: 0, to: tasks.count, by: SQLStatements.tasksAtOnce) {
            let some = tasks[start..<min(start + SQLStatements.tasksAtOnce, tasks.count)]
            let bound = some.flatMap { values($0) + [limitValue] } + (some.count > 1 ? [limitValue] : [])
            try connection.query(statement(some.count), bound) { (row) throws(CarillonError) in
                guard let time = try? row.integer(0), let generation = try? row.integer(2) else { return }
                rows.append((time, isSorted ? "" : (try? row.text(1)) ?? "", generation))
            }
        }
        if !isSorted {
            rows.sort {
                $0.time != $1.time ? $0.time < $1.time : $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
            }
        }
        return rows.prefix(limit).map { ($0.time, $0.generation) }
    }

    /// Generations of jobs that were not removed, each at the place of its id; `nil` if there is no such job.
    func generations(_ ids: [JobID]) throws(CarillonError) -> [Int64?] {
        var known: [String: Int64] = [:]
        try connection.query(statements.generations, [.texts(ids.map(\.description))]) { (row) throws(CarillonError) in
            if let generation = try? row.integer(0), let id = try? row.text(1) { known[id] = generation }
        }
        return ids.map { known[$0.description] }
    }
}
