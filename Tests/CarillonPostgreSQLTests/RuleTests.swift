#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonSQL
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// What the store does because of how PostgreSQL behaves.
@Suite(.timeLimit(.minutes(2))) struct RuleTests {
    @Test func aHeartbeatThatWaitedIsStampedAfterItsWait() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        let report = NodeReport(
            id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [TaskName("work")], zones: "2026a")
        let first = try await store.heartbeat(report)
        let blocker = try schema.connection()
        try blocker.execute("BEGIN; SELECT 1 FROM carillon_nodes FOR UPDATE")
        let known = KnownNodes(version: first.nodesVersion, silence: 1_000_000_000)
        async let second = store.heartbeat(report, since: known)
        try await schema.waitForWaiter()
        let released = try schema.microseconds()
        try blocker.execute("ROLLBACK")
        let stamp = try await second.storeTime.microseconds
        #expect(stamp >= released)
        let stored = try schema.execute("SELECT last_heartbeat FROM carillon_nodes")
        #expect(stored == [["\(stamp)"]])
        await store.close()
    }

    @Test func aPassTakesAsManyAsAskedAndSkipsWhatIsLocked() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        _ = try await store.insert(try TestJobs.jobs(40))
        let blocker = try schema.connection()
        let locked = try blocker.execute(
            "BEGIN; SELECT id FROM carillon_jobs ORDER BY next_due, id LIMIT 5 FOR UPDATE")
        let fired = try await TestJobs.pass(store, limit: 10).map(\.job.id.description)
        #expect(fired.count == 10)
        #expect(Set(fired).isDisjoint(with: Set(locked.compactMap { $0[0] })))
        try blocker.execute("ROLLBACK")
        await store.close()
    }

    @Test func aPassOverManyTasksLocksNoMoreThanItsLimit() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        let tasks = (0..<10).map { "task-\($0)" }
        for task in tasks {
            _ = try await store.insert(try (0..<20).map { try TestJobs.job("\(task) \($0)", task: task) })
        }
        let raw = try schema.connection()
        var query = JobQuery(now: TestJobs.start)
        query.tasks = Set(try tasks.map { try TaskName($0) })
        query.dueLimit = 30
        let free = Mutex<String?>(nil)
        let blocker = SendableBox(raw)
        _ = try await store.pass(query) { batch in
            let rows = try? blocker.value.execute(
                "SELECT count(*) FROM (SELECT 1 FROM carillon_jobs FOR UPDATE SKIP LOCKED) AS free")
            free.withLock { $0 = rows?.first?.first ?? nil }
            return batch.map { _ in nil }
        }
        #expect(free.withLock { $0 } == "170")
        await store.close()
    }

    @Test func aJobThatWasAddedAnewDuringTheWaitIsNotGone() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        _ = try await store.insert([try TestJobs.job("a")])
        let blocker = try schema.connection()
        try blocker.execute("BEGIN; SELECT 1 FROM carillon_jobs FOR UPDATE")
        async let removed = store.remove([JobID("a")], at: TestJobs.start)
        try await schema.waitForWaiter()
        try blocker.execute(
            """
            UPDATE carillon_jobs SET generation = generation + 1000;
            UPDATE carillon_definitions SET generation = generation + 1000;
            COMMIT
            """)
        #expect(try await removed == [true])
        #expect(try await TestJobs.ids(store).isEmpty)
        await store.close()
    }

    @Test(arguments: ["40001", "40P01"])
    func aTransactionThatWasUndoneIsPlannedAnew(_ state: String) async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        try schema.failUpdates(of: "carillon_jobs", with: state, times: 2)
        let plans = Mutex(0)
        var query = JobQuery(now: TestJobs.start)
        query.tasks = [TaskName("work")]
        query.dueLimit = 10
        let input = Planner.Input(now: TestJobs.start, node: try NodeID("node"), tasks: [TaskName("work")], slots: 10)
        let result = try await store.pass(query) { batch in
            plans.withLock { $0 += 1 }
            return batch.map { Planner.plan($0, input).change }
        }
        #expect(result.statuses == [.accepted, .accepted, .accepted])
        #expect(plans.withLock { $0 } == 3)
        #expect(try await store.runs(RunFilter(), page: Page(limit: 10)).count == 3)
        await store.close()
    }

    @Test func aTransactionThatIsUndoneAgainAndAgainIsGivenUp() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        _ = try await store.insert(try TestJobs.jobs(1))
        try schema.failUpdates(of: "carillon_jobs", with: "40001", times: 1_000_000)
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(store) }
        #expect(error?.code == .storeUnavailable)
        #expect(try await store.runs(RunFilter(), page: Page(limit: 10)).isEmpty)
        await store.close()
    }

    @Test func aConnectionThatEndsInAPassCostsThatPassAlone() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        let raw = SendableBox(try schema.connection())
        var query = JobQuery(now: TestJobs.start)
        query.tasks = [TaskName("work")]
        query.dueLimit = 10
        let input = Planner.Input(now: TestJobs.start, node: try NodeID("node"), tasks: [TaskName("work")], slots: 10)
        let error = await #expect(throws: CarillonError.self) {
            _ = try await store.pass(query) { batch in
                _ = try? raw.value.execute(
                    """
                    SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks AS l
                    WHERE l.relation = 'carillon_jobs'::regclass AND l.mode = 'RowShareLock'
                    """)
                return batch.map { Planner.plan($0, input).change }
            }
        }
        #expect(error?.code == .storeUnavailable)
        #expect(try await TestJobs.pass(store).count == 3)
        await store.close()
    }

    @Test func successIsWhatCommitAnswers() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let connection = try PostgreSQLConnection(try schema.address())
        try connection.begin(connection.dialect.beginWriting)
        #expect(throws: CarillonError.self) { try connection.execute("SELECT 1 / 0", []) }
        let error = #expect(throws: CarillonError.self) { try connection.commit() }
        #expect(error?.reason.contains("has rolled back") == true)
        try connection.begin(connection.dialect.beginWriting)
        try connection.commit()
        connection.close()
    }

    @Test func aStatementOlderThanItsTableIsPreparedAnew() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        try schema.execute("CREATE TABLE changing (a BIGINT); INSERT INTO changing VALUES (1)")
        let connection = try PostgreSQLConnection(try schema.address())
        func count() throws -> Int {
            var count = 0
            try connection.query("SELECT * FROM changing", []) { _ in count += 1 }
            return count
        }
        for _ in 0..<3 { #expect(try count() == 1) }
        try schema.execute("ALTER TABLE changing ADD COLUMN b BIGINT")
        #expect(try count() == 1)
        #expect(try count() == 1)
        // In a transaction, which the error has ended, it is for the caller to begin anew.
        try schema.execute("ALTER TABLE changing ADD COLUMN c BIGINT")
        try connection.begin(connection.dialect.beginWriting)
        #expect(throws: CarillonError.self) { try count() }
        #expect(connection.wasUndone)
        try connection.rollback()
        try connection.begin(connection.dialect.beginWriting)
        #expect(try count() == 1)
        try connection.commit()
        connection.close()
    }

    @Test func eachTransactionSetsItsOwnIsolationAndLimits() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let connection = try PostgreSQLConnection(try schema.address(), timeout: .seconds(5))
        func setting(_ name: String) throws -> String {
            var value = ""
            try connection.query("SELECT current_setting(?)", [.text(name)]) { (row) throws(CarillonError) in
                value = (try? row.text(0)) ?? ""
            }
            return value
        }
        #expect(try setting("transaction_isolation") == "repeatable read", "the server's own default")
        try connection.begin(connection.dialect.beginWriting)
        #expect(try setting("transaction_isolation") == "read committed")
        #expect(try setting("statement_timeout") == "4500ms")
        #expect(try setting("lock_timeout") == "4s")
        #expect(try setting("idle_in_transaction_session_timeout") == "10s")
        try connection.commit()
        #expect(try setting("statement_timeout") == "0")
        connection.close()
    }

    @Test func aStoreBehindAPoolerKeepsNothingInItsSession() async throws {
        let server = try TestServer.url()
        let prefix = "p\(String(UInt32.random(in: 0 ... .max), radix: 36))_"
        let address = try PostgreSQLAddress("\(server)?pooler=transaction&prefix=\(prefix)")
        let store = try await PostgreSQLJobStore(address)
        defer { try? RawDatabase(server).dropTables(prefix) }
        _ = try await store.insert(try TestJobs.jobs(3))
        #expect(try await TestJobs.pass(store).count == 3)
        let connection = try PostgreSQLConnection(address)
        var prepared: [Int64] = []
        for _ in 0..<4 {
            prepared = []
            try connection.query("SELECT count(*) FROM pg_prepared_statements", []) { (row) throws(CarillonError) in
                prepared.append((try? row.integer(0)) ?? -1)
            }
        }
        #expect(prepared == [0])
        connection.close()
        await store.close()
    }

    @Test func twoNodesClaimEachJobOnce() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let tasks = (0..<10).map { "task-\($0)" }
        let stores = [try await schema.open(), try await schema.open()]
        for task in tasks {
            _ = try await stores[0].insert(try (0..<100).map { try TestJobs.job("\(task) \($0)", task: task) })
        }
        var fired: [[JobID]] = [[], []]
        // Both at once, again and again: each gets its 25 as long as there are 50.
        for _ in 0..<25 {
            async let first = TestJobs.pass(stores[0], node: "node-0", limit: 25, tasks: Set(tasks))
            async let second = TestJobs.pass(stores[1], node: "node-1", limit: 25, tasks: Set(tasks))
            fired[0] += try await first.map(\.job.id)
            fired[1] += try await second.map(\.job.id)
        }
        #expect(fired.map(\.count).reduce(0, +) == 1000)
        #expect(Set(fired.joined()).count == 1000)
        // Neither is starved: an even share is 500.
        #expect(fired.allSatisfy { $0.count >= 250 }, "\(fired.map(\.count))")
        for store in stores { await store.close() }
    }

    @Test func storesThatOpenANewDatabaseAtOnceDoNotCollide() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { try await schema.open().close() } }
            try await group.waitForAll()
        }
        let count = try schema.execute("SELECT count(*) FROM carillon_migrations")
        #expect(count == [["\(SQLMigration.all.count)"]])
    }

    @Test func jobsOfSeveralSessionsAreAddedSideBySide() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        // Another session has drawn a generation and has not committed.
        let other = try schema.connection()
        try other.execute("BEGIN; SELECT nextval('carillon_generations')")
        _ = try await store.insert([try TestJobs.job("a")])
        #expect(try await TestJobs.ids(store) == ["a"])
        try other.execute("ROLLBACK")
        await store.close()
    }
}
#endif
