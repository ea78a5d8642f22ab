#if MySQL
import Carillon
import CarillonMySQL
import CarillonTesting
import Testing

/// What a store does when its connection is cut, or an answer is lost or late.
@Suite(.timeLimit(.minutes(2))) struct ConnectionFaultTests {
    /// A store behind a proxy, with three jobs that are due, and the same store without it.
    private struct Bench {
        let database: TestDatabase
        let proxy: TestProxy
        let store: MySQLJobStore
        let direct: MySQLJobStore

        init(timeout: Duration = .seconds(5)) async throws {
            database = try TestDatabase()
            proxy = try TestProxy(to: try database.port())
            direct = try await database.open()
            store = try await MySQLJobStore(
                try MySQLAddress("mysql://carillon@127.0.0.1:\(proxy.port)/\(database.name)?ssl-mode=disabled"),
                timeout: timeout)
            _ = try await direct.insert(try TestJobs.jobs(3))
        }

        func runs() async throws -> [Run] { try await direct.runs(RunFilter(), page: Page(limit: 100)) }

        func close() async {
            await store.close()
            await direct.close()
            proxy.close()
        }
    }

    @Test func aStatementThatDidNotArriveHasWrittenNothing() async throws {
        let bench = try await Bench()
        bench.proxy.arm(.cutBefore, at: "INSERT INTO carillon_open_runs")
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        #expect(try await bench.runs().isEmpty)
        #expect(try await TestJobs.firedOnceFree(bench.store) == 3)
        await bench.close()
    }

    @Test func aCommitWhoseAnswerIsLostIsNotSentAgain() async throws {
        let bench = try await Bench()
        // With the byte that says that it is a statement.
        bench.proxy.arm(.loseAnswer, at: "\u{3}COMMIT")
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        // It is written, which the caller finds by looking.
        #expect(try await bench.runs().count == 3)
        #expect(try await TestJobs.pass(bench.store).isEmpty)
        #expect(try await bench.runs().count == 3)
        await bench.close()
    }

    @Test func anAnswerThatDoesNotComeIsNotWaitedForWithoutEnd() async throws {
        let bench = try await Bench(timeout: .seconds(1))
        bench.proxy.arm(.silence, at: "INSERT INTO carillon_open_runs")
        let began = ContinuousClock.now
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        #expect(ContinuousClock.now - began < .seconds(8))
        // The server ends a session whose connection is gone, or that does nothing in a transaction.
        #expect(try await TestJobs.firedOnceFree(bench.store) == 3)
        await bench.close()
    }

    @Test func aConnectionThatIsCutBetweenTransactionsCostsNobodyAnError() async throws {
        let bench = try await Bench()
        bench.proxy.arm(.cutBefore, at: "START TRANSACTION")
        #expect(try await TestJobs.firedOnceFree(bench.store) == 3)
        await bench.close()
    }
}
#endif
