#if MySQL
import Carillon
import CarillonMySQL
import CarillonSQL
import CarillonTesting
import Foundation
import Testing

/// What a store does when its server is away, silent or unwilling.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FaultTests {
    @Test func aServerThatStartsAgainIsFoundByItself() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let store = try await MySQLJobStore(url: server.url)
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
        let store = try await MySQLJobStore(url: server.url)
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
        let store = try await MySQLJobStore(url: server.url)
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
        let store = try await MySQLJobStore(try MySQLAddress(server.url), timeout: .seconds(1))
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

    @Test(arguments: [[], ["tls=localhost"]])
    func aServerThatHasGoneEndsNoProgram(_ settings: [String]) async throws {
        var action = sigaction()
        sigaction(SIGPIPE, nil, &action)
        // The test means nothing if the process ignores the signal.
        try #require(action.__sigaction_handler.sa_handler == nil)
        let server = try OwnServer(settings)
        defer { withExtendedLifetime(server) {} }
        let connection = try MySQLConnection(try MySQLAddress(server.url))
        try connection.begin(connection.dialect.beginWriting)
        try server.crash()
        // More than the socket takes at once, so that the client writes again after the connection was reset.
        let large = SQLValue.bytes([UInt8](repeating: 32, count: 64 << 20))
        let error = #expect(throws: CarillonError.self) { try connection.query("SELECT length(?)", [large]) { _ in } }
        #expect(error?.code == .storeUnavailable)
        connection.close()
    }

    @Test func aConnectionThatIsRefusedSaysWhatToDo() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let other = server.url.dropLast("carillon".count) + "nowhere"
        let missing = await #expect(throws: CarillonError.self) { try await MySQLJobStore(url: String(other)) }
        #expect(missing?.code == .storeUnavailable)
        #expect(missing?.reason.contains("create the database") == true, "\(String(describing: missing))")
        try server.stop()
        let gone = await #expect(throws: CarillonError.self) { try await MySQLJobStore(url: server.url) }
        #expect(gone?.code == .storeUnavailable)
        #expect(gone?.reason.contains("check that the server runs") == true)
    }

    @Test func aWrongPasswordIsSaidAndNotShown() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let user = database.name
        try database.execute(
            "CREATE USER \(user)@'127.0.0.1' IDENTIFIED BY 'right'; GRANT ALL ON \(database.name).* TO \(user)@'127.0.0.1'"
        )
        defer { _ = try? database.execute("DROP USER \(user)@'127.0.0.1'") }
        let url = database.url.replacingOccurrences(of: "carillon@", with: "\(user):hunter2@")
        let error = await #expect(throws: CarillonError.self) { try await MySQLJobStore(url: url) }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.reason.contains("refuses the user or the password") == true, "\(String(describing: error))")
        #expect(error?.description.contains("hunter2") == false)
        let right = database.url.replacingOccurrences(of: "carillon@", with: "\(user):right@")
        try await MySQLJobStore(url: right).close()
        // By a file that has it alone, and by an option file.
        let folder = FileManager.default.temporaryDirectory.path + "/pass-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("right\n".utf8).write(to: URL(fileURLWithPath: folder + "/password"))
        let named = database.url.replacingOccurrences(of: "carillon@", with: "\(user)@")
        try await MySQLJobStore(url: "\(named)?password-file=\(folder)/password").close()
        let options = "# mine\n[mysqld]\nuser = other\n[client]\nuser=\(user)\npassword = \"right\" \nport = 1\n"
        try Data(options.utf8).write(to: URL(fileURLWithPath: folder + "/my.cnf"))
        let bare = database.url.replacingOccurrences(of: "carillon@", with: "")
        try await MySQLJobStore(url: "\(bare)?defaults-file=\(folder)/my.cnf").close()
        let missing = await #expect(throws: CarillonError.self) {
            try await MySQLJobStore(url: "\(bare)?defaults-file=\(folder)/none")
        }
        #expect(missing?.code == .unsupported)
        #expect(missing?.reason.contains("cannot be read") == true)
    }

    @Test func aUserWithoutRightsIsTold() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let writer = try await database.open()
        _ = try await writer.insert([try TestJobs.job("a")])
        await writer.close()
        let user = database.name
        try database.execute(
            "CREATE USER \(user)@'127.0.0.1'; GRANT SELECT ON \(database.name).* TO \(user)@'127.0.0.1'")
        defer { _ = try? database.execute("DROP USER \(user)@'127.0.0.1'") }
        let url = database.url.replacingOccurrences(of: "carillon@", with: "\(user)@")
        let store = try await MySQLJobStore(url: url)
        #expect(try await TestJobs.ids(store) == ["a"])
        let error = await #expect(throws: CarillonError.self) { _ = try await store.insert([try TestJobs.job("b")]) }
        #expect(error?.code == .storeReadOnly)
        await store.close()
    }

    @Test func aServerOfAnotherNameOrAuthorityIsRefused() async throws {
        let server = try OwnServer(["tls=localhost"])
        defer { withExtendedLifetime(server) {} }
        let port = try #require(server.url.split(separator: ":").last?.prefix { $0 != "/" })
        func connect(_ host: String, _ parameters: String) throws -> String {
            let url = "mysql://carillon@\(host):\(port)/carillon?\(parameters)"
            let connection = try MySQLConnection(try MySQLAddress(url))
            defer { connection.close() }
            var cipher = ""
            try connection.query(
                "SELECT CAST(variable_value AS BINARY) FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER'",
                []
            ) { row in cipher = (try? row.text(0)) ?? "" }
            return cipher
        }
        let right = "ssl-ca=\(server.folder)/ca.pem"
        // Its own certificate is no authority for itself.
        let wrong = "ssl-ca=\(server.folder)/other.pem"
        _ = try server.run("certificate", "other")
        #expect(try !connect("localhost", right).isEmpty)
        #expect(try !connect("localhost", "ssl-mode=VERIFY_IDENTITY&\(right)").isEmpty)
        #expect(try !connect("127.0.0.1", "ssl-mode=VERIFY_CA&\(right)").isEmpty)
        #expect(try !connect("127.0.0.1", "ssl-mode=REQUIRED&\(wrong)").isEmpty)
        #expect(try !connect("127.0.0.1", "ssl-mode=PREFERRED").isEmpty)
        #expect(try connect("127.0.0.1", "ssl-mode=DISABLED").isEmpty)
        for (host, parameters) in [
            ("127.0.0.1", right), ("127.0.0.1", "ssl-mode=VERIFY_IDENTITY&\(right)"), ("localhost", wrong),
            ("localhost", "ssl-mode=VERIFY_CA&\(wrong)"),
        ] {
            let error = #expect(throws: CarillonError.self, "\(host) \(parameters)") {
                _ = try connect(host, parameters)
            }
            #expect(error?.code == .storeUnavailable)
            #expect(error?.reason.contains("certificate") == true, "\(String(describing: error))")
        }
        let nameless = #expect(throws: CarillonError.self) { _ = try connect("localhost", "ssl-mode=VERIFY_CA") }
        #expect(nameless?.reason.contains("ssl-ca") == true)
    }

    @Test(arguments: ["REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"])
    func aServerWithoutEncryptionIsRefusedWhereItIsAskedFor(_ mode: String) throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let url =
            "\(database.url)?ssl-mode=\(mode)\(mode == "REQUIRED" ? "" : "&ssl-ca=/etc/ssl/certs/ca-certificates.crt")"
        let error = #expect(throws: CarillonError.self) { try MySQLConnection(try MySQLAddress(url)) }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.reason.contains("ssl-mode") == true, "\(String(describing: error))")
    }

    @Test func aServerThatIsReadOnlyCanBeReadAndSaysSo() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let raw = try RawDatabase(server.url)
        let writer = try await MySQLJobStore(url: server.url)
        _ = try await writer.insert([try TestJobs.job("a")])
        await writer.close()
        // A user with all rights may write to it nevertheless.
        try raw.execute(
            "CREATE USER plain@'127.0.0.1'; GRANT ALL ON carillon.* TO plain@'127.0.0.1'; SET GLOBAL read_only = 1")
        let url = server.url.replacingOccurrences(of: "carillon@", with: "plain@")
        let store = try await MySQLJobStore(url: url)
        #expect(try await TestJobs.ids(store) == ["a"])
        let error = await #expect(throws: CarillonError.self) { _ = try await store.insert([try TestJobs.job("b")]) }
        #expect(error?.code == .storeReadOnly)
        #expect(error?.reason.contains("connect to the primary server") == true)
        await store.close()
        let reader = try await MySQLJobStore(readingOnly: try MySQLAddress(url))
        #expect(try await TestJobs.ids(reader) == ["a"])
        let refusal = await #expect(throws: CarillonError.self) { _ = try await reader.insert([try TestJobs.job("b")]) }
        #expect(refusal?.code == .storeReadOnly)
        await reader.close()
    }

    @Test func nodesOutliveAServerThatIsFrozenForALease() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let frozen = try await ServerFaults(server) { try await MySQLJobStore(url: server.url) }.frozenForALease()
        #expect(frozen >= .seconds(10))
    }

    @Test func aFullDiskIsToldAndNothingIsLeftHalf() async throws {
        // Each table in a file of its own, so that none has room that another one has given back.
        let server = try OwnServer(["innodb_file_per_table=1", "innodb_undo_tablespaces=0"], megabytes: 256)
        defer { withExtendedLifetime(server) {} }
        let error = try await ServerFaults(server) { try await MySQLJobStore(url: server.url) }.fullDisk()
        #expect(error.code == .storeFull, "\(error)")
        #expect(error.reason.contains("free space on the server's disk"))
    }
}
#endif
