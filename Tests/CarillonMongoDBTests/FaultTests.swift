#if MongoDB
import Carillon
import CarillonMongoDB
import CarillonTesting
import Foundation
import Testing

/// What a store does when its server is away or silent.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FaultTests {
    @Test func aServerThatStartsAgainIsFoundByItself() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await MongoJobStore(url: server.url)
        _ = try await store.insert([try TestJobs.job("before")])
        try server.crash()
        for _ in 0..<3 {
            let error = await #expect(throws: CarillonError.self) { try await TestJobs.ids(store) }
            #expect(error?.code == .storeUnavailable)
        }
        try server.startAgain()
        #expect(try await TestJobs.untilAnswered { try await TestJobs.ids(store) } == ["before"])
        _ = try await TestJobs.untilAnswered { try await store.insert([try TestJobs.job("after")]) }
        #expect(try await TestJobs.ids(store) == ["after", "before"])
        await store.close()
    }

    @Test func aServerThatDiesInAPassHasWrittenNothing() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await MongoJobStore(url: server.url)
        _ = try await store.insert(try TestJobs.jobs(10))
        var query = JobQuery(now: TestJobs.start)
        query.dueLimit = 100
        let asked = query
        let input = Planner.Input(now: TestJobs.start, node: try NodeID("node"), tasks: [TaskName("work")], slots: 100)
        let error = await #expect(throws: CarillonError.self) {
            _ = try await store.pass(asked) { batch in
                try? server.crash()
                return batch.map { Planner.plan($0, input).change }
            }
        }
        #expect(error?.code == .storeUnavailable)
        try server.startAgain()
        let runs = try await TestJobs.untilAnswered { try await store.runs(RunFilter(), page: Page(limit: 100)) }
        #expect(runs.isEmpty)
        await store.close()
    }

    @Test func aFrozenServerIsNoticedWithinTheTimeLimit() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await MongoJobStore(try MongoAddress(server.url), timeout: .seconds(1))
        _ = try await store.insert([try TestJobs.job("before")])
        try server.freeze()
        let began = ContinuousClock.now
        let error = await #expect(throws: CarillonError.self) {
            _ = try await store.insert([try TestJobs.job("during")])
        }
        #expect(ContinuousClock.now - began < .seconds(4))
        #expect(error?.code == .storeUnavailable)
        try server.thaw()
        _ = try await TestJobs.untilAnswered { try await store.insert([try TestJobs.job("after")]) }
        // What was given up may have been done nevertheless.
        #expect(Set(try await TestJobs.ids(store)).isSuperset(of: ["before", "after"]))
        await store.close()
    }

    @Test func aServerThatHasGoneEndsNoProgram() async throws {
        var action = sigaction()
        sigaction(SIGPIPE, nil, &action)
        // The test means nothing if the process ignores the signal.
        try #require(action.__sigaction_handler.sa_handler == nil)
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await MongoJobStore(url: server.url)
        try server.freeze()
        // More than the socket takes at once, so that the client writes again after the connection was reset.
        let entry = AuditEntry(
            actor: "me", time: TestJobs.start, action: "modify", object: .job(JobID("a")),
            before: [UInt8](repeating: 32, count: 60_000), after: [UInt8](repeating: 32, count: 60_000))
        let appending = Task { try await store.append(Array(repeating: entry, count: 100)) }
        try server.crash()
        let error = await #expect(throws: CarillonError.self) { _ = try await appending.value }
        #expect(error?.code == .storeUnavailable)
        await store.close()
    }

    @Test func aServerThatIsNotThereIsSaid() async throws {
        let server = try OwnServer()
        try server.stop()
        let error = await #expect(throws: CarillonError.self) { try await MongoJobStore(url: server.url) }
        #expect(error?.code == .storeUnavailable)
        withExtendedLifetime(server) {}
    }
}
#endif
