package import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// See `JobStore.find`.
    package func find(_ query: JobQuery) throws(CarillonError) -> [JobSnapshot] {
        try reading { () throws(CarillonError) in try found(query).map(\.snapshot) }
    }

    /// The number of times that a search is repeated because it found unreadable jobs.
    private static var searchRounds: Int { 100 }

    /// Returns the jobs that a query finds, in the order of its indexes: due ones, ready ones, those with room, then
    /// the others.
    ///
    /// - Parameters:
    ///   - isChanging: Whether they are going to be changed in this transaction. If rows are locked one by one, it
    ///     waits for jobs that are named, and skips others that are locked by another session.
    ///   - survey: What is already known: what it rules out is not searched for.
    ///   - known: Generations of jobs that need not be found.
    func found(
        _ query: JobQuery, isChanging: Bool = false, survey: Survey? = nil, leavingOut known: [Int64] = []
    ) throws(CarillonError) -> [FoundJob] {
        var found: [FoundJob] = []
        for _ in 0..<Self.searchRounds {
            let excluded = unreadable.generations + known
            let generations = try generations(query, except: excluded, isChanging: isChanging, survey: survey)
            var failed: Set<Int64> = []
            found = try load(generations, failed: &failed)
            // Only ids and nodes lead to jobs that are known to be unreadable, which are left out at once.
            failed.subtract(excluded)
            if failed.isEmpty { break }
            unreadable.insert(failed)
        }
        return found
    }

    /// Returns the generations of the jobs that a query finds, in the order of its indexes.
    ///
    /// - Parameter excluded: Generations that index searches skip.
    func generations(
        _ query: JobQuery,
        except excluded: [Int64],
        isChanging: Bool = false,
        survey: Survey? = nil
    ) throws(CarillonError) -> [Int64] {
        // Before all others: a session that waits for a lock must not hold one that another session waits for.
        let named = try locked(isChanging) { () throws(CarillonError) in try self.named(query) }
        var order: [Int64] = []
        if query.dueLimit > 0, survey?.times.hasDue(at: query.now) ?? true {
            order += try dueTimes(query, except: excluded, isLocking: isChanging).map(\.generation)
        }
        if query.readyLimit > 0, survey?.times.hasTakeable(at: query.now) ?? true {
            order += try ready(query, except: excluded, isLocking: isChanging)
        }
        if query.sweepsWaiting, query.readyLimit > 0, survey?.times.hasWaiting ?? true {
            let statement = statements.waiting(isLocking: isChanging)
            order += try integers(statement, [.integers(excluded), .integer(Int64(query.readyLimit))])
        }
        var seen: Set<Int64> = []
        return (order + named).filter { seen.insert($0).inserted }
    }

    /// Returns the jobs that are named by id, by generation or by node.
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

    /// Locks jobs until the transaction ends, and waits for other sessions that have locked them. If the whole database
    /// is locked, nothing is to do.
    func lock(_ generations: [Int64]) throws(CarillonError) {
        guard let statement = statements.lockJobs, !generations.isEmpty else { return }
        // Some databases lock them in the order of the list.
        try connection.query(statement, [.integers(generations.sorted())]) { _ in }
    }

    /// Looks jobs up and locks them, and looks once more: during the wait one may have been removed, and another have been
    /// added with its id.
    ///
    /// - Parameter isChanging: Whether they are locked at all.
    func locked(
        _ isChanging: Bool = true, _ lookUp: () throws(CarillonError) -> [Int64]
    ) throws(CarillonError) -> [Int64] {
        var found = try lookUp()
        guard isChanging, statements.lockJobs != nil else { return found }
        for _ in 0..<Self.lockRounds where !found.isEmpty {
            try lock(found)
            let before = Set(found)
            found = try lookUp()
            if before.isSuperset(of: found) { break }
        }
        return found
    }

    /// The number of times that jobs are looked up again because others have taken their ids.
    private static var lockRounds: Int { 10 }

    /// Returns the due times of jobs, the earliest first.
    func dueTimes(
        _ query: JobQuery, except excluded: [Int64], isLocking: Bool = false
    ) throws(CarillonError) -> [(time: Int64, generation: Int64)] {
        let tasks =
            if let tasks = query.tasks { tasks.map(\.description) } else {
                try texts(statements.tasksOfActiveJobs, [])
            }
        return try merged(tasks, limit: query.dueLimit, isLocking: isLocking) { parts, isLocking in
            self.statements.due(tasks: parts, isExcluding: !excluded.isEmpty, isLocking: isLocking)
        } values: { task in
            [.text(task), .integer(query.now.microseconds)] + Self.bound(excluded)
        }
    }

    private func ready(_ query: JobQuery, except excluded: [Int64], isLocking: Bool) throws(CarillonError) -> [Int64] {
        let names = query.tasks.map { [SQLValue.texts($0.map(\.description))] } ?? []
        var lanes: [(task: String, priority: Int64)] = []
        try connection.query(statements.lanes(ofAllTasks: query.tasks == nil), names) { (row) throws(CarillonError) in
            guard let task = try? row.text(0), let priority = try? row.integer(1) else { return }
            lanes.append((task, priority))
        }
        var found: [Int64] = []
        var seen: Set<Int64> = []
        // The highest priorities are in the first lanes.
        for some in lanes.batches(of: SQLStatements.tasksAtOnce) {
            // A job with many ready runs takes many rows; the limit counts jobs.
            var limit = query.readyLimit
            while true {
                let rows = try merged(some, limit: limit, isLocking: isLocking) { parts, isLocking in
                    self.statements.takeable(lanes: parts, isExcluding: !excluded.isEmpty, isLocking: isLocking)
                } values: { lane in
                    [.text(lane.task), .integer(lane.priority), .integer(query.now.microseconds)] + Self.bound(excluded)
                }
                for (_, generation) in rows where seen.insert(generation).inserted { found.append(generation) }
                if found.count >= query.readyLimit { return Array(found.prefix(query.readyLimit)) }
                if rows.count < limit { break }
                limit *= 4
            }
        }
        return found
    }

    /// Returns the value for excluded generations; empty if there are none, for which the statement has no placeholder.
    static func bound(_ excluded: [Int64]) -> [SQLValue] { excluded.isEmpty ? [] : [.integers(excluded)] }

    /// A row of an answer to one query for several tasks.
    private struct MergedRow {
        let time: Int64
        let id: String
        let generation: Int64
        /// The index of its task.
        let part: Int
    }

    /// Runs a query for many tasks and merges the results in one order.
    ///
    /// If rows are to be locked, it first counts how many are wanted of each task, and then locks that many of each:
    /// with the full limit for each task, other sessions would find rows locked that this one does not use.
    ///
    /// - Parameters:
    ///   - statement: The query for a number of tasks, without locks or with them.
    ///   - values: Its values for each task, before the limit.
    private func merged<Part>(
        _ parts: [Part],
        limit: Int,
        isLocking: Bool,
        _ statement: (Int, _ isLocking: Bool) -> String,
        values: (Part) -> [SQLValue]
    ) throws(CarillonError) -> [(time: Int64, generation: Int64)] {
        let limits = Array(repeating: limit, count: parts.count)
        var rows = try merged(parts, limits, limit, { statement($0, false) }, values: values)
        if isLocking, connection.dialect.rowLocks != nil, !rows.isEmpty {
            var counts: [Int: Int] = [:]
            for row in rows { counts[row.part, default: 0] += 1 }
            let wanted = counts.sorted { $0.key < $1.key }
            rows = try merged(
                wanted.map { parts[$0.key] }, wanted.map(\.value), limit, { statement($0, true) }, values: values)
        }
        return rows.map { ($0.time, $0.generation) }
    }

    private func merged<Part>(
        _ parts: [Part],
        _ limits: [Int],
        _ limit: Int,
        _ statement: (Int) -> String,
        values: (Part) -> [SQLValue]
    ) throws(CarillonError) -> [MergedRow] {
        let isSorted = parts.count <= SQLStatements.tasksAtOnce
        var rows: [MergedRow] = []
        for some in Array(parts.indices).batches(of: SQLStatements.tasksAtOnce) {
            let bound = some.flatMap { values(parts[$0]) + [.integer(Int64(limits[$0]))] }
            let total: [SQLValue] = some.count > 1 ? [.integer(Int64(limit))] : []
            let first = some.first ?? 0
            try connection.query(statement(some.count), bound + total) { (row) throws(CarillonError) in
                guard let time = try? row.integer(0), let generation = try? row.integer(2),
                    let part = try? row.integer(3), (0..<Int64(some.count)).contains(part)
                else { return }
                // Its id is needed only for the order.
                let id = isSorted ? "" : (try? row.text(1)) ?? ""
                rows.append(MergedRow(time: time, id: id, generation: generation, part: first + Int(part)))
            }
        }
        if !isSorted {
            rows.sort {
                $0.time != $1.time ? $0.time < $1.time : $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
            }
        }
        return Array(rows.prefix(limit))
    }

    /// Returns the generations of jobs that were not removed, each at the index of its id; `nil` if there is no such
    /// job.
    func generations(_ ids: [JobID]) throws(CarillonError) -> [Int64?] {
        var known: [String: Int64] = [:]
        try connection.query(statements.generations, [.texts(ids.map(\.description))]) { (row) throws(CarillonError) in
            if let generation = try? row.integer(0), let id = try? row.text(1) { known[id] = generation }
        }
        return ids.map { known[$0.description] }
    }
}
