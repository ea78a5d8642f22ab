#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers
import Foundation
import HTTPTypes
import HummingbirdCore
import Testing

/// Who may come in.
@Suite(.timeLimit(.minutes(1))) struct RESTAccessTests {
    private static func basic(_ text: String, scheme: String = "Basic") -> HTTPFields {
        [.authorization: "\(scheme) \(Data(text.utf8).base64EncodedString())"]
    }

    private static let users = RESTOptions(access: .basic(["admin": "s3cret:colon", "björn": "pässwörd"]))

    @Test("Users and passwords are UTF-8, a password may have a colon, and the scheme any case")
    func rightLogins() async throws {
        let bench = try await RESTBench(rest: Self.users)
        for headers in [
            Self.basic("admin:s3cret:colon"), Self.basic("björn:pässwörd"),
            Self.basic("admin:s3cret:colon", scheme: "bAsIc"),
            Self.basic("bjo\u{308}rn:pa\u{308}sswo\u{308}rd"),
        ] { #expect(try await bench.send(.get, "/scheduler/jobs", headers: headers).status == 200) }
        // Whoever has logged in is answered under every name of the host.
        let headers = Self.basic("admin:s3cret:colon")
        #expect(try await bench.send(.get, "/scheduler", headers: headers, host: "jobs.example:8080").status == 200)
        await bench.scheduler.shutdown()
    }

    @Test(
        "Every other login is a 401 that says how to log in",
        arguments: [
            [:], basic("admin:"), basic("admin"), basic("admin:s3cret"), basic(":s3cret:colon"),
            basic("admin:S3cret:colon"),
            basic("björn:s3cret:colon"), basic("admin:s3cret:colon "), [.authorization: "Basic"],
            [.authorization: "Basic !!!!"], [.authorization: "Basic /w=="], [.authorization: "Bearer abc"],
            [.authorization: ""],
            basic("admin:s3cret:colon", scheme: "Digest"),
        ] as [HTTPFields])
    func wrongLogins(_ headers: HTTPFields) async throws {
        let bench = try await RESTBench(rest: Self.users)
        for (path, methods) in RESTRoutesTests.routes {
            for method in methods {
                // Also for a job that there is not, and with a body that is no JSON.
                let answer = try await bench.send(method, "/scheduler" + path, "{", headers: headers)
                #expect(answer.status == 401, "\(method) \(path)")
                #expect(answer.headers[.wwwAuthenticate]?.hasPrefix(#"Basic realm=""#) == true)
            }
        }
        #expect(bench.scheduler.isRunning)
        await bench.scheduler.shutdown()
    }

    @Test("A token")
    func bearer() async throws {
        let bench = try await RESTBench(rest: RESTOptions(access: .bearer("t0ken")))
        #expect(try await bench.send(.get, "/scheduler", headers: [.authorization: "Bearer t0ken"]).status == 200)
        let wrong = try await bench.send(.get, "/scheduler", headers: [.authorization: "Bearer t0ke"])
        #expect(wrong.status == 401 && wrong.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        await bench.scheduler.shutdown()
    }

    /// Knows the role by a header.
    private struct ByHeader: RESTAuthenticator {
        let challenge = "Test"

        func role(of request: Request) throws -> APIRole? {
            guard let name = request.headers[.authorization] else { return nil }
            if name == "fail" { throw CarillonError(.storeFailed, "the password of the directory is hunter2") }
            return APIRole(rawValue: name)
        }
    }

    /// What the least role is for a request; the routes in an order in which all are possible.
    private static let needed: [(HTTPRequest.Method, String, APIRole)] = [
        (.get, "", .viewer), (.get, "/jobs", .viewer), (.post, "/jobs", .admin), (.get, "/jobs/a", .viewer),
        (.patch, "/jobs/a", .admin), (.post, "/jobs/a/pause", .operator), (.post, "/jobs/a/resume", .operator),
        (.post, "/jobs/a/run", .operator), (.delete, "/jobs/a", .admin), (.post, "/pause", .operator),
        (.post, "/resume", .operator), (.post, "/shutdown", .admin), (.post, "/start", .admin),
    ]

    @Test("Every route takes a role, and an authenticator of one's own gives it", arguments: APIRole.allCases)
    func roles(_ role: APIRole) async throws {
        let own = try await RESTBench(rest: RESTOptions(access: .authenticated(by: ByHeader())))
        let anybody = try await RESTBench(rest: RESTOptions(access: .anybody(as: role)))
        for bench in [own, anybody] {
            let headers: HTTPFields = [.authorization: role.rawValue]
            try await bench.scheduler.addJob(id: "a", task: "greet", trigger: .cron(year: 2031))
            for (method, path, needed) in Self.needed {
                let body = path == "/jobs" ? #"{"id": "b", "func": "greet", "trigger": "cron", "hour": 1}"# : "{}"
                let answer = try await bench.send(method, "/scheduler" + path, body, headers: headers)
                #expect((answer.status == 403) == (role < needed), "\(method) \(path)")
                if answer.status == 403 { #expect(answer.message?.contains("'\(needed.rawValue)'") == true) }
            }
            await bench.scheduler.shutdown()
        }
    }

    @Test("What an authenticator fails with is not told")
    func failingAuthenticator() async throws {
        let bench = try await RESTBench(rest: RESTOptions(access: .authenticated(by: ByHeader())))
        let answer = try await bench.send(.get, "/scheduler", headers: [.authorization: "fail"])
        #expect(answer.status == 500 && !answer.text.contains("hunter2"))
        #expect(try await bench.send(.get, "/scheduler").status == 401)
        await bench.scheduler.shutdown()
    }

    @Test("Without an authentication whoever reaches the server may read, and change nothing")
    func readOnly() async throws {
        let bench = try await RESTBench(rest: RESTOptions())
        #expect(try await bench.send(.get, "/scheduler/jobs").status == 200)
        #expect(try await bench.add().status == 403)
        #expect(try await bench.send(.post, "/scheduler/shutdown").status == 403)
        await bench.scheduler.shutdown()
    }

    @Test("Pages of other origins are refused on every route, also with a login")
    func foreignPages() async throws {
        let bench = try await RESTBench()
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let foreign: [HTTPFields] = [
            [.origin: "http://evil.example"], [.origin: "null"], [.origin: "http://localhost:81"],
            [.origin: "localhost"],
            [.origin: "http://localhost.evil.example"], [site: "cross-site"], [site: "Cross-Site"],
        ]
        for headers in foreign {
            for (path, methods) in RESTRoutesTests.routes {
                for method in methods + [.options] {
                    #expect(try await bench.send(method, "/scheduler" + path, "{}", headers: headers).status == 403)
                }
            }
        }
        for headers in [
            [.origin: "http://localhost"], [.origin: "HTTPS://LOCALHOST"], [site: "same-origin"], [site: "none"],
        ] as [HTTPFields] {
            #expect(try await bench.send(.get, "/scheduler", headers: headers).status == 200)
        }
        await bench.scheduler.shutdown()
    }

    @Test("Names of the host that nobody named are refused without a login, since they may be a foreign page's")
    func hosts() async throws {
        let bench = try await RESTBench()
        for host in ["localhost", "LocalHost:5000", "127.0.0.1", "127.0.0.1:80", "[::1]:80", "192.168.1.7", nil] {
            #expect(try await bench.send(.get, "/scheduler", host: host).status == 200, "\(host ?? "none")")
        }
        for host in [
            "evil.example", "evil.example:80", "127.0.0.1.evil.example", "1.2.3", "localhost.evil.example", "",
        ] {
            #expect(try await bench.send(.get, "/scheduler", host: host).status == 421, "\(host)")
        }
        await bench.scheduler.shutdown()
        var options = RESTOptions()
        options.hosts = ["Jobs.example"]
        let named = try await RESTBench(rest: options)
        #expect(try await named.send(.get, "/scheduler", host: "jobs.EXAMPLE:80").status == 200)
        #expect(try await named.send(.get, "/scheduler", host: "127.0.0.1").status == 421)
        await named.scheduler.shutdown()
    }

    private struct Login: PositionalArguments, SecretArguments {
        static let argumentOrder = ["user", "password"]
        static let secretKeys: Set<String> = ["password", "headers.*", "database.password"]
        var user: String?
        var password: String?
    }

    private struct Settings: Decodable, SecretArguments {
        static let secretKeys: Set<String> = ["password", "headers.*", "database.password"]
    }

    @Test("Secrets among arguments are shown to nobody")
    func secrets() async throws {
        let bench = try await RESTBench()
        try bench.scheduler.register("login") { (_: Login, _) in }
        try bench.scheduler.register("settings") { (_: Settings, _) in }
        let answer = try await bench.send(
            .post, "/scheduler/jobs",
            #"{"id": "s", "func": "settings", "trigger": "cron", "hour": 1, "kwargs": {"password": "hunter2", "headers": {"A": "hunter2"}, "database": {"user": "u", "password": "hunter2"}}}"#
        )
        #expect(
            answer["kwargs"]?.description
                == #"{"password":"***","headers":{"A":"***"},"database":{"user":"u","password":"***"}}"#)
        let login = try await bench.send(
            .post, "/scheduler/jobs",
            #"{"id": "l", "func": "login", "trigger": "cron", "hour": 1, "args": ["u", "hunter2"]}"#)
        #expect(login["args"]?.description == #"["***","***"]"#)
        #expect(try await !bench.send(.get, "/scheduler/jobs").text.contains("hunter2"))
        await bench.scheduler.shutdown()
    }

    @Test("Variables are put into no job that is changed or added over the API")
    func variables() async throws {
        let bench = try await RESTBench { $0.policies.resolvesVariables = true }
        try await bench.add(#", "args": ["${HOME}"]"#)
        #expect(try await bench.scheduler.job("a").job.definition.policies.resolvesVariables == false)
        try await bench.scheduler.addJob(
            id: "b", task: "greet", trigger: .cron(hour: 1), JobOptions(policies: JobPolicies(resolvesVariables: true)))
        #expect(try await bench.send(.patch, "/scheduler/jobs/b", #"{"args": ["${HOME}"]}"#).status == 200)
        #expect(try await bench.scheduler.job("b").job.definition.policies.resolvesVariables == false)
        #expect(try await bench.send(.post, "/scheduler/jobs/b/run").status == 200)
        #expect(await bench.ran.next() == "${HOME}")
        await bench.scheduler.shutdown()
    }

    @Test("Tasks that run whatever they are told are given to no job, and no answer names them")
    func hiddenTasks() async throws {
        let bench = try await RESTBench()
        let answer = try await bench.send(
            .post, "/scheduler/jobs", #"{"id": "a", "func": "shell", "kwargs": {"command": "id"}}"#)
        #expect(answer.status == 422 && answer.message?.hasPrefix("func: 'shell' is not a task") == true)
        try await bench.add()
        #expect(try await bench.patch(#"{"func": "shell"}"#).status == 422)
        #expect(try await bench.job()["func"] == .string("greet"))
        await bench.scheduler.shutdown()
    }
}
#endif
