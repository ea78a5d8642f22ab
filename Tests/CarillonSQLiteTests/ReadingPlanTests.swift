import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

/// How SQLite answers what readers ask: by walking an index as far as the page goes.
@Suite("Plans of readers' questions")
struct ReadingPlanTests {
    private let file: StoreFile
    private let connection: WatchedConnection
    private let session: SQLSession
    private let raw: RawDatabase

    init() async throws {
        file = try StoreFile()
        let store = try await file.open()
        _ = try await store.insert(try (0..<8).map { try TestJobs.job("job \($0)", task: "work \($0 % 2)") })
        var bench = try PastRuns(store)
        try await bench.end(count: 8, .succeeded)
        try await bench.end(count: 8, .failed)
        await store.close()
        connection = try WatchedConnection(file.path)
        session = SQLSession(
            connection, definitions: DefinitionCache(), unreadable: UnreadableJobs(), clock: { TestJobs.start })
        raw = try RawDatabase(file.path)
    }

    /// What is wrong with the plans of what was asked since the last time: a table that is gone through without an index, or
    /// rows of an index that have to be sorted.
    ///
    /// - Parameter ordered: A table that may be gone through in its own order.
    private func problems(ordered: String? = nil) throws -> [String] {
        var problems: [String] = []
        let queries = connection.takeQueries()
        #expect(!queries.isEmpty)
        for query in queries {
            let sql = "EXPLAIN QUERY PLAN \(query)"
            let parents = try raw.texts(sql, column: 1)
            let details = try raw.texts(sql, column: 3)
            for (parent, detail) in zip(parents, details) {
                guard let table = detail.split(separator: " ").dropFirst().first, table.hasPrefix("carillon_") else {
                    continue
                }
                if detail.hasPrefix("SCAN "), table != ordered ?? "" { problems.append("\(detail): \(query)") }
                let isSorted = zip(parents, details).contains { other, detail in
                    other == parent && detail.hasPrefix("USE TEMP B-TREE FOR ORDER BY")
                }
                if isSorted { problems.append("sorted: \(query)") }
            }
        }
        return problems
    }

    @Test("A search walks an index, whatever it looks for and in whichever order")
    func searches() throws {
        let some = try session.endedRuns(RunSearch(), page: Page(limit: 1))
        #expect(try problems(ordered: "carillon_past_runs") == [])
        for order in RunSearch.Order.allCases {
            for task in [nil, "work 0"] {
                for node in [nil, "node"] {
                    for outcomes: Set<Outcome> in [[.succeeded], [.failed], Set(Outcome.allCases)] {
                        for lateness in [Lateness.onTime, .minute] {
                            for after in [nil, some.first?.id] {
                                var search = RunSearch()
                                search.order = order
                                search.task = try task.map(TaskName.init(_:))
                                search.node = try node.map(NodeID.init(_:))
                                search.outcomes = outcomes
                                search.lateness = lateness
                                _ = try session.endedRuns(search, page: Page(after: after, limit: 5))
                                let isAll = task == nil && node == nil && outcomes.count > 1 && lateness == .onTime
                                #expect(try problems(ordered: isAll ? "carillon_past_runs" : nil) == [], "\(search)")
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("Searches for an error or of a job, and the latest runs of jobs, walk an index")
    func jobs() throws {
        var search = RunSearch()
        search.error = ErrorFingerprint(.failed, "no")
        search.task = TaskName("work 0")
        #expect(try session.endedRuns(search, page: Page()).count == 4)
        #expect(try problems() == [])
        search = RunSearch()
        search.job = JobID("job 1")
        search.outcomes = [.failed]
        #expect(try session.endedRuns(search, page: Page()).count == 1)
        #expect(try problems() == [])
        #expect(try session.latestRuns(of: try (0..<8).map { try JobID("job \($0)") }, limit: 20).count == 8)
        #expect(try problems() == [])
    }

    @Test("Texts in ids are looked for in an index that has all ids, and only jobs that contain them are looked up")
    func texts() throws {
        var filter = JobFilter()
        filter.text = "b 2"
        for (start, walked) in [(nil, "d"), (JobCursor.beginningByDue, "j")] {
            #expect(try session.jobs(filter, page: Page(after: start)).count == 1)
            let query = try #require(connection.takeQueries().first { $0.contains("instr(") })
            let details = try raw.texts("EXPLAIN QUERY PLAN \(query)", column: 3)
            #expect(query.contains("instr(\(walked).id"))
            #expect(details.contains { $0.contains(" \(walked) USING COVERING INDEX ") }, "\(details)")
        }
    }

    @Test("Counts, failures, the audit log and parts of an export are found by an index")
    func others() throws {
        for grouping in OutcomeGrouping.allCases {
            for task in [nil, TaskName("work 0")] {
                let counts = try session.outcomeCounts(
                    from: TestJobs.start, through: TestJobs.start, task: task, grouping: grouping)
                #expect(counts.reduce(0) { $0 + $1.runs } == (task == nil ? 16 : 8))
                #expect(try problems() == [])
            }
        }
        let group = try session.failures(since: .earliest, task: nil, page: Page(limit: 1))
        #expect(group.count == 1)
        _ = try session.failures(since: .earliest, task: nil, page: Page(after: group.first?.cursor, limit: 5))
        #expect(try problems() == [])
        var filters = [AuditFilter(object: .init(kind: "job", id: "a"))]
        filters.append(AuditFilter())
        filters[1].actor = "ann"
        filters.append(filters[0])
        filters[2].actor = "ann"
        for filter in filters {
            _ = try session.auditEntries(filter, page: Page(after: 5))
            #expect(try problems() == [])
        }
        for text in ["runs:1800000000000000,1,0,0,1", "reasons:1,1,1,1,1,missed,a"] {
            _ = try session.exportPart(from: TransferCursor(text: text), limit: 5)
            #expect(try problems(ordered: "carillon_open_runs") == [])
        }
    }
}

/// Ends runs of a store's jobs, one of each at a time.
struct PastRuns {
    private let store: any JobStore
    private var seconds: Int64 = 0

    init(_ store: any JobStore) throws { self.store = store }

    mutating func end(count: Int, _ outcome: Outcome) async throws {
        let now = TestJobs.start.advanced(byMicroseconds: seconds * 1_000_000)
        seconds += 60
        let tasks = Set(try (0..<2).map { try TaskName("work \($0)") })
        var pass = StorePass(now: now, node: try NodeID("node"), tasks: tasks)
        let taken = try await pass.run(on: store).taken
        #expect(taken.count == count)
        pass.completions = taken.map {
            Completion(
                run: $0.id, fence: $0.fence, finished: now,
                result: .ended(outcome, error: outcome == .failed ? "no" : nil, mayRetry: false))
        }
        _ = try await pass.run(on: store)
    }
}
