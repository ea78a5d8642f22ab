#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonSQL
import CarillonTesting
import Foundation
import Testing

/// What a store does when its server is away, silent or unwilling.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FaultTests {
    @Test func aServerThatStartsAgainIsFoundByItself() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await PostgreSQLJobStore(url: server.url)
        _ = try await store.insert([try TestJobs.job("before")])
        try server.crash()
        for _ in 0..<3 {
            let error = await #expect(throws: CarillonError.self) { try await TestJobs.ids(store) }
            #expect(error?.code == .storeUnavailable)
        }
        try server.startAgain()
        #expect(try await TestJobs.untilAnswered { try await TestJobs.ids(store) } == ["before"])
        // The other connections are found again by themselves, too.
        _ = try await TestJobs.untilAnswered { try await store.insert([try TestJobs.job("after")]) }
        #expect(try await TestJobs.ids(store) == ["after", "before"])
        await store.close()
    }

    @Test func aServerThatStopsInGoodOrderIsNotTakenForOneThatRefuses() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await PostgreSQLJobStore(url: server.url)
        _ = try await store.insert([try TestJobs.job("before")])
        try server.stop()
        try server.startAgain()
        // The connections are gone, which is noticed when a transaction begins and costs nobody an error.
        _ = try await store.insert([try TestJobs.job("after")])
        #expect(try await TestJobs.ids(store) == ["after", "before"])
        await store.close()
    }

    @Test func aServerThatDiesInAPassHasWrittenNothingOrAll() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await PostgreSQLJobStore(url: server.url)
        _ = try await store.insert(try TestJobs.jobs(10))
        var query = JobQuery(now: TestJobs.start)
        query.tasks = [TaskName("work")]
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
        #expect(try await TestJobs.firedOnceFree(store) == 10)
        await store.close()
    }

    @Test func aFrozenServerIsNoticedWithinTheTimeLimit() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await PostgreSQLJobStore(try PostgreSQLAddress(server.url), timeout: .seconds(1))
        _ = try await store.insert([try TestJobs.job("before")])
        try server.freeze()
        let began = ContinuousClock.now
        let error = await #expect(throws: CarillonError.self) {
            _ = try await store.insert([try TestJobs.job("during")])
        }
        // One limit for the statement; a second one for a connection that is tried anew is not taken.
        #expect(ContinuousClock.now - began < .seconds(8))
        #expect(error?.code == .storeUnavailable)
        try server.thaw()
        _ = try await TestJobs.untilAnswered { try await store.insert([try TestJobs.job("after")]) }
        // The statement that was given up may have been done nevertheless.
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
        let connection = try PostgreSQLConnection(try PostgreSQLAddress(server.url))
        try connection.begin(connection.dialect.beginWriting)
        try server.crash()
        // More than the socket takes at once, so that libpq writes again after the connection was reset.
        let large = SQLValue.bytes([UInt8](repeating: 32, count: 64 << 20))
        let error = #expect(throws: CarillonError.self) { try connection.query("SELECT length(?)", [large]) { _ in } }
        #expect(error?.code == .storeUnavailable)
        connection.close()
    }

    @Test func aConnectionThatIsRefusedSaysWhatToDo() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let other = server.url.replacingOccurrences(of: "/postgres", with: "/nowhere")
        let missing = await #expect(throws: CarillonError.self) { try await PostgreSQLJobStore(url: other) }
        #expect(missing?.code == .storeUnavailable)
        #expect(missing?.reason.contains("create the database") == true, "\(String(describing: missing))")
        try server.stop()
        let gone = await #expect(throws: CarillonError.self) { try await PostgreSQLJobStore(url: server.url) }
        #expect(gone?.code == .storeUnavailable)
        #expect(gone?.reason.contains("check that the server runs") == true)
    }

    @Test func aWrongPasswordIsSaidAndNotShown() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        try RawDatabase(server.url).execute(
            "CREATE ROLE keen LOGIN PASSWORD 'right'; GRANT ALL ON SCHEMA public TO keen")
        let url = server.url.replacingOccurrences(of: "carillon@", with: "keen:hunter2@")
        let error = await #expect(throws: CarillonError.self) { try await PostgreSQLJobStore(url: url) }
        #expect(error?.reason.contains("refuses the user or the password") == true, "\(String(describing: error))")
        #expect(error?.description.contains("hunter2") == false)
        let right = server.url.replacingOccurrences(of: "carillon@", with: "keen:right@")
        try await PostgreSQLJobStore(url: right).close()
        // A password file is libpq's, and is honoured.
        let file = FileManager.default.temporaryDirectory.path + "/pass-\(UUID().uuidString)"
        try Data("*:*:*:keen:right\n".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let named = server.url.replacingOccurrences(of: "carillon@", with: "keen@") + "?passfile=\(file)"
        try await PostgreSQLJobStore(url: named).close()
    }

    @Test func aServerOfAnotherNameOrAuthorityIsRefused() async throws {
        let server = try OwnServer(["tls=localhost"])
        defer { withExtendedLifetime(server) {} }
        let port = try #require(server.url.split(separator: ":").last?.prefix { $0 != "/" })
        func url(_ name: String, _ authority: String) -> String {
            "postgresql://carillon@\(name):\(port)/postgres?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=\(authority)"
        }
        let connection = try PostgreSQLConnection(try PostgreSQLAddress(url("localhost", "\(server.folder)/ca.pem")))
        var isEncrypted: Int64?
        try connection.query("SELECT CAST(ssl AS INTEGER) FROM pg_stat_ssl WHERE pid = pg_backend_pid()", []) {
            (row) throws(CarillonError) in isEncrypted = try? row.integer(0)
        }
        #expect(isEncrypted == 1)
        connection.close()
        // Its own certificate is no authority for itself.
        for wrong in [url("db.example", "\(server.folder)/ca.pem"), url("localhost", "\(server.folder)/server.pem")] {
            let error = #expect(throws: CarillonError.self) { try PostgreSQLConnection(try PostgreSQLAddress(wrong)) }
            #expect(error?.code == .storeUnavailable)
            #expect(error?.reason.contains("certificate") == true, "\(String(describing: error))")
        }
    }

    @Test func aServerThatIsReadOnlyCanBeReadAndSaysSo() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let writer = try await schema.open()
        _ = try await writer.insert([try TestJobs.job("a")])
        await writer.close()
        let url = schema.url + "&options=-c%20default_transaction_read_only%3Don"
        let store = try await PostgreSQLJobStore(url: url)
        #expect(try await TestJobs.ids(store) == ["a"])
        let error = await #expect(throws: CarillonError.self) { _ = try await store.insert([try TestJobs.job("b")]) }
        #expect(error?.code == .storeReadOnly)
        #expect(error?.reason.contains("connect to the primary server") == true)
        await store.close()
        let reader = try await PostgreSQLJobStore(readingOnly: try PostgreSQLAddress(url))
        #expect(try await TestJobs.ids(reader) == ["a"])
        let refusal = await #expect(throws: CarillonError.self) { _ = try await reader.insert([try TestJobs.job("b")]) }
        #expect(refusal?.code == .storeReadOnly)
        await reader.close()
    }

    @Test func nodesOutliveAServerThatIsFrozenForALease() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let frozen = try await ServerFaults(server) { try await PostgreSQLJobStore(url: server.url) }.frozenForALease()
        #expect(frozen >= .seconds(10))
    }

    @Test func aFullDiskIsToldAndNothingIsLeftHalf() async throws {
        // Large enough for a log that never has to be continued in a new file.
        let server = try OwnServer(["wal_recycle=off", "min_wal_size=32MB"], megabytes: 256)
        defer { withExtendedLifetime(server) {} }
        let error = try await ServerFaults(server) { try await PostgreSQLJobStore(url: server.url) }.fullDisk()
        #expect(error.code == .storeFull, "\(error)")
        #expect(error.reason.contains("free space on the server's disk"))
    }
}
#endif
