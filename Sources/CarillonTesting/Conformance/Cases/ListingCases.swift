import Carillon
import CarillonTriggers

extension StoreConformance {
    static let paging = group("Pages") { group in
        group.add("jobs by id: all of them, each once, in order, whatever the size of the page") { bench in
            let ids = try await addShuffled(bench, 100)
            for limit in [1, 7, 50, 100, 101] {
                try expectEqual(
                    try await bench.allJobs(limit: limit).map(\.id.description), ids, "ids with \(limit) a page")
            }
        }
        group.add("jobs by due time: the earliest first, ties by id, those without one last") { bench in
            for (id, added) in [("d", Int64(30)), ("c", 10), ("b", 10), ("a", 20)] {
                try await bench.add(id, at: added)
            }
            for id in ["z", "y"] { try await bench.add(id, bench.definition(trigger: try .cron(month: 2, day: 30))) }
            let wanted = ["b", "c", "a", "d", "y", "z"]
            try await whereListable(bench, JobFilter(), .beginningByDue) {
                for limit in [1, 2, 4, 10] {
                    let found = try await bench.allJobs(from: .beginningByDue, limit: limit).map(\.id.description)
                    try expectEqual(found, wanted, "ids with \(limit) a page")
                }
            }
        }
        group.add("jobs by id while others come and go: none twice, none of those that stay missed") { bench in
            let ids = try await addShuffled(bench, 60)
            var seen: [String] = []
            var page = Page<JobCursor>(limit: 10)
            for turn in 0... {
                let rows = try await bench.jobs(of: JobFilter(), page)
                guard let last = rows.last else { break }
                seen += rows.map(\.id.description)
                page.after = .id(last.id.description)
                // One listed job and one not yet listed are removed, and one is added before and one after the cursor.
                guard turn < 4 else { continue }
                let gone = try [rows[0].id.description, ids[59 - turn]].map { try JobID($0) }
                _ = try await bench.store.remove(gone, at: bench.start)
                try await bench.add("\(rows[0].id.description)-new")
                try await bench.add("\(last.id.description)-new")
            }
            try expectEqual(Set(seen).count, seen.count, "different rows")
            let stayed = Set(try await bench.allJobs().map(\.id.description)).intersection(ids)
            try expect(stayed.isSubset(of: seen), "missed: \(stayed.subtracting(seen).sorted())")
            try expectEqual(seen, seen.sorted(), "rows in order")
        }
        group.add("jobs by due time while others come, go and fire: none twice, none of the others missed") { bench in
            for number in 0..<60 { try await bench.add("job \(100 + number)", every: 1000, at: Int64(number)) }
            try await whereListable(bench, JobFilter(), .beginningByDue) {
                var seen: [String] = []
                var page = Page<JobCursor>(after: .beginningByDue, limit: 10)
                for turn in 0..<4 {
                    let rows = try await bench.jobs(of: JobFilter(), page)
                    seen += rows.map(\.id.description)
                    let last = try require(rows.last, "a row")
                    page.after = .due(last.next?.due, last.id.description)
                    _ = try await bench.store.remove([rows[5].id, try JobID("job \(150 + turn)")], at: bench.start)
                    try await bench.add("new \(turn)", every: 1000, at: Int64(turn))
                }
                let rest = try await bench.allJobs(from: page.after, limit: 10).map(\.id.description)
                seen += rest
                try expectEqual(Set(seen).count, seen.count, "different rows")
                let stayed = (0..<60).map { "job \(100 + $0)" }.filter {
                    !["job 150", "job 151", "job 152", "job 153"].contains($0)
                }
                try expect(Set(stayed).isSubset(of: seen), "missed: \(Set(stayed).subtracting(seen).sorted())")
            }
        }
        group.add("a page goes on behind a row that is gone") { bench in
            let ids = try await addShuffled(bench, 9)
            _ = try await bench.store.remove([try JobID(ids[3])], at: bench.start)
            let rows = try await bench.jobs(of: JobFilter(), Page(after: .id(ids[3]), limit: 2))
            try expectEqual(rows.map(\.id.description), Array(ids[4...5]), "ids")
        }
        group.add("a page is empty behind the last row and in an empty store") { bench in
            try expectEqual(try await bench.jobs(of: JobFilter(), Page(limit: 5)), [], "jobs of an empty store")
            try expectEqual(try await bench.store.runs(RunFilter(), page: Page(limit: 5)), [], "runs of an empty store")
            try await bench.add("a")
            try expectEqual(
                try await bench.jobs(of: JobFilter(), Page(after: .id("a"), limit: 5)), [],
                "jobs behind the last")
        }
        group.add("a page has 1,000 rows at most") { bench in
            let jobs = try (0..<1100).map { try bench.new("job \($0)", bench.definition()) }
            _ = try await bench.store.insert(jobs)
            try expectEqual(try await bench.jobs(of: JobFilter(), Page(limit: 5000)).count, 1000, "rows")
            try expectEqual(try await bench.jobs(of: JobFilter(), Page(limit: -3)).count, 1, "rows for a limit below 1")
        }
        group.add("runs: the latest scheduled first, all of them, each once") { bench in
            for id in ["a", "b", "c"] { try await bench.add(id, every: 10) }
            try await runThrough(bench, times: 8)
            var whole: [Run]?
            for limit in [1, 5, 24, 25] {
                let runs = try await bench.allRuns(RunFilter(), limit: limit)
                try expectEqual(Set(runs.map(\.id)).count, 24, "different runs with \(limit) a page")
                let times = runs.map(\.id.occurrence.scheduled)
                try expectEqual(times, times.sorted(by: >), "times in order with \(limit) a page")
                try expectEqual(runs, whole ?? runs, "runs with \(limit) a page, as with others")
                whole = runs
            }
        }
        group.add("runs of one job and time: by kind, number and attempt, the latest first") { bench in
            let job = try await bench.add("a", at: 500)
            var change = JobChange(job: job)
            var wanted: [Run.ID] = []
            for kind in [Occurrence.Kind.onFailure, .backfill, .manual, .scheduled] {
                for number in [10, 9, 0] {
                    for attempt in [11, 2, 1] {
                        let id = Run.ID(
                            Occurrence(
                                job: job.id, generation: job.generation, scheduled: bench.start, kind: kind,
                                number: number),
                            attempt: attempt)
                        wanted.append(id)
                        var run = Run(id: id, state: .waiting, due: bench.start, available: bench.start)
                        // Ended runs are among the open ones.
                        if attempt == 2 { run.state = .finished(.failed) }
                        change.runs.insert(run, at: change.runs.count / 2)
                    }
                }
            }
            _ = try await bench.store.commit([change])
            var filter = RunFilter()
            for job in [nil, job.id] {
                filter.job = job
                for limit in [1, 7, 100] {
                    let listed = try await bench.allRuns(filter, limit: limit).map(\.id)
                    try expectEqual(listed, wanted, "runs with \(limit) a page")
                }
            }
        }
        group.add("runs of one time: by generation, then by job, whatever the filter") { bench in
            var all: [Run.ID] = []
            for id in ["b", "a", "c", "a", "B"] {
                if all.contains(where: { $0.occurrence.job.description == id }) {
                    _ = try await bench.store.remove([try JobID(id)], at: bench.start)
                }
                let job = try await bench.add(id, at: 500)
                var run = run(job, at: bench.start)
                all.append(run.id)
                run.state = .finished(.succeeded)
                run.finished = bench.start
                _ = try await bench.store.commit([JobChange(job: job, runs: [run])])
            }
            let generations = Dictionary(grouping: all, by: \.occurrence.generation).sorted { $0.key > $1.key }
            let wanted = generations.flatMap { _, ids in
                ids.sorted { $0.occurrence.job < $1.occurrence.job }
            }
            var filter = RunFilter()
            for state in [nil, RunFilter.State.finished(.succeeded)] {
                filter.state = state
                for limit in [1, 2, 100] {
                    let listed = try await bench.allRuns(filter, limit: limit).map(\.id)
                    try expectEqual(listed, wanted, "runs with \(limit) a page")
                }
            }
        }
        group.add("runs: hundreds of one time, kind and job are each listed once") { bench in
            try await bench.add("a", at: 500)
            var change = JobChange(job: try await bench.job("a"))
            for number in 0..<150 {
                for attempt in 1...2 {
                    let occurrence = Occurrence(
                        job: change.job.id, generation: change.job.generation, scheduled: bench.start, kind: .manual,
                        number: number)
                    change.runs.append(
                        Run(
                            id: Run.ID(occurrence, attempt: attempt), state: .waiting, due: bench.start,
                            available: bench.start))
                }
            }
            _ = try await bench.store.commit([change])
            let runs = try await bench.allRuns(RunFilter(), limit: 7)
            try expectEqual(runs.count, 300, "rows")
            try expectEqual(Set(runs), Set(change.runs), "runs")
        }
        group.add("runs while others come and go: none twice, none of those that stay missed") { bench in
            try await bench.add("a", every: 10) { $0.history = History(runs: 35, days: 30) }
            try await runThrough(bench, times: 40)
            var seen: [Run] = []
            var page = Page<Run.ID>(limit: 10)
            for turn in 0... {
                let rows = try await bench.store.runs(RunFilter(), page: page)
                guard let last = rows.last else { break }
                seen += rows
                page.after = last.id
                if turn == 1 { _ = try await bench.store.prune(at: bench.time(400)) }
                let taken = try await bench.pass(at: 400 + Int64(turn) * 10).taken
                let completions = taken.map { bench.completion(of: $0, at: 400) }
                try await bench.pass(at: 400 + Int64(turn) * 10, slots: 0, completions: completions)
            }
            try expectEqual(Set(seen.map(\.id)).count, seen.count, "different rows")
            let stayed = Set((6..<40).map { bench.time($0 * 10) })
            let missed = stayed.subtracting(seen.map(\.id.occurrence.scheduled))
            try expect(missed.isEmpty, "missed: \(missed)")
        }
    }

