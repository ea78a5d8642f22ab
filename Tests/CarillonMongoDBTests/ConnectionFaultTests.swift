#if MongoDB
import Carillon
import CarillonMongoDB
import CarillonTesting
import Testing

/// What a store does when its connection is cut, or an answer is lost or late.
@Suite(.timeLimit(.minutes(2))) struct ConnectionFaultTests {
    /// A store behind a proxy, with three jobs that are due, and the same store without it.
    private struct Bench {
        let collections: TestCollections
        let proxy: TestProxy
        let store: MongoJobStore
        let direct: MongoJobStore

        /// What the change of a job has, and no search.
        static let change = "findAndModify"

        init(timeout: Duration = .seconds(5)) async throws {
            collections = try TestCollections()
            proxy = try TestProxy(to: try collections.port())
            direct = try await collections.open()
            _ = try await direct.insert(try TestJobs.jobs(3))
            store = try await MongoJobStore(
                try MongoAddress("mongodb://127.0.0.1:\(proxy.port)/carillon?prefix=\(collections.name)"),
                timeout: timeout)
        }

        func runs() async throws -> [Run] { try await direct.runs(RunFilter(), page: Page(limit: 100)) }

        func close() async throws {
            await store.close()
            await direct.close()
            proxy.close()
            try collections.removeAll()
        }
    }

    @Test func aChangeThatDidNotArriveHasWrittenNothing() async throws {
        let bench = try await Bench()
        bench.proxy.arm(.cutBefore, at: Bench.change)
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        #expect(try await bench.runs().isEmpty)
        #expect(try await TestJobs.untilAnswered { try await TestJobs.pass(bench.store) }.count == 3)
        try await bench.close()
    }

    @Test func aChangeWhoseAnswerIsLostIsNotSentAgain() async throws {
        let bench = try await Bench()
        bench.proxy.arm(.loseAnswer, at: Bench.change)
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        // It is written, which the caller finds by looking; those behind it were not sent.
        #expect(try await bench.runs().count == 1)
        #expect(try await TestJobs.untilAnswered { try await TestJobs.pass(bench.store) }.count == 2)
        #expect(try await bench.runs().count == 3)
        try await bench.close()
    }

    @Test func anAnswerThatDoesNotComeIsNotWaitedForWithoutEnd() async throws {
        let bench = try await Bench(timeout: .seconds(1))
        bench.proxy.arm(.silence, at: Bench.change)
        let began = ContinuousClock.now
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        #expect(ContinuousClock.now - began < .seconds(4))
        try await bench.close()
    }

    @Test func aSearchThatIsCutIsMadeAgain() async throws {
        let bench = try await Bench()
        _ = try await TestJobs.ids(bench.store)
        bench.proxy.arm(.cutBefore, at: "projection")
        #expect(try await TestJobs.ids(bench.store).count == 3)
        try await bench.close()
    }
}
#endif
