#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonTesting
import Testing

/// What a store does when its connection is cut, or an answer is lost or late.
@Suite(.timeLimit(.minutes(2))) struct ConnectionFaultTests {
    /// A store behind a proxy, with three jobs that are due, and the same store without it.
    private struct Bench {
        let schema: TestSchema
        let proxy: TestProxy
        let store: PostgreSQLJobStore
        let direct: PostgreSQLJobStore

        init(timeout: Duration = .seconds(5)) async throws {
            schema = try TestSchema()
            proxy = try TestProxy(to: try schema.port())
            direct = try await schema.open()
            store = try await PostgreSQLJobStore(
                try PostgreSQLAddress(
                    hosts: [("127.0.0.1", Int(proxy.port))], user: "carillon", password: nil, database: "postgres",
                    parameters: [("schema", schema.name), ("sslmode", "disable"), ("gssencmode", "disable")]),
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
        try await bench.schema.waitForOthers()
        #expect(try await TestJobs.firedOnceFree(bench.store) == 3)
        await bench.close()
    }

    @Test func aCommitWhoseAnswerIsLostIsNotSentAgain() async throws {
        let bench = try await Bench()
        // With the zero that ends a statement: BEGIN has READ COMMITTED.
        bench.proxy.arm(.loseAnswer, at: "COMMIT\u{0}")
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
        bench.proxy.arm(.cutBefore, at: "BEGIN ISOLATION LEVEL READ COMMITTED")
        #expect(try await TestJobs.firedOnceFree(bench.store) == 3)
        await bench.close()
    }
}
#endif
