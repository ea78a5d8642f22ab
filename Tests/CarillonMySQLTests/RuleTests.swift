#if MySQL
import Carillon
import CarillonMySQL
import CarillonSQL
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// What the store does because of how MySQL and MariaDB behave.
@Suite(.timeLimit(.minutes(2))) struct RuleTests {
    @Test func namesAreComparedAsBytes() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let ids = ["job", "job ", "JOB", "jöb", "jób"]
        #expect(try await store.insert(try ids.map { try TestJobs.job($0) }).allSatisfy { $0 != nil })
        #expect(Set(try await TestJobs.ids(store)) == Set(ids))
        #expect(try await store.remove([JobID("job ")], at: TestJobs.start) == [true])
        #expect(try await TestJobs.ids(store).contains("job"))
        await store.close()
    }

    @Test func aPassReadsEachTaskInOrderOfItsIndex() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        for task in 0..<3 {
            _ = try await store.insert(try (0..<500).map { try TestJobs.job("\(task) \($0)", task: "task-\(task)") })
        }
        try database.execute("ANALYZE TABLE carillon_jobs")
        let part = """
            SELECT next_due, id, generation FROM carillon_jobs
            WHERE state = 0 AND task = 'task-1' AND next_due <= 1800000060000000 ORDER BY next_due, id LIMIT 100
            FOR UPDATE SKIP LOCKED
            """
        let plan = try database.execute("EXPLAIN \(part)")
        #expect(plan.count == 1)
        let text = plan.joined().compactMap(\.self).joined(separator: " ")
        #expect(text.contains("range carillon_jobs_due") || text.contains("carillon_jobs_due"), "\(text)")
        #expect(!text.contains("filesort"), "\(text)")
        await store.close()
    }

    @Test func aHeartbeatThatWaitedIsStampedAfterItsWait() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let report = NodeReport(
            id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [TaskName("work")], zones: "2026a")
        let first = try await store.heartbeat(report)
        let blocker = try database.connection()
        try blocker.execute("BEGIN; SELECT 1 FROM carillon_nodes FOR UPDATE")
        let known = KnownNodes(version: first.nodesVersion, silence: 1_000_000_000)
        async let second = store.heartbeat(report, since: known)
        try await database.waitForWaiter()
        // Longer than a stamp may wait without being written again.
        try blocker.execute("DO SLEEP(0.2)")
        let released = try database.microseconds()
        try blocker.execute("ROLLBACK")
        let stamp = try await second.storeTime.microseconds
        #expect(stamp >= released)
        #expect(try database.execute("SELECT last_heartbeat FROM carillon_nodes") == [["\(stamp)"]])
        await store.close()
    }

    @Test func theClockIsInUTCWhateverTheZoneOfTheServer() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let zone = try database.execute("SELECT @@GLOBAL.time_zone")
        #expect(zone == [["+05:30"]])
        let store = try await database.open()
        let report = NodeReport(id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [], zones: "2026a")
        let told = try await store.heartbeat(report).storeTime
        // The server is on this machine.
        #expect(abs(told.microseconds - SystemClock().now.microseconds) < 60_000_000)
        await store.close()
    }

    @Test func noTableHasAUniqueIndexBesideItsKey() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try await database.open().close()
        let unique = try database.execute(
            """
            SELECT table_name, index_name FROM information_schema.statistics
            WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY'
            """)
        #expect(unique.isEmpty)
        let without = try database.execute(
            """
            SELECT table_name FROM information_schema.tables AS t WHERE table_schema = DATABASE() AND (
                engine <> 'InnoDB' OR NOT EXISTS (
                    SELECT 1 FROM information_schema.statistics AS s WHERE s.table_schema = t.table_schema
                    AND s.table_name = t.table_name AND s.index_name = 'PRIMARY'))
            """)
        #expect(without.isEmpty)
    }

    @Test func aPassTakesAsManyAsAskedAndSkipsWhatIsLocked() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert(try TestJobs.jobs(40))
        let blocker = try database.connection()
        let locked = try blocker.execute("BEGIN; SELECT id FROM carillon_jobs ORDER BY next_due, id LIMIT 5 FOR UPDATE")
        let fired = try await TestJobs.pass(store, limit: 10).map(\.job.id.description)
        #expect(fired.count == 10)
        #expect(Set(fired).isDisjoint(with: Set(locked.compactMap { $0[0] })))
        try blocker.execute("ROLLBACK")
        await store.close()
    }

    @Test func aPassOverManyTasksLocksNoMoreThanItsLimit() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let tasks = (0..<10).map { "task-\($0)" }
        for task in tasks {
            _ = try await store.insert(try (0..<20).map { try TestJobs.job("\(task) \($0)", task: task) })
        }
        var query = JobQuery(now: TestJobs.start)
        query.tasks = Set(try tasks.map { try TaskName($0) })
        query.dueLimit = 30
        let free = Mutex<String?>(nil)
        let raw = SendableBox(try database.connection())
        _ = try await store.pass(query) { batch in
            let rows = try? raw.value.execute(
                "SELECT count(*) FROM (SELECT 1 FROM carillon_jobs FOR UPDATE SKIP LOCKED) AS free")
            free.withLock { $0 = rows?.first?.first ?? nil }
            return batch.map { _ in nil }
        }
        #expect(free.withLock { $0 } == "170")
        await store.close()
    }

    @Test func aJobThatWasAddedAnewDuringTheWaitIsNotGone() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert([try TestJobs.job("a")])
        let blocker = try database.connection()
        try blocker.execute("BEGIN; SELECT 1 FROM carillon_jobs FOR UPDATE")
        async let removed = store.remove([JobID("a")], at: TestJobs.start)
        try await database.waitForWaiter()
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

    // MARK: Undone transactions

    @Test(arguments: [1213, 1020])
    func aTransactionThatWasUndoneIsPlannedAnew(_ number: Int) async throws {
        let (plans, statuses, runs) = try await passWithFailures(number, times: 2)
        #expect(plans == 3)
        #expect(statuses == [.accepted, .accepted, .accepted])
        #expect(runs == 3)
    }

    /// Each such wait takes most of the time that there is.
    @Test func aWaitForALockThatTookTooLongIsTriedOnceMore() async throws {
        let (plans, statuses, runs) = try await passWithFailures(1205, times: 1)
        #expect(plans == 2)
        #expect(statuses == [.accepted, .accepted, .accepted])
        #expect(runs == 3)
        let (attempts, refused, written) = try await passWithFailures(1205, times: 1_000_000)
        #expect(attempts == 2)
        #expect(refused == nil)
        #expect(written == 0)
    }

    @Test func aTransactionThatIsUndoneAgainAndAgainIsGivenUp() async throws {
        let (plans, statuses, runs) = try await passWithFailures(1213, times: 1_000_000)
        #expect(plans == 10)
        #expect(statuses == nil)
        #expect(runs == 0)
    }

    /// Some errors undo their statement alone.
    @Test(arguments: [1969, 1644])
    func aTransactionIsRolledBackAfterEveryError(_ number: Int) async throws {
        let (plans, statuses, runs) = try await passWithFailures(number, times: 1_000_000)
        #expect(plans == 1)
        #expect(statuses == nil)
        #expect(runs == 0)
    }

    /// Makes a pass over three jobs whose first updates fail. Returns how often it was planned, what was done, and the
    /// number of runs; no locks are left.
    private func passWithFailures(
        _ number: Int, times: Int
    ) async throws -> (plans: Int, statuses: [CommitStatus?]?, runs: Int) {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        try database.failUpdates(of: "carillon_jobs", with: number, times: times)
        let plans = Mutex(0)
        var query = JobQuery(now: TestJobs.start)
        query.tasks = [TaskName("work")]
        query.dueLimit = 10
        let input = Planner.Input(now: TestJobs.start, node: try NodeID("node"), tasks: [TaskName("work")], slots: 10)
        var statuses: [CommitStatus?]?
        do throws(CarillonError) {
            statuses = try await store.pass(query) { batch in
                plans.withLock { $0 += 1 }
                return batch.map { Planner.plan($0, input).change }
            }.statuses
        } catch {
            #expect(error.code == (number == 1644 ? .storeFailed : .storeUnavailable), "\(error)")
        }
        try database.execute("SELECT 1 FROM carillon_jobs FOR UPDATE NOWAIT")
        let runs = try await store.runs(RunFilter(), page: Page(limit: 10)).count
        await store.close()
        return (plans.withLock { $0 }, statuses, runs)
    }

    @Test func aConnectionThatEndsInAPassCostsThatPassAlone() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        let raw = SendableBox(try database.connection())
        let name = database.name
        var query = JobQuery(now: TestJobs.start)
        query.tasks = [TaskName("work")]
        query.dueLimit = 10
        let input = Planner.Input(now: TestJobs.start, node: try NodeID("node"), tasks: [TaskName("work")], slots: 10)
        let error = await #expect(throws: CarillonError.self) {
            _ = try await store.pass(query) { batch in
                let sessions = try? raw.value.execute(
                    """
                    SELECT p.id FROM information_schema.innodb_trx AS t
                    JOIN information_schema.processlist AS p ON p.id = t.trx_mysql_thread_id WHERE p.db = '\(name)'
                    """)
                for case let session?? in (sessions ?? []).map(\.first) { _ = try? raw.value.execute("KILL \(session)") }
                return batch.map { Planner.plan($0, input).change }
            }
        }
        #expect(error?.code == .storeUnavailable)
        #expect(try await TestJobs.untilAnswered { try await TestJobs.pass(store) }.count == 3)
        await store.close()
    }

    @Test func everySessionHasItsOwnSettingsAndLimits() throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let connection = try MySQLConnection(try database.address())
        func setting(_ name: String) throws -> String {
            var value = ""
            try connection.query("SELECT CAST(@@\(name) AS BINARY)", []) { (row) throws(CarillonError) in
                value = (try? row.text(0)) ?? ""
            }
            return value
        }
        #expect(try setting("GLOBAL.tx_isolation") == "SERIALIZABLE", "the server's own default")
        #expect(try setting("SESSION.tx_isolation") == "READ-COMMITTED")
        #expect(try setting("SESSION.time_zone") == "+00:00")
        #expect(try setting("SESSION.max_statement_time") == "4.500000")
        #expect(try setting("SESSION.innodb_lock_wait_timeout") == "4")
        #expect(try setting("SESSION.idle_transaction_timeout") == "10")
        #expect(try setting("SESSION.sql_mode").contains("STRICT_ALL_TABLES"))
        // The last value holds a transaction to one moment, and the next one is as before.
        try connection.begin(connection.dialect.beginReading)
        try connection.commit()
        #expect(try setting("SESSION.tx_isolation") == "READ-COMMITTED")
        connection.close()
    }

    // MARK: Writes

    @Test func rowsThatAreWrittenAreTold() throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try database.execute("CREATE TABLE carillon_trial (a VARBINARY(1000) PRIMARY KEY, b BIGINT, c LONGBLOB)")
        let connection = try MySQLConnection(try database.address())
        func rows(_ values: [[SQLValue]]) -> SQLRows {
            var rows = SQLRows(width: values[0].count)
            for row in values { rows.append(contentsOf: row) }
            return rows
        }
        let columns = ["a", "b", "c"]
        let insertion = SQLWrite(.insertUnlessTaken, "carillon_trial", columns: columns, key: ["a"])
        let odd = "é\u{0}\"\\' \u{1F600}"
        let bytes = SQLValue.bytes([0, 255, 10])
        try connection.begin(connection.dialect.beginWriting)
        let first: [[SQLValue]] = [
            [.text("a"), .integer(.min), bytes], [.text("b"), .integer(.max), .null], [.text(odd), .null, .bytes([])],
        ]
        #expect(try connection.write(insertion, rows(first)) == [true, true, true])
        // The first of two with one key is inserted, and what is there stays.
        let again: [[SQLValue]] = [
            [.text("b"), .integer(1), .null], [.text("d"), .integer(2), .null], [.text("d"), .integer(3), .null],
        ]
        #expect(try connection.write(insertion, rows(again)) == [false, true, false])
        #expect(try connection.write(insertion, rows([[.text("b"), .null, .null]])) == [false])
        var read: [SQLValue: [SQLValue]] = [:]
        try connection.query("SELECT a, b, c FROM carillon_trial", []) { (row) throws(CarillonError) in
            let cells = [SQLValue(try? row.integer(1)), SQLValue(try? row.optionalBytes(2).flatMap(\.self))]
            read[.text((try? row.text(0)) ?? "?")] = cells
        }
        #expect(read[.text("a")] == [.integer(.min), bytes])
        #expect(read[.text("b")] == [.integer(.max), .null])
        #expect(read[.text(odd)] == [.null, .bytes([])])
        #expect(read[.text("d")]?.first == .integer(2))
        // Equal values count as written.
        let update = SQLWrite(.update, "carillon_trial", columns: ["b"], key: ["a"])
        let same: [[SQLValue]] = [[.integer(2), .text("d")], [.integer(.max), .text("b")]]
        #expect(try connection.write(update, rows(same)) == [true, true])
        #expect(try connection.write(update, rows([same[0]])) == [true])
        #expect(try connection.write(update, rows(same + [[.integer(1), .text("z")]])) == [true, true, false])
        let sums = SQLWrite(.update, "carillon_trial", columns: ["b"], key: ["a"], sums: ["b"])
        #expect(try connection.write(sums, rows([[.integer(5), .text("z")], [.integer(5), .text("d")]])) == [false, true])
        #expect(try connection.write(sums, rows([[.integer(5), .text("d")]])) == [true])
        // A guard that is written, too.
        let turn = SQLWrite(.update, "carillon_trial", columns: ["b"], key: ["a", "b"])
        let turned: [[SQLValue]] = [
            [.integer(13), .text("d"), .integer(12)], [.integer(1), .text("b"), .integer(99)],
        ]
        #expect(try connection.write(turn, rows(turned)) == [true, false])
        let upsert = SQLWrite(.upsert, "carillon_trial", columns: columns, key: ["a"])
        _ = try connection.write(upsert, rows([[.text("d"), .integer(20), bytes], [.text("e"), .integer(21), .null]]))
        let deletion = SQLWrite(.delete, "carillon_trial", key: ["a"])
        #expect(try connection.write(deletion, rows([[.text("d")], [.text("e")], [.text("z")]])).count { $0 } == 2)
        #expect(try connection.write(deletion, rows([[.text("z")]])) == [false])
        try connection.commit()
        #expect(try database.execute("SELECT count(*) FROM carillon_trial") == [["3"]])
        connection.close()
    }

    @Test func aLongValueIsSentAsItIs() throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try database.execute("CREATE TABLE carillon_trial (a BIGINT PRIMARY KEY, b LONGBLOB)")
        let connection = try MySQLConnection(try database.address())
        let long = [UInt8](repeating: 7, count: 9 << 20)
        var rows = SQLRows(width: 2)
        for (number, value) in [[1], long, [2]].enumerated() {
            rows.append(Int64(number))
            rows.append(value)
        }
        try connection.begin(connection.dialect.beginWriting)
        let insertion = SQLWrite(.insert, "carillon_trial", columns: ["a", "b"])
        #expect(try connection.write(insertion, rows) == [true, true, true])
        try connection.commit()
        var read: [UInt8] = []
        try connection.query("SELECT b FROM carillon_trial WHERE a = 1", []) { row in read = (try? row.bytes(0)) ?? [] }
        #expect(read == long)
        connection.close()
    }

    @Test func statementsDoNotGrowWithTheJobs() throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try database.execute("CREATE TABLE carillon_trial (a BIGINT PRIMARY KEY, b BIGINT)")
        let connection = try MySQLConnection(try database.address())
        func sent(_ count: Int, from first: Int) throws -> Int {
            let before = try questions(connection)
            var rows = SQLRows(width: 2)
            for number in first..<first + count { rows.append(contentsOf: [.integer(Int64(number)), .integer(1)]) }
            _ = try connection.write(SQLWrite(.insert, "carillon_trial", columns: ["a", "b"]), rows)
            return try questions(connection) - before
        }
        _ = try sent(2, from: 0)
        #expect(try sent(10, from: 10) == (try sent(1000, from: 1000)))
        connection.close()
    }

    private func questions(_ connection: MySQLConnection) throws -> Int {
        var count = 0
        try connection.query(
            """
            SELECT CAST(variable_value AS SIGNED) FROM information_schema.session_status
            WHERE variable_name = 'COM_STMT_EXECUTE'
            """, []
        ) { row in count = Int((try? row.integer(0)) ?? 0) }
        return count
    }

    // MARK: Several nodes

    @Test func twoNodesClaimEachJobOnce() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let tasks = (0..<10).map { "task-\($0)" }
        let stores = [try await database.open(), try await database.open()]
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

    @Test func jobsOfSeveralSessionsAreAddedSideBySide() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        // Another session has drawn a generation and has not committed.
        let other = try database.connection()
        try other.execute("BEGIN; INSERT INTO carillon_generations () VALUES ()")
        _ = try await store.insert([try TestJobs.job("a")])
        #expect(try await TestJobs.ids(store) == ["a"])
        try other.execute("ROLLBACK")
        await store.close()
    }

    @Test func sessionsThatAddOneIdAtOnceAddItOnce() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        var stores: [MySQLJobStore] = []
        for _ in 0..<4 { stores.append(try await database.open()) }
        for round in 0..<20 {
            let added = try await withThrowingTaskGroup(of: Int.self) { group in
                for store in stores {
                    group.addTask {
                        let jobs = try (0..<5).map { try TestJobs.job("\(round) \($0)") }
                        return try await store.insert(jobs).count { $0 != nil }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(added == 5)
        }
        #expect(try await TestJobs.ids(stores[0]).count == 100)
        for store in stores { await store.close() }
    }

    @Test func generationsRiseAboveImportedOnes() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let first = try #require(try await store.insert([try TestJobs.job("a")]).first.flatMap(\.self))
        let imported = try TestJobs.job("b").job(generation: first.generation + 1_234_567)
        _ = try await store.importItems([.job(JobSnapshot(job: imported))])
        let next = try await store.insert(try (0..<1500).map { try TestJobs.job("c \($0)") }).compactMap { $0?.generation }
        #expect(next.count == 1500)
        #expect(Set(next).count == 1500)
        #expect(try #require(next.min()) > imported.generation)
        await store.close()
    }
}
#endif
