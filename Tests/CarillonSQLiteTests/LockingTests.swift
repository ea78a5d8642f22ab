import Carillon
import CarillonSQL
import CarillonTesting
import CarillonTriggers
import Testing

/// The statements for databases that lock rows one by one; SQLite, whose writers take turns, has none of them.
@Suite("Locks of rows")
struct LockingTests {
    private let connection = RecordingConnection(
        rowLocks: .forUpdate,
        answers: [
            "SELECT generation, id FROM carillon_definitions": [[.integer(7), .text("a")]],
            // There is something of every kind.
            "FROM carillon_run_notes) THEN": [
                [.null, .integer(0)] + Array(repeating: .integer(TestJobs.start.microseconds), count: 3)
            ],
            "SELECT next_due, id": [[.integer(1), .text("b"), .integer(8), .integer(1)]],
            "SELECT available, job": [[.integer(1), .text("c"), .integer(9), .integer(0)]],
            "SELECT task, priority FROM lanes": [[.text("one"), .integer(0)], [.text("two"), .integer(0)]],
            "SELECT value FROM carillon_counters WHERE name = ?": [[.integer(1)]],
        ]
    )
    private var session: SQLSession {
        SQLSession(connection, definitions: DefinitionCache(), unreadable: UnreadableJobs()) { TestJobs.start }
    }
    private var waiting: [String] {
        connection.statements.filter { $0.hasSuffix(" FOR UPDATE") }
    }
    private var skipping: [String] {
        connection.statements.filter { $0.contains("SKIP LOCKED") }
    }

    private func query() throws -> JobQuery {
        var query = JobQuery(now: TestJobs.start)
        query.tasks = [TaskName("one"), TaskName("two")]
        query.dueLimit = 5
        query.readyLimit = 5
        query.sweepsWaiting = true
        query.ids = [JobID("a")]
        return query
    }

    @Test("A pass waits for the jobs that are named first, in order, and then for nobody")
    func passing() throws {
        _ = try session.pass(try query()) { $0.map { _ in nil } }
        #expect(waiting.count == 1)
        #expect(waiting.allSatisfy { $0.contains("FROM carillon_jobs WHERE generation = ANY(?) ORDER BY generation") })
        let first = try #require(connection.statements.firstIndex { $0.contains("FOR UPDATE") })
        #expect(connection.statements[first] == waiting.first)
        #expect(skipping.count == 3)
    }

    @Test("Those that others have are passed over inside the limit of each part, so that others fill it")
    func skippingInsideTheLimit() throws {
        _ = try session.pass(try query()) { $0.map { _ in nil } }
        for table in ["next_due <= ?", "ready_task = ?", "waiting_since IS NOT NULL"] {
            let found = skipping.filter { $0.contains(table) }
            #expect(found.count == 1, "\(table)")
            // Of each part, as many as are wanted of it: here one, of one part.
            #expect(found.first?.components("LIMIT ? FOR UPDATE SKIP LOCKED") == 1, "\(table)")
        }
        // What is wanted of each is looked at first, without a lock.
        for table in ["next_due <= ?", "ready_task = ?"] {
            let look = try #require(connection.statements.first { $0.contains(table) })
            #expect(!look.contains("FOR UPDATE") && look.components("LIMIT ?") == 3, "\(look)")
        }
        // A ready run is free where its job is.
        #expect(skipping.contains { $0.contains("FROM carillon_open_runs JOIN carillon_jobs ON") })
    }

    @Test("A commit and a removal wait for whoever has their jobs, and pass over none")
    func naming() throws {
        let new = try TestJobs.job("a")
        #expect(try session.commit([JobChange(job: new.job(generation: 7))]) == [.gone])
        #expect(waiting.count == 1)
        _ = try session.remove([new.id], at: TestJobs.start)
        #expect(waiting.count == 2)
        #expect(skipping == [])
        let lock = try #require(connection.statements.firstIndex { $0.contains("FOR UPDATE") })
        let read = try #require(connection.statements.firstIndex { $0.contains("state_version") })
        #expect(lock < read)
    }

    @Test("Whoever only reads locks nothing")
    func reading() throws {
        _ = try session.find(try query())
        _ = try session.heartbeat(
            NodeReport(id: try NodeID("n"), host: "h", process: 1, processStart: 1, tasks: [TaskName("one")]),
            since: nil)
        #expect(connection.statements.filter { $0.contains("FOR UPDATE") } == [])
    }
}

extension String {
    /// How often a text is in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
