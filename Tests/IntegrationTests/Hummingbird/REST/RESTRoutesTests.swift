#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers
import HTTPTypes
import Hummingbird
import Testing

/// Paths, methods, bodies, and what the scheduler itself is asked for.
@Suite(.timeLimit(.minutes(1))) struct RESTRoutesTests {
    /// Each route with its methods.
    static let routes: [(String, [HTTPRequest.Method])] = [
        ("", [.get, .head]), ("/pause", [.post]), ("/resume", [.post]), ("/start", [.post]), ("/shutdown", [.post]),
        ("/jobs", [.get, .head, .post]), ("/jobs/a", [.get, .head, .patch, .delete]), ("/jobs/a/pause", [.post]),
        ("/jobs/a/resume", [.post]), ("/jobs/a/run", [.post]),
    ]

    @Test("A method that a route does not have is answered with those that it has, in JSON", arguments: routes)
    func methods(_ path: String, _ methods: [HTTPRequest.Method]) async throws {
        let bench = try await RESTBench()
        try await bench.add()
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .trace, .connect]
        where !methods.contains(method) {
            let answer = try await bench.send(method, "/scheduler" + path, "{}")
            #expect(answer.status == 405, "\(method)")
            let allowed = answer.headers[.allow] ?? ""
            #expect(methods.allSatisfy { allowed.contains($0.rawValue) } && allowed.contains("OPTIONS"))
            if method != .head { #expect(answer["status"] == .integer(405) && answer.message?.isEmpty == false) }
        }
        let options = try await bench.send(.options, "/scheduler" + path)
        #expect([200, 204].contains(options.status) && options.text.isEmpty)
        #expect(methods.allSatisfy { options.headers[.allow]?.contains($0.rawValue) == true })
        #expect(bench.scheduler.isRunning)
        #expect(try await bench.job().status == 200)
        await bench.scheduler.shutdown()
    }

    @Test(
        "What is no route is a 404 in JSON",
        arguments: [
            "/Jobs", "/jobs/", "//jobs", "/jobs/a/", "/jobs/a/b", "/jobs/a/run/now", "/nothing", "/jobs/a/RUN", "/run",
            "/",
            "/jobs//run",
        ])
    func noRoute(_ path: String) async throws {
        let bench = try await RESTBench()
        for method in [HTTPRequest.Method.get, .post, .delete] {
            let answer = try await bench.send(method, "/scheduler" + path, "{}")
            #expect(answer.status == 404 && answer["status"] == .integer(404))
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
        await bench.scheduler.shutdown()
    }

    @Test("With the middleware, paths elsewhere that there are not, and errors of other routes, have the same form")
    func elsewhere() async throws {
        let router = Router(context: BareContext.self)
        router.add(middleware: ProblemMiddleware())
        router.addCarillon(BackgroundScheduler())
        router.get("teapot") { _, _ -> String in
            throw HTTPError(HTTPResponse.Status(code: 418), message: "short and stout")
        }
        let client = RESTClient(router)
        #expect(try await client.send(.get, "/elsewhere")["status"] == .integer(404))
        #expect(try await client.send(.head, "/elsewhere").text.isEmpty)
        let teapot = try await client.send(.get, "/teapot")
        #expect(teapot.status == 418 && teapot.message == "short and stout")
        #expect(try await client.send(.get, "/scheduler")["running"] == .bool(false))
    }

    @Test("HEAD is GET without the body")
    func head() async throws {
        let bench = try await RESTBench()
        try await bench.add()
        for path in ["", "/jobs", "/jobs/a"] {
            let answer = try await bench.send(.head, "/scheduler" + path)
            #expect(answer.status == 200 && answer.text.isEmpty)
            #expect(answer.headers[.contentType] == "application/json")
        }
        let missing = try await bench.send(.head, "/scheduler/jobs/nobody")
        #expect(missing.status == 404 && missing.text.isEmpty)
        await bench.scheduler.shutdown()
    }

    @Test("Another prefix, and none")
    func prefixes() async throws {
        for prefix in ["/ops/cron", ""] {
            let bench = try await RESTBench(prefix: prefix)
            #expect(try await bench.send(.get, prefix + "/jobs").json == .array([]))
            await bench.scheduler.shutdown()
        }
    }

    @Test("The scheduler is paused, resumed, shut down and started, and says so")
    func life() async throws {
        let bench = try await RESTBench()
        func running() async throws -> JSONValue? { try await bench.send(.get, "/scheduler")["running"] }
        func post(_ command: String, _ body: String? = nil) async throws -> RESTBench.Answer {
            try await bench.send(.post, "/scheduler/\(command)", body)
        }
        #expect(try await running() == .bool(true))
        let again = try await post("start")
        #expect(again.status == 400 && again.message == "Scheduler is already running")
        for _ in 0..<2 { #expect(try await post("pause").status == 204) }
        #expect(try await running() == .bool(true) && bench.scheduler.isPaused)
        for _ in 0..<2 { #expect(try await post("resume").status == 204) }
        #expect(!bench.scheduler.isPaused)
        for body in ["[1]", "1", "{", #"{"wait": "no"}"#, #"{"wait": null}"#, #"{"wait": 0}"#] {
            #expect([400, 422].contains(try await post("shutdown", body).status), "\(body)")
            #expect(try await running() == .bool(true))
        }
        for body in [nil, "{}", #"{"wait": false}"#, #"{"wait": true}"#] {
            let ended = try await post("shutdown", body)
            #expect(ended.status == 204 && ended.text.isEmpty)
            #expect(try await running() == .bool(false))
            for command in ["shutdown", "pause", "resume"] {
                let answer = try await post(command)
                #expect(answer.status == 400 && answer.message == "Scheduler is not running", "\(command)")
            }
            #expect(try await post("start").status == 204)
            #expect(try await running() == .bool(true))
        }
        await bench.scheduler.shutdown()
    }

    @Test(
        "Jobs are read, added, changed, run and removed while the scheduler is shut down, and are there after a start")
    func stopped() async throws {
        let bench = try await RESTBench()
        try await bench.add()
        #expect(try await bench.send(.post, "/scheduler/shutdown").status == 204)
        #expect(try await bench.job()["hours"] == .integer(1))
        #expect(try await bench.add(id: "b").status == 200)
        #expect(try await bench.patch(#"{"name": "n", "minutes": 5, "trigger": "interval"}"#).status == 200)
        #expect(try await bench.send(.post, "/scheduler/jobs/a/pause")["next_run_time"] == .null)
        #expect(try await bench.send(.post, "/scheduler/jobs/b/run").status == 200)
        #expect(await bench.ran.next() == "world")
        #expect(try await bench.send(.post, "/scheduler/start").status == 204)
        #expect(try await bench.job()["name"] == .string("n"))
        #expect(try await bench.job()["next_run_time"] == .null)
        #expect(try await bench.send(.delete, "/scheduler/jobs/b").status == 204)
        await bench.scheduler.shutdown()
    }

    @Test("`run` starts a job that is paused, and one of a scheduler that is paused, and moves no time")
    func runsWhilePaused() async throws {
        let bench = try await RESTBench()
        try await bench.add(#", "kwargs": {"name": "Ada"}"#)
        let next = JSONValue.string("2031-01-01T00:00:00+00:00")
        #expect(try await bench.send(.post, "/scheduler/jobs/a/run", "ignored")["next_run_time"] == next)
        #expect(await bench.ran.next() == "Ada")
        #expect(try await bench.send(.post, "/scheduler/pause").status == 204)
        #expect(try await bench.send(.post, "/scheduler/jobs/a/run")["next_run_time"] == next)
        #expect(await bench.ran.next() == "Ada")
        #expect(try await bench.send(.post, "/scheduler/resume").status == 204)
        #expect(try await bench.send(.post, "/scheduler/jobs/a/pause").status == 200)
        #expect(try await bench.send(.post, "/scheduler/jobs/a/run")["next_run_time"] == .null)
        #expect(await bench.ran.next() == "Ada")
        #expect(try await bench.job()["next_run_time"] == .null)
        await bench.scheduler.shutdown()
        #expect(try await bench.scheduler.runs(of: "a").map(\.outcome) == [.succeeded, .succeeded, .succeeded])
    }

    @Test("On a machine that is not allowed `start` does nothing")
    func otherMachine() async throws {
        var options = RESTOptions(access: .anybody(as: .admin))
        options.allowedHosts = ["elsewhere.invalid"]
        let bench = try await RESTBench(rest: options, isStarted: false)
        #expect(try await bench.send(.get, "/scheduler")["allowed_hosts"] == .array([.string("elsewhere.invalid")]))
        #expect(try await bench.send(.post, "/scheduler/start").status == 204)
        #expect(try await bench.send(.get, "/scheduler")["running"] == .bool(false))
        #expect(try await bench.add().status == 200)
    }

    @Test(
        "Bodies that are no JSON object are refused",
        arguments: [
            ("", 400), ("id=a", 400), ("[]", 400), ("null", 400), (#""a""#, 400), ("{} {}", 400), ("{", 400),
            (String(repeating: "[", count: 100_000), 400), (#"{"id": "a", "id": "b"}"#, 400), ("{}", 422),
            (#"{"id": "a", "func": "echo", "args": [NaN]}"#, 400),
            (#"{"id": "\ud800", "func": "echo"}"#, 400),
        ])
    func badBodies(_ body: String, _ status: Int) async throws {
        let bench = try await RESTBench()
        let answer = try await bench.send(.post, "/scheduler/jobs", body)
        #expect(answer.status == status && answer.message?.isEmpty == false)
        #expect(try await bench.send(.get, "/scheduler/jobs").json == .array([]))
        await bench.scheduler.shutdown()
    }

    @Test("A body that is too long is a 413, and one of another type a 415; no type at all is fine")
    func sizesAndTypes() async throws {
        var options = RESTOptions(access: .anybody(as: .admin))
        options.bodyLimit = 1000
        let bench = try await RESTBench(rest: options)
        let long = try await bench.add(#", "name": "\#(String(repeating: "n", count: 1000))""#)
        #expect(long.status == 413 && long.message == "the body is longer than 1000 bytes")
        for (type, status) in [
            ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/json; charset=utf-8", 200),
            ("application/merge-patch+json", 200), ("APPLICATION/JSON", 200),
        ] {
            let answer = try await bench.send(
                .post, "/scheduler/jobs",
                #"{"id": "a", "func": "echo", "replace_existing": true, "trigger": "cron", "hour": 1}"#,
                headers: [.contentType: type])
            #expect(answer.status == status, "\(type)")
        }
        #expect(try await bench.post(#", "replace_existing": true, "trigger": "cron", "hour": 1"#).status == 200)
        await bench.scheduler.shutdown()
    }
}
#endif
