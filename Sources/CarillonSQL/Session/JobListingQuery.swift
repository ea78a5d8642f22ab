internal import Carillon
internal import CarillonTriggers

/// The statement for a page of jobs, as a union of parts that an index answers in the order of the listing.
struct JobListingQuery {
    /// A part of the listing: jobs of one task, in one state, or all.
    struct Branch {
        let task: SQLValue?
        let state: SQLValue?
    }

    /// A job's place in the listing.
    struct Key {
        let due: Int64
        /// As it is stored.
        let id: [UInt8]
        let generation: Int64

        /// The id, which need not be a text, as one.
        var text: String { String(decoding: id, as: UTF8.self) }

        var dueTime: Instant? { due == JobRow.never ? nil : Instant(microseconds: due) }
    }

    /// Whether it is ordered by due time.
    let isByDue: Bool
    private let limit: Int
    private var conditions = ["removed = 0"]
    private var values: [SQLValue] = []
    private let filter: JobFilter
    private let hasCandidates: Bool

    /// - Parameter candidates: Generations of all jobs that contain the filter's text, where they are known. They are few,
    ///   and are looked up one by one: the listing need not be cut for an index.
    init(_ filter: JobFilter, _ page: Page<JobCursor>, _ dialect: SQLDialect, candidates: [Int64]?) {
        self.filter = filter
        hasCandidates = candidates != nil
        limit = page.limit
        switch page.after {
        case nil: isByDue = false
        case .id(let id):
            isByDue = false
            add("id > ?", .text(id))
        case .beginningByDue: isByDue = true
        case .due(let due, let id):
            isByDue = true
            let due = SQLValue.integer(due?.microseconds ?? JobRow.never)
            add("(next_due, id) > (?, ?)", due, .text(id))
        }
        if let due = filter.due {
            add(
                "next_due >= ? AND next_due <= ?", .integer(due.lowerBound.microseconds),
                .integer(due.upperBound.microseconds))
        }
        if let tag = filter.tag {
            add(
                "EXISTS (SELECT 1 FROM carillon_job_tags AS t WHERE t.tag = ? AND t.id = carillon_jobs.id)", .text(tag))
        }
        if let candidates {
            add(dialect.isAmongIntegers("generation"), .integers(candidates))
            if let tasks = filter.tasks { add(dialect.isAmongTexts("task"), .texts(tasks.map(\.description))) }
            if !filter.exceptTasks.isEmpty {
                add("NOT (\(dialect.isAmongTexts("task")))", .texts(filter.exceptTasks.map(\.description)))
            }
        }
        if let text = filter.text { add(dialect.contains("id"), .text(text)) }
        if let origin = filter.origin { add("origin = ?", .text(origin)) }
    }

    private mutating func add(_ condition: String, _ more: SQLValue...) {
        conditions.append(condition)
        values += more
    }

    /// The statement for some parts, and what it is to be bound to. A row is a generation, a due time and an id.
    func statement(_ branches: [Branch]) -> (sql: String, values: [SQLValue]) {
        let order = isByDue ? "next_due, id" : "id"
        var parts: [String] = []
        var bound: [SQLValue] = []
        for (index, branch) in branches.enumerated() {
            var all = conditions
            bound += values
            if let task = branch.task {
                all.append("task = ?")
                bound.append(task)
            }
            if let state = branch.state ?? filter.state.map({ .integer(Self.code($0)) }) {
                // The sign keeps a database from choosing the index by state, where that by task has the order, or where
                // the generations are known.
                let isPlain = branch.state != nil || (branch.task == nil && !hasCandidates)
                all.append(isPlain ? "state = ?" : "+state = ?")
                bound.append(state)
            }
            let condition = all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
            parts.append(
                "SELECT * FROM (SELECT generation, next_due, id FROM carillon_jobs\(condition) "
                    + "ORDER BY \(order) LIMIT ?) AS part\(index)"
            )
            bound.append(.integer(Int64(limit)))
        }
        return (
            parts.joined(separator: " UNION ALL ") + " ORDER BY \(order) LIMIT ?", bound + [.integer(Int64(limit))]
        )
    }

    /// The page, of what several statements answered.
    func first(of keys: [Key]) -> [Key] {
        let sorted = keys.sorted { left, right in
            if isByDue, left.due != right.due { return left.due < right.due }
            return left.id.lexicographicallyPrecedes(right.id)
        }
        return Array(sorted.prefix(limit))
    }

    /// What a state is in table `carillon_jobs`.
    static func code(_ state: JobFilter.State) -> Int64 {
        switch state {
        case .active: 0
        case .paused: 1
        case .ended: 2
        }
    }
}