    /// Adds jobs in a shuffled order and returns their ids in order.
    private static func addShuffled(_ bench: ConformanceBench, _ count: Int) async throws -> [String] {
        var random = SeededRandom(seed: 11)
        let ids = (0..<count).map { "job \(1000 + $0)" }
        _ = try await bench.store.insert(try ids.shuffled(using: &random).map { try bench.new($0, bench.definition()) })
        return ids
    }

    /// Checks a listing or, if the store does not support it, that it throws `unsupported`.
    static func whereListable(
        _ bench: ConformanceBench, _ filter: JobFilter, _ first: JobCursor? = nil, _ check: () async throws -> Void
    ) async throws {
        if bench.hasAllListings { return try await check() }
        try await expectError(.unsupported, "a listing that the store cannot make") {
            try await bench.store.jobs(filter, page: Page(after: first))
        }
    }

    static let filters = group("Filters") { group in
        group.add("jobs by state") { bench in
            try await addVariety(bench)
            try expectEqual(try await bench.ids { $0.state = .active }, ["100%", "Report/é", "a_b", "axb"], "active")
            try expectEqual(try await bench.ids { $0.state = .paused }, ["paused"], "paused")
            try expectEqual(try await bench.ids { $0.state = .ended }, ["ended"], "ended")
        }
        group.add("jobs by task") { bench in
            try await addVariety(bench)
            try expectEqual(try await bench.ids { $0.tasks = [TaskName("report")] }, ["Report/é"], "one task")
            try expectEqual(
                try await bench.ids { $0.tasks = [TaskName("report"), TaskName("backup")] },
                ["Report/é", "axb"],
                "two tasks")
            try expectEqual(try await bench.ids { $0.tasks = [] }, [], "no task")
        }
        group.add("jobs by tasks they do not have") { bench in
            try await addVariety(bench)
            let found = try await bench.ids { $0.exceptTasks = [TaskName("work")] }
            try expectEqual(found, ["Report/é", "axb"], "ids")
        }
        group.add("jobs by tag: the whole word, letter by letter") { bench in
            try await addVariety(bench)
            try await expectIDs(bench, ["Report/é", "a_b"]) { $0.tag = "night" }
            try await expectIDs(bench, []) { $0.tag = "nigh" }
            try await expectIDs(bench, []) { $0.tag = "Night" }
            try await expectIDs(bench, ["axb"]) { $0.tag = "%" }
        }
        group.add("jobs by a part of the id, byte by byte") { bench in
            try await addVariety(bench)
            try await expectIDs(bench, ["a_b"]) { $0.text = "a_b" }
            try await expectIDs(bench, ["100%"]) { $0.text = "%" }
            try await expectIDs(bench, ["Report/é"]) { $0.text = "port/é" }
            try await expectIDs(bench, []) { $0.text = "report" }
            try await expectIDs(bench, []) { $0.text = "*" }
            try await expectIDs(bench, ["paused", "ended"].sorted()) { $0.text = "ed" }
            try await expectIDs(bench, ["Report/é"]) { $0.text = "é" }
            try await expectIDs(bench, ["Report/é"]) { $0.text = "/é" }
            try await expectIDs(bench, []) { $0.text = "e\u{301}" }
            try await expectIDs(bench, ["Report/é"]) { $0.text = "Report/é" }
            try await expectIDs(bench, []) { $0.text = "Report/é!" }
            try await expectIDs(bench, []) { $0.text = "b\u{1}" }
            try await expectIDs(bench, []) { $0.text = "x\"b" }
        }
        group.add("jobs by a part of the id, as jobs come and go") { bench in
            for number in 0..<60 { try await bench.add("nightly \(number)") }
            try await expectIDs(bench, (1...5).map { "nightly \($0)7" } + ["nightly 7"]) { $0.text = "7" }
            try await expectIDs(bench, ["nightly 57"]) { $0.text = "57" }
            let gone = try ["nightly 57", "nightly 7"].map { try JobID($0) }
            _ = try await bench.store.remove(gone, at: bench.time(0))
            try await expectIDs(bench, (1...4).map { "nightly \($0)7" }) { $0.text = "7" }
            try await expectIDs(bench, []) { $0.text = "57" }
            try await expectIDs(bench, []) { $0.text = "ly 57" }
            try await bench.add("nightly 57")
            try await expectIDs(bench, ["nightly 57"]) { $0.text = "ly 57" }
            var filter = JobFilter()
            filter.text = "ight"
            try await whereListable(bench, filter) {
                let byDue = try await bench.allJobs(filter, from: .beginningByDue, limit: 7)
                try expectEqual(byDue.count, 59, "jobs by due time")
            }
        }
        group.add("jobs by due time, both ends included") { bench in
            try await addVariety(bench)
            try await expectIDs(bench, ["a_b", "axb"]) { $0.due = bench.time(10)...bench.time(20) }
            try await expectIDs(bench, []) { $0.due = bench.time(11)...bench.time(19) }
        }
        group.add("jobs by origin") { bench in
            try await addVariety(bench)
            try await expectIDs(bench, ["100%", "axb"]) { $0.origin = "jobs.yaml" }
            try await expectIDs(bench, []) { $0.origin = "" }
        }
        group.add("jobs by everything at once, page by page") { bench in
            let jobs: [NewJob] = try (0..<200).map { number in
                let task = number % 2 == 0 ? "work" : "other"
                let definition = try bench.definition(task: task, tags: number % 3 == 0 ? ["x"] : [], origin: "o")
                return try bench.new("job \(1000 + number)", definition, at: Int64(number), paused: number % 5 == 0)
            }
            _ = try await bench.store.insert(jobs)
            var filter = JobFilter()
            filter.state = .active
            filter.tasks = [TaskName("work")]
            filter.tag = "x"
            filter.text = "1"
            filter.due = bench.time(20)...bench.time(180)
            filter.origin = "o"
            let wanted = (20...180).filter { $0 % 6 == 0 && $0 % 5 != 0 }.map { "job \(1000 + $0)" }
            try await whereListable(bench, filter) {
                try expectEqual(try await bench.allJobs(filter, limit: 4).map(\.id.description), wanted, "by id")
                let byDue = try await bench.allJobs(filter, from: .beginningByDue, limit: 4)
                try expectEqual(byDue.map(\.id.description), wanted, "by due time")
            }
        }
        group.add("runs by state and outcome") { bench in
            let runs = try await makeRuns(bench)
            func found(_ state: RunFilter.State) async throws -> Set<Run.ID> {
                var filter = RunFilter()
                filter.state = state
                return Set(try await bench.allRuns(filter).map(\.id))
            }
            try expectEqual(try await found(.running), [runs.running], "running")
            try expectEqual(try await found(.waiting), [runs.waiting], "waiting")
            try expectEqual(try await found(.ready), [runs.ready], "ready")
            try expectEqual(try await found(.finished(nil)), [runs.succeeded, runs.failed], "finished")
            try expectEqual(try await found(.finished(.failed)), [runs.failed], "failed")
            try expectEqual(try await found(.finished(.lost)), [], "lost")
        }
        group.add("runs by kind") { bench in
            let runs = try await makeRuns(bench)
            for id in ["queue", "done"] { try await bench.store.runNow(try JobID(id), at: bench.time(15)) }
            var found: [Occurrence.Kind: [Run]] = [:]
            for kind in Occurrence.Kind.allCases {
                var filter = RunFilter()
                filter.kind = kind
                found[kind] = try await bench.allRuns(filter, limit: 1)
            }
            try expectEqual(
                found[.scheduled]?.map(\.id),
                [runs.ready, runs.failed, runs.waiting, runs.succeeded, runs.running].sorted {
                    $0.isListed(before: $1)
                },
                "scheduled ones")
            try expectEqual(found[.manual]?.map(\.id.occurrence.job.description).sorted(), ["done", "queue"], "manual")
            try expect(
                found[.manual]?.allSatisfy { $0.id.occurrence.kind == .manual } ?? false, "other kinds are found")
            try expectEqual([found[.backfill], found[.onFailure]], [[], []], "kinds that are not there")
            var filter = RunFilter()
            filter.kind = .manual
            filter.job = JobID("queue")
            filter.state = .waiting
            try expectEqual(try await bench.allRuns(filter).count, 1, "by kind, job and state")
        }
        group.add("runs by job, by node and by scheduled time") { bench in
            let runs = try await makeRuns(bench)
            func found(_ adjust: (inout RunFilter) throws -> Void) async throws -> [Run.ID] {
                var filter = RunFilter()
                try adjust(&filter)
                return try await bench.allRuns(filter, limit: 1).map(\.id)
            }
            try expectEqual(try await found { $0.job = JobID("queue") }, [runs.waiting, runs.running], "by job")
            try expectEqual(try await found { $0.job = JobID("unknown") }, [], "by an unknown job")
            try expectEqual(try await found { $0.node = try NodeID("node-1") }, [runs.running], "by node")
            try expectEqual(try await found { $0.node = try NodeID("node-2") }, [], "by another node")
            try expectEqual(
                try await found { $0.scheduled = bench.time(10)...bench.time(12) },
                [runs.ready, runs.failed, runs.waiting],
                "by time")
            try expectEqual(
                try await found {
                    $0.job = JobID("queue")
                    $0.state = .running
                    $0.node = try NodeID("node-1")
                    $0.scheduled = bench.start...bench.start
                }, [runs.running], "by all")
        }
    }

