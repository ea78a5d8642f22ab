#if Redis
import Carillon
import CarillonRedis
import CarillonTesting
import Testing

/// What a store does when its connection is cut, or an answer is lost or late.
@Suite(.timeLimit(.minutes(2))) struct ConnectionFaultTests {
    /// A store behind a proxy, with three jobs that are due, and the same store without it.
    private struct Bench {
        let keys: TestKeys
        let proxy: TestProxy
        let store: RedisJobStore
        let direct: RedisJobStore

        /// What a commit has, and no search: a unit's name as an argument.
        static let commit = "\r\nunit:"

        init(timeout: Duration = .seconds(5)) async throws {
            keys = try TestKeys()
            proxy = try TestProxy(to: try keys.port())
            direct = try await keys.open()
            store = try await RedisJobStore(
                try RedisAddress("redis://127.0.0.1:\(proxy.port)/0?prefix=\(keys.name)"), timeout: timeout)
            _ = try await direct.insert(try TestJobs.jobs(3))
        }

        func runs() async throws -> [Run] { try await direct.runs(RunFilter(), page: Page(limit: 100)) }

        /// Makes passes until one takes something: a pass that failed has left its marks, for a second.
        func passUntilTaken() async throws -> Int {
            let end = ContinuousClock.now + .seconds(10)
            while ContinuousClock.now < end {
                let count = try await TestJobs.untilAnswered { try await TestJobs.pass(store) }.count
                if count > 0 { return count }
            }
            return 0
        }

        func close() async throws {
            await store.close()
            await direct.close()
            proxy.close()
            try keys.removeAll()
        }
    }

    @Test func aCommitThatDidNotArriveHasWrittenNothing() async throws {
        let bench = try await Bench()
        bench.proxy.arm(.cutBefore, at: Bench.commit)
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        #expect(try await bench.runs().isEmpty)
        #expect(try await bench.passUntilTaken() == 3)
        try await bench.close()
    }

    @Test func aCommitWhoseAnswerIsLostIsNotSentAgain() async throws {
        let bench = try await Bench()
        bench.proxy.arm(.loseAnswer, at: Bench.commit)
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        // It is written, which the caller finds by looking.
        #expect(try await bench.runs().count == 3)
        #expect(try await TestJobs.pass(bench.store).isEmpty)
        #expect(try await bench.runs().count == 3)
        try await bench.close()
    }

    @Test func anAnswerThatDoesNotComeIsNotWaitedForWithoutEnd() async throws {
        let bench = try await Bench(timeout: .seconds(1))
        bench.proxy.arm(.silence, at: Bench.commit)
        let began = ContinuousClock.now
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(bench.store) }
        #expect(error?.code == .storeUnavailable)
        #expect(ContinuousClock.now - began < .seconds(3))
        // The script has run to its end.
        #expect(try await bench.runs().count == 3)
        try await bench.close()
    }

    @Test func aSearchThatIsCutIsMadeAgain() async throws {
        let bench = try await Bench()
        _ = try await TestJobs.ids(bench.store)
        bench.proxy.arm(.cutBefore, at: "ZRANGEBYLEX")
        #expect(try await TestJobs.ids(bench.store).count == 3)
        try await bench.close()
    }

    @Test func connectionsThatTheServerHasClosedCostNobodyAnError() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let keys = try TestKeys(on: server.url)
        let store = try await keys.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        try keys.raw("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        #expect(try await TestJobs.pass(store).count == 3)
        #expect(try await TestJobs.ids(store).count == 3)
        await store.close()
    }

    @Test func scriptsThatTheServerHasForgottenAreSentAgain() async throws {
        let keys = try TestKeys()
        let store = try await keys.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        try keys.raw("SCRIPT", "FLUSH")
        #expect(try await TestJobs.pass(store).count == 3)
        try keys.raw("SCRIPT", "FLUSH")
        #expect(try await TestJobs.ids(store).count == 3)
        await store.close()
        try keys.removeAll()
    }
}
#endif
