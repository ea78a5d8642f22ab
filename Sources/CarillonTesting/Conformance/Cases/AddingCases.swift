import Carillon
import CarillonTriggers

extension StoreConformance {
    /// Changes that make policies invalid.
    static let outOfRange: [@Sendable (inout JobPolicies) -> Void] = [
        { $0.maxInstances = 0 }, { $0.priority = 2_000_000 }, { $0.history = History(days: .max) },
        { $0.retry.count = -1 }, { $0.misfireGrace = .seconds(-1) }, { $0.timeout = .zero },
    ]

    static let adding = group("Adding and removing") { group in
        group.add("a job reads back as it was given") { bench in
            var definition = try bench.definition(task: "réport", tags: ["b", "a", "b"], origin: "jobs.yaml") {
                policies in
                policies.misfireGrace = .seconds(17)
                policies.coalesce = .all
                policies.maxInstances = 3
                policies.atLimit = .queue
                policies.retry = RetryPolicy(
                    count: 4, backoff: .exponential(first: .seconds(2), atMost: .seconds(60)), jitter: 0.5)
                policies.timeout = .milliseconds(1500)
                policies.recovery = .markLost
                policies.priority = -7
                policies.history = History(runs: 12, days: 3)
                policies.onFailure = FailureTask(
                    TaskName("alarm"),
                    arguments: .object([JSONValue.Member("to", .array([.string("a \u{1F6A8}")]))]))
            }
            definition.executor = "processes"
            definition.name = "Réport of the day"
            definition.trace = ["traceparent": "00-a-1\"", "tracestate": "é"]
            definition.arguments = Array(#"{"path": "/tmp/a b", "n": [1, 2.50]}"#.utf8)
            let new = try bench.new("report", definition)
            let added = try require(try await bench.store.insert([new]).first ?? nil, "the job that was added")
            try expectEqual(added, new.job(generation: added.generation), "the answer to insert")
            try expectEqual(try await bench.job("report"), added, "the job as it is found")
            try expectEqual(try await bench.allJobs(), [added], "the job as it is listed")
        }
        group.add("a job begins active, with its first occurrence and version 1 of both kinds") { bench in
            let job = try await bench.add("a", every: 60)
            try expectEqual(job.state, .active, "state")
            try expectEqual(job.next, Job.Next(scheduled: bench.start, due: bench.start), "next occurrence")
            try expectEqual([job.definitionVersion, job.stateVersion], [1, 1], "versions")
            try expectEqual(job.added, bench.start, "when it was added")
        }
        group.add("triggers of every kind read back and go on alike") { bench in
            let berlin = try Zone("Europe/Berlin")
            let triggers: [Trigger] = [
                try .date("2027-06-01T08:00:00+02:00"),
                try .interval(days: 1, seconds: 30, in: berlin, jitter: .seconds(9), firstRun: .afterInterval),
                try .cron(hour: 9, dayOfWeek: "mon-fri", in: berlin, jitter: .seconds(5), gap: .skip, fold: .both),
                try .crontab("*/15 9-17 1,15 * mon", in: berlin, weekdays: .apscheduler),
                try .calendarInterval(months: 1, hour: 2, minute: 30, start: "2027-01-31", in: berlin, gap: .shift),
                .any(of: try .crontab("0 0 * * *"), try .interval(hours: 5)),
                .all(of: try .cron(day: "13"), try .cron(hour: 7, dayOfWeek: "fri")),
            ]
            for (index, trigger) in triggers.enumerated() {
                let added = try await bench.add("job \(index)", bench.definition(trigger: trigger))
                let found = try await bench.job("job \(index)")
                try expectEqual(found, added, "the job of trigger \(index)")
                let times = Array(found.definition.trigger.fireTimes(after: bench.start).prefix(5))
                let wanted = Array(trigger.anchored(at: bench.start).fireTimes(after: bench.start).prefix(5))
                try expectEqual(times, wanted, "fire times of trigger \(index)")
            }
        }
        group.add("a trigger keeps the zone of each of its parts, whatever the reader's own zone") { bench in
            let berlin = try Zone("Europe/Berlin")
            let inBerlin = try Trigger.crontab("30 9 * * *").resolved(defaultZone: berlin)
            let triggers: [Trigger] = [
                inBerlin,
                .any(of: inBerlin, try .cron(hour: 9), try .cron(hour: 9, in: Zone("Asia/Tokyo"))),
                .all(of: try .cron(minute: "*/30"), .any(of: try .cron(hour: 9), inBerlin)),
                .any(of: try .interval(days: 1, start: bench.start.date), inBerlin),
                try .date("2027-06-01T09:00:00").resolved(defaultZone: berlin),
                try .calendarInterval(days: 2, hour: 9).resolved(defaultZone: berlin),
            ]
            for (index, trigger) in triggers.enumerated() {
                let added = try await bench.add("job \(index)", bench.definition(trigger: trigger))
                let found = try await bench.job("job \(index)").definition.trigger
                try expectEqual(found, added.definition.trigger, "trigger \(index)")
                // As another node reads it, and as an import reads it if the scheduler has another zone.
                let exported = try Trigger(json: found.json).resolved(defaultZone: try Zone("America/New_York"))
                let wanted = Array(trigger.anchored(at: bench.start).fireTimes(after: bench.start).prefix(8))
                for (reader, trigger) in [("the store", found), ("an export", exported)] {
                    let times = Array(trigger.fireTimes(after: bench.start).prefix(8))
                    try expectEqual(times, wanted, "fire times of trigger \(index), read from \(reader)")
                }
                try await bench.store.modify(added.id, bench.definition(trigger: trigger), at: bench.time(99))
                let kept = try await bench.job("job \(index)")
                try expectEqual(kept.definitionVersion, 1, "version of \(index), given once more")
            }
        }
        group.add("an interval keeps the phase it was added with") { bench in
            try await bench.add("a", every: 60, at: 7)
            try await bench.pass(at: 100)
            try expectEqual(try await bench.job("a").next?.scheduled, bench.time(127), "next occurrence")
        }
        group.add("a taken id answers nothing and changes nothing") { bench in
            let first = try await bench.add("a", every: 60)
            let answers = try await bench.store.insert([try bench.new("a", bench.definition(every: 5, task: "other"))])
            try expectEqual(answers, [nil], "answer")
            try expectEqual(try await bench.job("a"), first, "the job")
        }
        group.add("policies that are out of range are refused, and nothing of the call is added") { bench in
            for (index, set) in outOfRange.enumerated() {
                let jobs = [
                    try bench.new("good", bench.definition()), try bench.new("bad", bench.definition { set(&$0) }),
                ]
                try await expectError(.invalidPolicy, "policies \(index)") { try await bench.store.insert(jobs) }
            }
            try expectEqual(try await bench.allJobs(), [], "jobs")
        }
        group.add("of two jobs with one id in one call the first is added") { bench in
            let both = [
                try bench.new("a", bench.definition(task: "first")),
                try bench.new("a", bench.definition(task: "second")),
            ]
            let answers = try await bench.store.insert(both)
            try expectEqual(answers.map { $0?.definition.task.description }, ["first", nil], "answers")
            try expectEqual(try await bench.job("a").definition.task.description, "first", "the job's task")
        }
        group.add("answers come in the order of the jobs, taken ids among free ones") { bench in
            try await bench.add("b")
            let jobs = try ["c", "b", "a"].map { try bench.new($0, bench.definition()) }
            let answers = try await bench.store.insert(jobs)
            try expectEqual(answers.map { $0?.id.description }, ["c", nil, "a"], "answers")
        }
        group.add("an id is free again once its job is removed, with a higher generation") { bench in
            var generation: Int64 = 0
            for _ in 0..<3 {
                let job = try await bench.add("a")
                try expect(job.generation > generation, "generation \(job.generation) is not above \(generation)")
                generation = job.generation
                try expectEqual(try await bench.store.remove([job.id], at: bench.start), [true], "removed")
            }
        }
        group.add("an id added anew has versions and times of its own") { bench in
            try await bench.add("a", every: 60)
            try await bench.pass(at: 0)
            try await bench.store.modify(JobID("a"), bench.definition(every: 5), at: bench.time(1))
            _ = try await bench.store.remove([JobID("a")], at: bench.time(2))
            let job = try await bench.add("a", every: 60, at: 1000)
            try expectEqual([job.definitionVersion, job.stateVersion], [1, 1], "versions")
            try await expectSnapshot(bench, job, [])
        }
        group.add("removing answers which jobs were there") { bench in
            try await bench.add("a")
            try await bench.add("b")
            let ids = try ["b", "x", "a", "b"].map { try JobID($0) }
            try expectEqual(try await bench.store.remove(ids, at: bench.start), [true, false, true, false], "answers")
            try expectEqual(try await bench.allJobs(), [], "jobs left")
        }
        group.add("a job can be added paused: it fires nothing") { bench in
            let job = try await bench.add("a", bench.definition(), paused: true)
            try expectEqual(job.state, .paused(since: bench.start), "state")
            try expectEqual(try await bench.job("a"), job, "the job")
            try expectEqual(try await bench.due(at: 1000), [], "due")
        }
        group.add("a date that has passed is due all the same") { bench in
            try await bench.add("a", bench.definition(trigger: try .date("2020-01-01T00:00:00Z")))
            try expectEqual(try await bench.due(at: 0), ["a"], "due")
        }
        group.add("a job whose trigger never fires is ended, and kept") { bench in
            let trigger = try Trigger.cron(month: 2, day: 30)
            try expectEqual(try await bench.add("a", bench.definition(trigger: trigger)).state, .ended, "state")
            try expectEqual(try await bench.due(at: 1_000_000), [], "due")
            try expectEqual(try await bench.allJobs().count, 1, "jobs")
        }
        group.add("many jobs are added and removed in one call each") { bench in
            let jobs = try (0..<bench.storage.many).map {
                try bench.new("job-\($0)", bench.definition(every: 60 + $0 % 50))
            }
            let answers = try await bench.store.insert(jobs)
            try expectEqual(answers.compactMap { $0?.id }, jobs.map(\.id), "ids that were added")
            try expectEqual(try await bench.due(at: 0, limit: 20_000).count, bench.storage.many, "due")
            let removed = try await bench.store.remove(jobs.map(\.id), at: bench.time(1))
            try expectEqual(removed.count { $0 }, bench.storage.many, "removed")
            try expectEqual(try await bench.due(at: 0, limit: 20_000).count, 0, "due after removal")
        }
        group.add("nothing to do is done") { bench in
            try expectEqual(try await bench.store.insert([]), [], "insert")
            try expectEqual(try await bench.store.remove([], at: bench.start), [], "remove")
            try expectEqual(try await bench.store.commit([]), [], "commit")
            try await bench.store.forget([])
            try expectEqual(try await bench.store.find(JobQuery(now: bench.start)).count, 0, "find")
            try expectEqual(try await bench.store.prune(at: bench.start), 0, "prune")
            try expectEqual(try await bench.store.run(anyRun), nil, "run")
        }
    }

    private static var anyRun: Run.ID {
        get throws { Run.ID(Occurrence(job: JobID("none"), generation: 1, scheduled: .earliest)) }
    }

    static let names = group("Names and arguments") { group in
        group.add("ids of 200 bytes are kept whole") { bench in
            let ids = [
                String(repeating: "x", count: 200), String(repeating: "é", count: 100),
                String(repeating: "🔔", count: 50),
            ]
            try await check(ids, bench)
        }
        group.add("ids that share 199 bytes are different") { bench in
            try await check(["a", "b", "c"].map { String(repeating: "x", count: 199) + $0 }, bench)
        }
        group.add("ids of any script are kept, with emoji and joined characters") { bench in
            try await check(
                ["naïve", "Ωmega", "日次バックアップ", "резервная копия", "गणना", "نسخة", "👩‍👩‍👧‍👦 family", "🇩🇪", "a\u{301}\u{323}"],
                bench)
        }
        group.add("ids that differ in case, accents, width or blanks are different") { bench in
            try await check(
                [
                    "job", "Job", "JOB", "jób", "ｊob", "job ", " job", "jo b", "ﬁx", "fix", "straße", "strasse", "ı",
                    "i", "İ",
                ], bench)
        }
        group.add("ids that Unicode calls equivalent are the same") { bench in
            try await bench.add("caf\u{E9}")
            let answers = try await bench.store.insert([try bench.new("cafe\u{301}", bench.definition())])
            try expectEqual(answers, [nil], "answer")
            try expectEqual(try await bench.allJobs().map(\.id.description), ["caf\u{E9}"], "ids")
        }
        group.add("ids that look like SQL, patterns, paths or keys are only ids") { bench in
            let ids = [
                "'; DROP TABLE jobs; --", "\"quoted\"", "`tick`", "100%", "a_b", "axb", "a*b?[c]", "\\", "\\\\",
                "a\\'b", "$1", "?1",
                ":id", "@p", "{tag}:key", "/a/b", "..", ".", "a/../b", "a:b:c", "NULL", "0", "-1", "true", "$ne", "a.b",
                "#", "--", "/*",
            ]
            try await check(ids, bench)
        }
        group.add("ids are ordered by their bytes") { bench in
            let ids = ["Z", "a", "z", "é", "zz", "ｚ", "😀", "\u{FB01}", "A", "_", "0", "10", "9"]
            for id in ids { try await bench.add(id) }
            let wanted = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            try expectEqual(try await bench.allJobs(limit: 4).map(\.id.description), wanted, "ids in order")
        }
        group.add("tasks are told apart by their bytes") { bench in
            let tasks = ["work", "Work", "wörk", "module:function", "a.b", "100%", "w_rk", "'"]
            for (index, task) in tasks.enumerated() { try await bench.add("job \(index)", task: task) }
            for (index, task) in tasks.enumerated() {
                try expectEqual(try await bench.due(at: 0, tasks: [task]), ["job \(index)"], "due of task '\(task)'")
            }
        }
        group.add("arguments are kept byte by byte") { bench in
            let texts = [
                "null", "  {\"a\" : 1.0e+2 ,\t\"b\":-0}\n", #""\u0000\ud83d\ude00\/\\\"""#,
                "\"\u{7F}\u{2028}\u{1F514}é\"", "[]",
                "12345678901234567890123456789.000", #"{"a":1,"a":2}"#,
                "[" + String(repeating: "[", count: 200) + String(repeating: "]", count: 201),
            ]
            for (index, text) in texts.enumerated() {
                var definition = try bench.definition()
                definition.arguments = Array(text.utf8)
                try await bench.add("job \(index)", definition)
                let found = try await bench.job("job \(index)").definition.arguments
                try expectEqual(found, definition.arguments, "arguments '\(text.prefix(40))'")
            }
        }
        group.add("arguments of a mebibyte are kept") { bench in
            var definition = try bench.definition()
            definition.arguments = Array("\"".utf8) + (0..<1_048_576).map { UInt8(97 + $0 % 26) } + Array("\"".utf8)
            try await bench.add("a", definition)
            let found = try await bench.job("a").definition.arguments
            try expect(found == definition.arguments, "the arguments are other ones; \(found.count) bytes")
        }
        group.add("tags, executor and origin are kept as they are") { bench in
            var definition = try bench.definition(tags: [
                "", ",", "a,b", "Ä", "ä", "a", "\"", String(repeating: "t", count: 300),
            ])
            definition.executor = "böse; --"
            definition.origin = ""
            try await bench.add("a", definition)
            let found = try await bench.job("a").definition
            try expectEqual(found.tags, definition.tags, "tags")
            try expectEqual(found.executor, definition.executor, "executor")
            try expectEqual(found.origin, "", "origin")
        }
    }

    /// Adds jobs, looks each up, fires it, and removes every other one.
    private static func check(_ ids: [String], _ bench: ConformanceBench) async throws {
        for id in ids { try await bench.add(id) }
        for id in ids {
            try expectEqual(try await bench.job(id).id, try JobID(id), "the job that is found")
            var filter = JobFilter()
            filter.text = try JobID(id).description
            try await whereListable(bench, filter) {
                let listed = try await bench.allJobs(filter).map(\.id)
                try expect(listed.contains(try JobID(id)), "'\(id)' is not found by its own text")
            }
        }
        let wanted = try ids.map { try JobID($0) }.sorted()
        try expectEqual(try await bench.allJobs().map(\.id), wanted, "ids in order")
        let taken = try await bench.pass(at: 0).taken.map(\.id.occurrence.job).sorted()
        try expectEqual(taken, wanted, "jobs that were fired")
        for id in ids { try expectEqual(try await bench.runs(id).count, 1, "runs of '\(id)'") }
        let gone = wanted.indices.filter { $0 % 2 == 0 }.map { wanted[$0] }
        _ = try await bench.store.remove(gone, at: bench.time(1))
        let left = wanted.indices.filter { $0 % 2 == 1 }.map { wanted[$0] }
        try expectEqual(try await bench.allJobs().map(\.id), left, "ids that are left")
    }
}
