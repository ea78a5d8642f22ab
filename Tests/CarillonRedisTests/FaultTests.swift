#if Redis
import Carillon
import CarillonRedis
import CarillonTesting
import Foundation
import Testing

/// What a store does when its server is away, silent or unwilling.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FaultTests {
    @Test func aServerThatStartsAgainIsFoundByItself() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await RedisJobStore(url: server.url)
        let before = try #require(try await store.insert([try TestJobs.job("before")])[0])
        try server.crash()
        for _ in 0..<3 {
            let error = await #expect(throws: CarillonError.self) { try await TestJobs.ids(store) }
            #expect(error?.code == .storeUnavailable)
        }
        try server.startAgain()
        #expect(try await TestJobs.untilAnswered { try await TestJobs.ids(store) } == ["before"])
        let added = try await TestJobs.untilAnswered { try await store.insert([try TestJobs.job("after")]) }
        let after = try #require(added[0])
        #expect(try await TestJobs.ids(store) == ["after", "before"])
        // What was acknowledged may be lost by the crash, so no number is given again.
        let floor = try await store.find(Self.query("after")).first?.fenceFloor ?? 0
        #expect(floor > 0)
        #expect(after.generation > floor && floor > before.generation)
        await store.close()
    }

    private static func query(_ id: String) throws -> JobQuery {
        var query = JobQuery(now: TestJobs.start)
        query.ids = [try JobID(id)]
        return query
    }

    @Test func aServerThatDiesInAPassHasWrittenNothing() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await RedisJobStore(url: server.url)
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
        let store = try await RedisJobStore(try RedisAddress(server.url), timeout: .seconds(1))
        _ = try await store.insert([try TestJobs.job("before")])
        try server.freeze()
        let began = ContinuousClock.now
        let error = await #expect(throws: CarillonError.self) {
            _ = try await store.insert([try TestJobs.job("during")])
        }
        #expect(ContinuousClock.now - began < .seconds(3))
        #expect(error?.code == .storeUnavailable)
        try server.thaw()
        _ = try await TestJobs.untilAnswered { try await store.insert([try TestJobs.job("after")]) }
        // What was given up may have been done nevertheless.
        #expect(Set(try await TestJobs.ids(store)).isSuperset(of: ["before", "after"]))
        await store.close()
    }

    @Test func aServerWithoutMemoryWritesNothingOfAChange() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let keys = try TestKeys(on: server.url)
        let store = try await keys.open()
        _ = try await store.insert(try TestJobs.jobs(3))
        try keys.raw("CONFIG", "SET", "maxmemory", "1")
        let found = try await store.find(Self.query("job 0"))
        let snapshot = try #require(found.first)
        let change = snapshot.ranNow(at: TestJobs.start)
        let error = await #expect(throws: CarillonError.self) { try await store.commit([change]) }
        #expect(error?.code == .storeFull)
        #expect(try await store.runs(RunFilter(), page: Page()).isEmpty)
        #expect(try await store.find(Self.query("job 0")) == found)
        try keys.raw("CONFIG", "SET", "maxmemory", "0")
        #expect(try await store.commit([change]) == [.accepted])
        await store.close()
    }

    @Test func aServerThatMayDropKeysIsRefused() async throws {
        let server = try OwnServer(["maxmemory-policy=allkeys-lru"])
        defer { withExtendedLifetime(server) {} }
        let error = await #expect(throws: CarillonError.self) { try await RedisJobStore(url: server.url) }
        #expect(error?.code == .unsupported)
        #expect(error?.reason.contains("noeviction") == true)
    }

    @Test func aServerThatIsNotThereIsSaid() async throws {
        let server = try OwnServer()
        try server.stop()
        let error = await #expect(throws: CarillonError.self) { try await RedisJobStore(url: server.url) }
        #expect(error?.code == .storeUnavailable)
        withExtendedLifetime(server) {}
    }

    @Test func aWrongPasswordIsSaidAndNotShown() async throws {
        let keys = try TestKeys()
        defer { _ = try? keys.raw("ACL", "DELUSER", keys.name) }
        try keys.raw(
            "ACL", "SETUSER", keys.name, "on", ">right", "~{\(keys.name)}:*", "&{\(keys.name)}:*", "+@all",
            "-@dangerous", "+info")
        let error = await #expect(throws: CarillonError.self) {
            try await RedisJobStore(url: keys.url(user: keys.name, password: "hunter2"))
        }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.reason.contains("refuses the user or the password") == true, "\(String(describing: error))")
        #expect(error?.description.contains("hunter2") == false)
        let store = try await RedisJobStore(url: keys.url(user: keys.name, password: "right"))
        // With rights to its own keys alone.
        _ = try await store.insert(try TestJobs.jobs(3))
        #expect(try await TestJobs.pass(store).count == 3)
        await store.close()
        let file = FileManager.default.temporaryDirectory.path + "/pass-\(UUID().uuidString)"
        try Data("right\n".utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let named = "\(keys.url)&username=\(keys.name)&password_file=\(file)"
        try await RedisJobStore(url: named).close()
        try keys.removeAll()
    }

    @Test(arguments: ["unlink", "publish", "hincrby", "zadd", "time"])
    func aUserWhoLacksARightIsRefusedBeforeAnythingIsWritten(_ command: String) async throws {
        let keys = try TestKeys()
        defer { _ = try? keys.raw("ACL", "DELUSER", keys.name) }
        try keys.raw(
            "ACL", "SETUSER", keys.name, "on", ">right", "~{\(keys.name)}:*", "&{\(keys.name)}:*", "+@all",
            "-\(command)")
        let error = await #expect(throws: CarillonError.self) {
            try await RedisJobStore(url: keys.url(user: keys.name, password: "right"))
        }
        #expect(error?.code == .storeReadOnly, "\(String(describing: error))")
        #expect(try keys.raw("KEYS", keys.key("unit:*")).list.isEmpty)
        try keys.removeAll()
    }

    @Test(arguments: [false, true])
    func aServerThatHasGoneEndsNoProgram(_ isEncrypted: Bool) async throws {
        var action = sigaction()
        sigaction(SIGPIPE, nil, &action)
        // The test means nothing if the process ignores the signal.
        try #require(action.__sigaction_handler.sa_handler == nil)
        let server = try OwnServer(["tls=localhost"])
        defer { withExtendedLifetime(server) {} }
        let port = try String(contentsOfFile: server.folder + "/tls-port", encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        let secure = "rediss://localhost:\(port)/0?ssl_ca_certs=\(server.folder)/ca.pem"
        let store = try await RedisJobStore(url: isEncrypted ? secure : server.url)
        try server.freeze()
        // More than the socket takes at once, so that the client writes again after the connection was reset.
        let entry = AuditEntry(
            actor: "me", time: TestJobs.start, action: "modify", object: .job(JobID("a")),
            before: [UInt8](repeating: 32, count: 60_000), after: [UInt8](repeating: 32, count: 60_000))
        let appending = Task { try await store.append(Array(repeating: entry, count: 300)) }
        try server.crash()
        let error = await #expect(throws: CarillonError.self) { _ = try await appending.value }
        #expect(error?.code == .storeUnavailable)
        await store.close()
    }

    @Test func aServerOfAnotherNameOrAuthorityIsRefused() async throws {
        let server = try OwnServer(["tls=localhost"])
        defer { withExtendedLifetime(server) {} }
        let port = try String(contentsOfFile: server.folder + "/tls-port", encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        _ = try server.run("certificate", "other")
        func open(_ host: String, _ parameters: String) async throws {
            let store = try await RedisJobStore(url: "rediss://\(host):\(port)/0?\(parameters)")
            _ = try await store.insert([try TestJobs.job("over \(host) \(parameters.suffix(20))")])
            await store.close()
        }
        try await open("localhost", "ssl_ca_certs=\(server.folder)/ca.pem")
        try await open("127.0.0.1", "ssl_cert_reqs=none")
        for (host, parameters) in [
            ("127.0.0.1", "ssl_ca_certs=\(server.folder)/ca.pem"),
            ("localhost", "ssl_ca_certs=\(server.folder)/other.pem"), ("localhost", ""),
        ] {
            let error = await #expect(throws: CarillonError.self, "\(host) \(parameters)") {
                try await open(host, parameters)
            }
            #expect(error?.code == .storeUnavailable)
            #expect(error?.reason.contains("securely") == true, "\(String(describing: error))")
        }
    }

    @Test func aSocketOfThisMachineIsReached() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await RedisJobStore(url: "unix://\(server.folder)/socket?db=3&prefix=here")
        _ = try await store.insert([try TestJobs.job("a")])
        #expect(try await TestJobs.ids(store) == ["a"])
        await store.close()
        let other = try await RedisJobStore(url: "\(server.url)?prefix=here")
        #expect(try await TestJobs.ids(other) == [], "another database")
        await other.close()
    }

    @Test func aReplicaCanBeReadAndSaysThatItIsOne() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let writer = try await RedisJobStore(url: server.url)
        _ = try await writer.insert([try TestJobs.job("a")])
        let port = try #require(URL(string: server.url)?.port)
        let replica = try OwnServer(["replicaof=127.0.0.1 \(port)", "repl-diskless-sync-delay=0"])
        defer { withExtendedLifetime(replica) {} }
        let raw = try TestKeys(on: replica.url)
        let end = ContinuousClock.now + .seconds(20)
        while try raw.raw("EXISTS", "{carillon}:format").integer != 1, ContinuousClock.now < end { await Task.yield() }
        let error = await #expect(throws: CarillonError.self) { try await RedisJobStore(url: replica.url) }
        #expect(error?.code == .storeReadOnly, "\(String(describing: error))")
        let reader = try await RedisJobStore(readingOnly: try RedisAddress(replica.url))
        #expect(try await TestJobs.ids(reader) == ["a"])
        let refusal = await #expect(throws: CarillonError.self) { _ = try await reader.insert([try TestJobs.job("b")]) }
        #expect(refusal?.code == .storeReadOnly)
        await reader.close()
        await writer.close()
    }
}
#endif