    private static func byBytes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static func expectIDs(
        _ bench: ConformanceBench, _ wanted: [String], file: String = #fileID, line: Int = #line,
        _ adjust: (inout JobFilter) throws -> Void
    ) async throws {
        var filter = JobFilter()
        try adjust(&filter)
        try await whereListable(bench, filter) {
            let found = try await bench.allJobs(filter).map(\.id.description)
            try expectEqual(found, wanted.sorted(by: byBytes), "ids", file: file, line: line)
        }
    }

    private static func addVariety(_ bench: ConformanceBench) async throws {
        try await bench.add("Report/é", bench.definition(task: "report", tags: ["day", "night"]), at: 500)
        try await bench.add("a_b", bench.definition(tags: ["night"]), at: 10)
        try await bench.add("axb", bench.definition(task: "backup", tags: ["%"], origin: "jobs.yaml"), at: 20)
        try await bench.add("100%", bench.definition(origin: "jobs.yaml"), at: 30)
        try await bench.add("paused", bench.definition(), at: 40, paused: true)
        try await bench.add("ended", bench.definition(trigger: try .cron(month: 2, day: 30)))
    }

    private struct SomeRuns {
        let running: Run.ID
        let waiting: Run.ID
        let ready: Run.ID
        let succeeded: Run.ID
        let failed: Run.ID
    }

    /// Creates runs scheduled at 0 (running), 10 (waiting for it), 1 (succeeded), 11 (failed) and 12 (ready).
    private static func makeRuns(_ bench: ConformanceBench) async throws -> SomeRuns {
        try await bench.add("queue", every: 10) { $0.atLimit = .queue }
        let running = try bench.onlyRun(try await bench.pass(at: 0))
        try await bench.add("done", every: 10, at: 1)
        let succeeded = try bench.onlyRun(try await bench.pass(at: 1))
        try await bench.pass(at: 2, slots: 0, completions: [bench.completion(of: succeeded, at: 2)])
        let failed = try bench.onlyRun(try await bench.pass(at: 11))
        try await bench.pass(at: 11, slots: 0, completions: [bench.completion(of: failed, .failed, at: 11)])
        try await bench.add("fresh", every: 1000, at: 12)
        try await bench.pass(at: 12, slots: 0)
        let waiting = try require(
            try await bench.snapshot("queue").open.first { $0.state == .waiting }, "a waiting run")
        let ready = try require(try await bench.snapshot("fresh").open.first, "a ready run")
        return SomeRuns(
            running: running.id, waiting: waiting.id, ready: ready.id, succeeded: succeeded.id, failed: failed.id)
    }
}
