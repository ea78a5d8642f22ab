internal import Carillon
internal import CarillonTriggers

/// The statement for a page of jobs, as a union of parts that an index answers in the order of the listing.
struct JobListingQuery {
    /// A part of the listing: jobs of one task, active ones, those in another state, or all.
    struct Branch {
        var task: SQLValue?
        var isActive = false
        var otherState: SQLValue?
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
    private var conditions: [String] = []
    private var values: [SQLValue] = []
    private let filter: JobFilter
    /// Whether `carillon_jobs` is walked, in the order of due times, and the definitions are looked up; or the other way.
    private let walksJobs: Bool

    /// - Parameter candidates: Generations of all jobs that may meet the filter, where they are known. They are few, and are
    ///   looked up one by one: the listing need not be cut for an index.
    init(_ filter: JobFilter, _ page: Page<JobCursor>, _ dialect: SQLDialect, candidates: [Int64]?) {
        self.filter = filter
        limit = page.limit
        isByDue =
            switch page.after {
            case nil, .id: false
            case .beginningByDue, .due: true
            }
        // Jobs of one origin are looked up by it.
        walksJobs = isByDue && filter.origin == nil && candidates == nil
        switch page.after {
        case nil, .beginningByDue: break
        case .id(let id): add("d.id > ?", .text(id))
        case .due(let due, let id):
            let due = SQLValue.integer(due?.microseconds ?? JobRow.never)
            add("(j.next_due, j.id) > (?, ?)", due, .text(id))
        }
        if let due = filter.due {
            add(
                "j.next_due >= ? AND j.next_due <= ?", .integer(due.lowerBound.microseconds),
                .integer(due.upperBound.microseconds))
        }
        if let tag = filter.tag {
            add("EXISTS (SELECT 1 FROM carillon_job_tags AS t WHERE t.tag = ? AND t.id = d.id)", .text(tag))
        }
        if let candidates { add(dialect.isAmongIntegers("d.generation"), .integers(candidates)) }
        if isByDue || candidates != nil {
            if let tasks = filter.tasks { add(dialect.isAmongTexts("j.task"), .texts(tasks.map(\.description))) }
            if !filter.exceptTasks.isEmpty {
                add("NOT (\(dialect.isAmongTexts("j.task")))", .texts(filter.exceptTasks.map(\.description)))
            }
        }
        // The index that is walked has the ids, so that only what contains the text is looked up.
        if let text = filter.text { add(dialect.contains(walksJobs ? "j.id" : "d.id"), .text(text)) }
        if let origin = filter.origin { add("d.origin = ?", .text(origin)) }
        if !isByDue, let state = filter.state { add("j.state = ?", .integer(Self.code(state))) }
    }

    private mutating func add(_ condition: String, _ more: SQLValue...) {
        conditions.append(condition)
        values += more
    }

    /// The statement for some parts, and what it is to be bound to. A row is a generation, a due time and an id.
    func statement(_ branches: [Branch]) -> (sql: String, values: [SQLValue]) {
        // The order of the two is kept: a database that chose it by itself would have to sort.
        let tables =
            walksJobs
            ? "carillon_jobs AS j CROSS JOIN carillon_definitions AS d"
            : "carillon_definitions AS d CROSS JOIN carillon_jobs AS j"
        let order = isByDue ? "j.next_due, j.id" : "d.id"
        var parts: [String] = []
        var bound: [SQLValue] = []
        for (index, branch) in branches.enumerated() {
            var all = ["j.generation = d.generation", "d.removed = 0"] + conditions
            bound += values
            if let task = branch.task {
                all.append(walksJobs ? "j.task = ?" : "d.task = ?")
                bound.append(task)
            }
            if branch.isActive { all.append("j.state = 0") }
            if let state = branch.otherState {
                all.append("j.state <> 0 AND j.state = ?")
                bound.append(state)
            }
            parts.append(
                "SELECT * FROM (SELECT j.generation, j.next_due, d.id FROM \(tables) WHERE "
                    + "\(all.joined(separator: " AND ")) ORDER BY \(order) LIMIT ?) AS part\(index)"
            )
            bound.append(.integer(Int64(limit)))
        }
        return (
            parts.joined(separator: " UNION ALL ") + " ORDER BY \(isByDue ? "next_due, id" : "id") LIMIT ?",
            bound + [.integer(Int64(limit))]
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
