#if MySQL
import Carillon
import CarillonMySQL
import CarillonTesting
import Synchronization
import Testing

/// Transactions that the server undoes, or that fail.
@Suite(.timeLimit(.minutes(2))) struct UndoneTests {
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
        var query = JobQuery(now: TestJobs.start)
        query.tasks = [TaskName("work")]
        query.dueLimit = 10
        let input = Planner.Input(now: TestJobs.start, node: try NodeID("node"), tasks: [TaskName("work")], slots: 10)
        let error = await #expect(throws: CarillonError.self) {
            _ = try await store.pass(query) { batch in
                try? database.endOtherSessions(than: raw.value)
                return batch.map { Planner.plan($0, input).change }
            }
        }
        #expect(error?.code == .storeUnavailable)
        #expect(try await TestJobs.firedOnceFree(store) == 3)
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
}
#endif
