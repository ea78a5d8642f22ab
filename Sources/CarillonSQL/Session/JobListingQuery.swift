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

    /// A job's position in the listing.
    struct Key {
        let due: Int64
        /// The id as it is stored.
        let id: [UInt8]
        let generation: Int64

        /// The id as text; its bytes need not be valid UTF-8.
        var text: String { String(decoding: id, as: UTF8.self) }

        var dueTime: Instant? { due == JobRow.never ? nil : Instant(microseconds: due) }
    }

    /// Whether it is ordered by due time.
    let isByDue: Bool
    private let limit: Int
    private var conditions: [String] = []
    private var values: [SQLValue] = []
    private let filter: JobFilter
    /// Whether the query scans `carillon_jobs` in the order of due times and looks up the definitions, or the other way
    /// round.
    private let walksJobs: Bool

    /// Creates the statement of a page.
    ///
    /// - Parameter candidates: Generations of all jobs that may match the filter, if known. They are few, and are
    ///   looked up one by one: the listing need not be split for an index.
    init(_ filter: JobFilter, _ page: Page<JobCursor>, _ dialect: SQLDialect, candidates: [Int64]?) {
        self.filter = filter
        limit = page.limit
        isByDue =
            switch page.after {
            case nil, .id: false
            case .beginningByDue, .due: true
            }
        // Jobs of one origin are looked up by the origin.
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
        // The scanned index has the ids, so that only jobs whose id contains the text are looked up.
        if let text = filter.text { add(dialect.contains(walksJobs ? "j.id" : "d.id"), .text(text)) }
        if let origin = filter.origin { add("d.origin = ?", .text(origin)) }
        if !isByDue, let state = filter.state { add("j.state = ?", .integer(Self.code(state))) }
    }

    private mutating func add(_ condition: String, _ more: SQLValue...) {
        conditions.append(condition)
        values += more
    }

    /// Returns the statement for some parts, and its values. A row is a generation, a due time and an id.
    func statement(_ branches: [Branch]) -> (sql: String, values: [SQLValue]) {
        // Keeps the order of the two tables: in an order of its own choice a database would have to sort.
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

    /// Returns the page, from the answers of several statements.
    func first(of keys: [Key]) -> [Key] {
        let sorted = keys.sorted { left, right in
            if isByDue, left.due != right.due { return left.due < right.due }
            return left.id.lexicographicallyPrecedes(right.id)
        }
        return Array(sorted.prefix(limit))
    }

    /// Returns the code of a state in the table `carillon_jobs`.
    static func code(_ state: JobFilter.State) -> Int64 {
        switch state {
        case .active: 0
        case .paused: 1
        case .ended: 2
        }
    }
}
