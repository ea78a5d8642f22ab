#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers
import HTTPTypes
import Testing

/// Adding, changing, listing and removing jobs.
@Suite(.timeLimit(.minutes(1))) struct RESTJobsTests {
    @Test("A job has all its keys")
    func keys() async throws {
        let bench = try await RESTBench()
        let answer = try await bench.add(#", "kwargs": {"name": "Ada"}, "misfire_grace_time": 30"#)
        #expect(answer.status == 200)
        for (key, value) in [
            "id": .string("a"), "name": .string("a"), "func": .string("greet"), "args": .array([]),
            "kwargs": .object([JSONValue.Member("name", .string("Ada"))]), "trigger": .string("interval"),
            "hours": .integer(1), "start_date": .string("2031-01-01T00:00:00+00:00"),
            "misfire_grace_time": .integer(30),
            "max_instances": .integer(1), "next_run_time": .string("2031-01-01T00:00:00+00:00"),
        ] as [String: JSONValue] { #expect(answer[key] == value, "\(key)") }
        #expect(answer["end_date"] == nil && answer["minutes"] == nil)
        #expect(try await bench.job().json == answer.json)
        await bench.scheduler.shutdown()
    }

    @Test("The list is ordered by the next run, then by id; jobs that do not run come last")
    func order() async throws {
        let bench = try await RESTBench()
        for (id, more) in [
            ("z", #", "next_run_time": "2031-01-01T00:00:00Z""#), ("b", ""), ("a", ""),
            ("p", #", "next_run_time": null"#),
            ("early", #", "next_run_time": "2030-12-31T23:59:59.5Z""#), ("o", #", "next_run_time": null"#),
        ] { #expect(try await bench.add(more, id: id).status == 200) }
        guard case .array(let jobs)? = try await bench.send(.get, "/scheduler/jobs").json else {
            Issue.record("no list")
            return
        }
        #expect(jobs.map { $0["id"] } == ["early", "a", "b", "z", "o", "p"].map(JSONValue.string))
        await bench.scheduler.shutdown()
    }

    @Test("Ids are one segment of a path, decoded after it was split")
    func ids() async throws {
        let bench = try await RESTBench()
        for (id, path) in [
            ("a/b", "a%2Fb"), ("a/b", "a%2fb"), ("my job", "my%20job"), ("a+b", "a+b"), ("100%", "100%25"),
            ("🚀", "%F0%9F%9A%80"),
            ("ünï", "%C3%BCn%C3%AF"), ("a?b#c", "a%3Fb%23c"), ("..", "%2E%2E"), (".", "."), ("a%2Fb", "a%252Fb"),
            ("%zz", "%zz"),
            (#"a\"b<c>\\d"#, "a%22b%3Cc%3E%5Cd"), ("jobs", "jobs"), ("run", "run"), ("a:b;c,d", "a:b;c,d"),
            (String(repeating: "x", count: 191), String(repeating: "x", count: 191)),
        ] {
            let added = try await bench.add(id: id)
            #expect(added.status == 200, "\(added.text)")
            for (method, more) in [(.get, ""), (.patch, ""), (.post, "/pause"), (.post, "/resume"), (.post, "/run")]
                as [(HTTPRequest.Method, String)]
            {
                let answer = try await bench.send(method, "/scheduler/jobs/\(path)\(more)", "{}")
                #expect(answer.status == 200 && answer["id"] == added["id"], "\(method) \(path)\(more)")
            }
            #expect(try await bench.send(.delete, "/scheduler/jobs/\(path)").status == 204)
        }
        await bench.scheduler.shutdown()
    }

    @Test(
        "What cannot be an id is refused where a job is added, and is not found where it is named",
        arguments: [
            (#""""#, "%00"), (#""a\u0000b""#, "a%00b"), (#""a\nb""#, "a%0Ab"), (#""cafe\u0301""#, "cafe%CC%81"),
            ("5", "%FF"),
            ("null", "nobody"), (#"["a"]"#, "%C3%28"), ("true", String(repeating: "x", count: 201)),
        ])
    func noIDs(_ id: String, _ path: String) async throws {
        let bench = try await RESTBench()
        let refused = try await bench.send(.post, "/scheduler/jobs", #"{"id": \#(id), "func": "greet"}"#)
        #expect(refused.status == 422 && refused.message?.hasPrefix("id: ") == true)
        for (method, more) in [
            (.get, ""), (.patch, ""), (.delete, ""), (.post, "/pause"), (.post, "/resume"), (.post, "/run"),
        ]
            as [(HTTPRequest.Method, String)]
        {
            let answer = try await bench.send(method, "/scheduler/jobs/\(path)\(more)", "{}")
            #expect(answer.status == 404 && answer.message?.hasSuffix(" not found") == true)
        }
        await bench.scheduler.shutdown()
    }

    @Test("Arguments stay by position and by name as they were given, of any kind")
    func arguments() async throws {
        let bench = try await RESTBench()
        let kwargs =
            #"{"k0":null,"k1":true,"k2":0,"k3":9007199254740993,"k4":0.1,"k5":1e+21,"k6":"naïve 😀","k7":[1,[2,[]]],"k8":{"k":{}}}"#
        let echo = try await bench.send(
            .post, "/scheduler/jobs",
            #"{"id": "b", "func": "echo", "trigger": "cron", "hour": 5, "args": [null, "x", [1], {"a": 1}], "kwargs": \#(kwargs)}"#
        )
        #expect(echo["args"]?.description == #"[null,"x",[1],{"a":1}]"# && echo["kwargs"]?.description == kwargs)
        let both = try await bench.add(#", "args": ["Ada"], "kwargs": {"times": 2}"#)
        #expect(both["args"]?.description == #"["Ada"]"# && both["kwargs"]?.description == #"{"times":2}"#)
        #expect(try await bench.send(.post, "/scheduler/jobs/a/run").status == 200)
        #expect(await bench.ran.next() == "Ada")
        let changed = try await bench.patch(#"{"args": ["Bob", 3], "kwargs": {}}"#)
        #expect(changed["args"]?.description == #"["Bob",3]"# && changed["kwargs"] == .object([]))
        let other = try await bench.patch(#"{"func": "echo"}"#)
        #expect(other["args"] == changed["args"] && other["func"] == .string("echo"))
        #expect(try await bench.patch(#"{"func": "by name"}"#).status == 422)
        #expect(try await bench.patch(#"{"func": "by name", "args": []}"#).status == 200)
        #expect(
            try await bench.add(#", "replace_existing": true, "args": null, "kwargs": null, "name": null"#).status
                == 200)
        #expect(try await bench.add(#", "replace_existing": true, "name": """#)["name"] == .string("a"))
        await bench.scheduler.shutdown()
    }

    @Test(
        "What is wrong with a key is refused, and nothing changes",
        arguments: [
            #""func": null"#, #""func": """#, #""func": 5"#, #""func": "os:system""#, #""func": "Greet""#,
            #""func": "closure:a""#,
            #""args": "abc""#, #""args": {"a": 1}"#, #""args": 1"#, #""args": ["a", 1, 2]"#, #""args": [5]"#,
            #""kwargs": [["a", 1]]"#,
            #""kwargs": "a""#, #""kwargs": {"colour": 1}"#, #""kwargs": {"times": "x"}"#, #""kwargs": {"*": [1]}"#,
            #""args": ["Ada"], "kwargs": {"name": "Bob"}"#, #""name": 5"#, #""name": "a\u0007""#,
            #""misfire_grace_time": 0"#, #""misfire_grace_time": -1"#, #""misfire_grace_time": 1.5"#,
            #""misfire_grace_time": "30""#, #""misfire_grace_time": true"#, #""misfire_grace_time": 1000000000000"#,
            #""max_instances": 0"#, #""max_instances": null"#, #""max_instances": true"#, #""max_instances": "2""#,
            #""max_instances": 2.5"#, #""max_instances": 10000000"#, #""coalesce": null"#, #""coalesce": "no""#,
            #""coalesce": 1"#,
            #""executor": "nowhere""#, #""executor": null"#, #""executor": 5"#, #""jobstore": "nowhere""#,
            #""jobstore": null"#,
            #""next_run_time": "soon""#, #""next_run_time": 5"#, #""next_run_time": false"#, #""colour": "blue""#,
            #""hour": 5"#,
            #""trigger": 5"#, #""ID": "b""#,
        ])
    func wrong(_ keys: String) async throws {
        let bench = try await RESTBench()
        let added = try await bench.send(
            .post, "/scheduler/jobs",
            #"{"id": "n", "trigger": "interval", "hours": 1, \#(keys)\#(keys.hasPrefix(#""func""#) ? "" : #", "func": "greet""#)}"#
                .replacing(
                    #""trigger": "interval", "hours": 1, "trigger""#, with: #""trigger""#))
        #expect(added.status == 422 && added.message?.isEmpty == false, "\(added.text)")
        let before = try await bench.add()
        // With good changes beside it, of which none is made.
        let changed = try await bench.patch(#"{"tags": 1, \#(keys)}"#.replacing(#""tags": 1, "#, with: ""))
        #expect(changed.status == 422, "\(changed.text)")
        if !keys.contains("max_instances"), !keys.contains("trigger"), !keys.contains("hour") {
            let half = try await bench.patch(
                #"{"trigger": "interval", "hours": 5, "start_date": "2031-01-01", "max_instances": 4, \#(keys)}"#)
            #expect(half.status == 422)
        }
        #expect(try await bench.job().json == before.json)
        #expect(try await bench.job("n").status == 404)
        await bench.scheduler.shutdown()
    }

    @Test(
        "A change refuses what only an addition has, and null where it means nothing",
        arguments: [
            #""id": "a""#, #""id": "b""#, #""replace_existing": true"#, #""name": null"#, #""name": """#,
            #""args": null"#,
            #""kwargs": null"#,
            #""trigger": null"#, #""hours": 2"#, #""end_date": "2031-02-01""#, #""timezone": "UTC""#,
            #""trigger": "interval""#,
        ])
    func wrongChanges(_ keys: String) async throws {
        let bench = try await RESTBench()
        let before = try await bench.add()
        #expect(try await bench.patch("{\(keys)}").status == 422)
        #expect(try await bench.job().json == before.json)
        let missing = try await bench.send(.patch, "/scheduler/jobs/nobody", "{\(keys)}")
        #expect(missing.status == 404 && missing.message == "Job nobody not found")
        await bench.scheduler.shutdown()
    }

    @Test("Changes of one key leave the others, and an empty one changes nothing")
    func changes() async throws {
        let bench = try await RESTBench()
        try await bench.add(#", "args": ["Ada"]"#)
        var wanted = try await bench.job().json
        for (body, key, value) in [
            ("{}", "name", .string("a")), (#"{"name": "n"}"#, "name", .string("n")),
            (#"{"max_instances": 4}"#, "max_instances", .integer(4)),
            (#"{"misfire_grace_time": 9}"#, "misfire_grace_time", .integer(9)),
            (#"{"misfire_grace_time": null}"#, "misfire_grace_time", .null),
            (#"{"coalesce": false, "executor": "default", "jobstore": "default"}"#, "hours", .integer(1)),
            (#"{"next_run_time": "2031-06-01T10:00:00+05:00"}"#, "next_run_time", .string("2031-06-01T10:00:00+05:00")),
            (#"{"next_run_time": null}"#, "next_run_time", .null),
            (#"{"name": "still paused"}"#, "name", .string("still paused")),
            (#"{"next_run_time": "2031-06-01"}"#, "next_run_time", .string("2031-06-01T00:00:00+00:00")),
        ] as [(String, String, JSONValue)] {
            guard case .object(let members)? = wanted else { return }
            let changed = members.map { $0.key == key ? JSONValue.Member(key, value) : $0 }
            wanted = .object(changed)
            #expect(try await bench.patch(body).json == wanted, "\(body)")
            #expect(try await bench.job().json == wanted)
        }
        await bench.scheduler.shutdown()
    }

    @Test("A paused job whose trigger is changed stays paused, and is resumed with the new one")
    func pausedChange() async throws {
        let bench = try await RESTBench()
        try await bench.add()
        #expect(try await bench.send(.post, "/scheduler/jobs/a/pause")["next_run_time"] == .null)
        let changed = try await bench.patch(#"{"trigger": "cron", "hour": 5, "start_date": "2032-01-01"}"#)
        #expect(changed["next_run_time"] == .null && changed["trigger"] == .string("cron") && changed["hours"] == nil)
        #expect(
            try await bench.send(.post, "/scheduler/jobs/a/resume")["next_run_time"]
                == .string("2032-01-01T05:00:00+00:00"))
        await bench.scheduler.shutdown()
    }

    @Test("A time that was set by hand is kept by other changes, and gone when the job is resumed")
    func setTimes() async throws {
        let bench = try await RESTBench()
        let time = JSONValue.string("2031-03-01T12:00:00+00:00")
        let added = try await bench.add(#", "next_run_time": "2031-03-01T12:00:00Z""#)
        #expect(added["next_run_time"] == time && added["start_date"] == .string("2031-01-01T00:00:00+00:00"))
        #expect(try await bench.patch(#"{"name": "n", "max_instances": 2}"#)["next_run_time"] == time)
        #expect(try await bench.send(.post, "/scheduler/jobs/a/run")["next_run_time"] == time)
        // Also of a job that is not paused.
        #expect(
            try await bench.send(.post, "/scheduler/jobs/a/resume")["next_run_time"]
                == .string("2031-01-01T00:00:00+00:00"))
        #expect(try await bench.patch(#"{"next_run_time": "2031-03-01 12:00"}"#)["next_run_time"] == time)
        for (command, shown) in [("pause", .null), ("resume", .string("2031-01-01T00:00:00+00:00"))]
            as [(String, JSONValue)]
        { #expect(try await bench.send(.post, "/scheduler/jobs/a/\(command)")["next_run_time"] == shown) }
        await bench.scheduler.shutdown()
    }

    @Test("A job that fires once and is resumed too late is late, and gone when it has run")
    func resumedTooLate() async throws {
        let bench = try await RESTBench()
        let added = try await bench.post(
            #", "run_date": "2020-01-01", "next_run_time": null, "misfire_grace_time": null"#)
        #expect(added["next_run_time"] == .null)
        let resumed = try await bench.send(.post, "/scheduler/jobs/a/resume")
        #expect(resumed["next_run_time"] == .string("2020-01-01T00:00:00+00:00"))
        #expect(await bench.ran.next() == "world")
        await bench.scheduler.shutdown()
        #expect(try await bench.job().status == 404)
    }

    @Test("A second job of an id is refused, or replaces the first, also one that is paused")
    func duplicates() async throws {
        let bench = try await RESTBench()
        try await bench.add(#", "name": "first", "next_run_time": null, "args": ["Ada"]"#)
        let second = try await bench.add(#", "name": "second""#)
        #expect(second.status == 409 && second.message == "Job a already exists.")
        for value in [#""no""#, "1", "null"] {
            #expect(try await bench.add(#", "replace_existing": \#(value)"#).status == 422)
        }
        #expect(try await bench.job()["name"] == .string("first"))
        let replaced = try await bench.add(#", "replace_existing": true"#)
        #expect(replaced["name"] == .string("a") && replaced["args"] == .array([]))
        #expect(replaced["next_run_time"] == .string("2031-01-01T00:00:00+00:00"))
        #expect(try await bench.send(.delete, "/scheduler/jobs/a").status == 204)
        #expect(try await bench.send(.delete, "/scheduler/jobs/a").status == 404)
        #expect(try await bench.add(#", "replace_existing": true"#).status == 200)
        await bench.scheduler.shutdown()
    }

    @Test("Policies that a job is not given are the scheduler's")
    func policies() async throws {
        let bench = try await RESTBench {
            $0.policies = JobPolicies(misfireGrace: .seconds(60), coalesce: .all, maxInstances: 3)
        }
        let answer = try await bench.add()
        #expect(answer["misfire_grace_time"] == .integer(60) && answer["max_instances"] == .integer(3))
        #expect(try await bench.scheduler.job("a").job.definition.policies.coalesce == .all)
        let own = try await bench.add(#", "misfire_grace_time": null, "coalesce": true, "max_instances": 1"#, id: "b")
        #expect(own["misfire_grace_time"] == .null && own["max_instances"] == .integer(1))
        #expect(try await bench.scheduler.job("b").job.definition.policies.coalesce == .latest)
        await bench.scheduler.shutdown()
    }
}
#endif
