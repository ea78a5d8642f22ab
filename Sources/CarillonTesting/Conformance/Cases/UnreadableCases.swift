import Carillon
import CarillonTriggers

extension StoreConformance {
    static let unreadable = group("Jobs that cannot be read") { group in
        group.add("they are listed with the reason, and found by nothing", needs: [.damage]) { bench in
            try await addThree(bench)
            try expectEqual(try await bench.due(at: 500), ["c", "a"], "due")
            try expectEqual(try await bench.found(at: 500) { $0.ids = [JobID("b")] }, [], "by id")
            let rows = try await bench.allRows(limit: 10)
            try expectEqual(rows.map(id), ["a", "b", "c"], "rows")
            guard case .unreadable("b", let due, let reason) = rows[1] else {
                throw StoreConformanceFailure("listed as \(rows[1])")
            }
            try expectEqual(due, bench.time(20), "due time")
            try expect(!reason.isEmpty, "no reason is given")
            try expectEqual(try await bench.pass(at: 500).taken.count, 2, "taken")
            try expectEqual(try await bench.store.insert([try bench.new("b", bench.definition())]), [nil], "its id")
        }
        group.add("an id that is free and one that is not to be read are told apart", needs: [.damage]) { bench in
            try await addThree(bench)
            let unreadable = try await bench.store.absence(of: JobID("b"))
            try expectEqual(unreadable.code, .jobUnreadable, "code for b")
            try expect(unreadable.reason.contains("'b'"), "the job is not named: \(unreadable.reason)")
            for id in ["bb", "a ", "\u{E000}", "z"] {
                try expectEqual(try await bench.store.absence(of: try JobID(id)).code, .jobNotFound, "code for '\(id)'")
            }
        }
        group.add("pages by id and by due time go on behind them", needs: [.damage]) { bench in
            try await addThree(bench)
            for id in ["x", "y"] { try await bench.add(id, bench.definition(trigger: try .cron(month: 2, day: 30))) }
            try await bench.storage.damage(.job, of: JobID("x"))
            for limit in [1, 2, 3, 4, 5] {
                let byID = try await bench.allRows(limit: limit).map(id)
                try expectEqual(byID, ["a", "b", "c", "x", "y"], "by id, \(limit) a page")
                try await whereListable(bench, JobFilter(), .beginningByDue) {
                    let byDue = try await bench.allRows(from: .beginningByDue, limit: limit).map(id)
                    try expectEqual(byDue, ["c", "b", "a", "x", "y"], "by due time, \(limit) a page")
                }
            }
        }
        group.add("a listing of one state has none of them, and full pages", needs: [.damage]) { bench in
            try await addThree(bench)
            try await bench.pass(at: 30, slots: 0)
            try await bench.storage.damage(.openRuns, of: JobID("a"))
            for (state, ids) in [(JobFilter.State.active, ["c"]), (.paused, [])] {
                var filter = JobFilter()
                filter.state = state
                for start in [nil, JobCursor.beginningByDue] {
                    try await whereListable(bench, filter, start) {
                        let listed = try await bench.store.jobs(filter, page: Page(after: start, limit: 1))
                        try expectEqual(listed.map(id), ids, "a page of one, \(state)")
                    }
                }
            }
        }
        group.add("one is removed by its id, with its runs", needs: [.damage]) { bench in
            for name in ["ready", "running", "other"] { try await bench.add(name, every: 1000) }
            let running = try bench.onlyRun(
                try await bench.pass(at: 0, slots: 1) { $0.dueLimit = 1 })
            try await bench.pass(at: 0, slots: 0)
            let name = running.id.occurrence.job
            let others = try ["ready", "running", "other"].map { try JobID($0) }.filter { $0 != name }
            let kept = try require(others.last, "a job")
            let ready = try require(others.first, "a job")
            let generation = try await bench.job(ready.description).generation
            try await bench.storage.damage(.job, of: ready)
            try await bench.storage.damage(.job, of: name)
            let asked = [name, JobID("none"), ready, ready]
            try expectEqual(
                try await bench.store.remove(asked, at: bench.time(5)), [true, false, true, false], "answers")
            try expectEqual(try await bench.allJobs().map(\.id), [kept], "jobs")
            let ended = try await bench.runs(ready.description)
            try expectEqual(ended.map(\.state), [.finished(.cancelled)], "the run that nobody had taken")
            try expectEqual(ended.map(\.finished), [bench.time(5)], "when it ended")
            try expectEqual(try await bench.store.run(running.id), running, "the run that goes on")
            let completion = bench.completion(of: running, at: 6)
            try expectEqual(try await bench.snapshot(of: running).open, [running], "the runs of its unit")
            try expectEqual(try await bench.pass(at: 6, slots: 0, completions: [completion]).refused, [], "refused")
            try expectEqual(try await bench.store.run(running.id)?.state, .finished(.succeeded), "its end")
            let anew = try await bench.add(ready.description)
            try expect(anew.generation > generation, "the generation is \(anew.generation) after \(generation)")
        }
        group.add("a job with an open run that cannot be read is left alone, others go on", needs: [.damage]) { bench in
            for id in ["a", "b"] { try await bench.add(id, every: 1000) }
            try await bench.pass(at: 0, slots: 0)
            let runs = try await bench.runs("a")
            try await bench.storage.damage(.openRuns, of: JobID("a"))
            try expectEqual(try await bench.found(at: 0) { $0.ids = [JobID("a"), JobID("b")] }, ["b"], "by id")
            let taken = try await bench.pass(at: 1).taken
            try expectEqual(taken.map(\.id.occurrence.job.description), ["b"], "taken")
            try expectEqual(try await bench.allRuns(RunFilter()).map(\.id), taken.map(\.id), "runs that are listed")
            guard case .unreadable("a", _, _) = try await bench.allRows(limit: 10).first else {
                throw StoreConformanceFailure("it is listed as if it could be planned")
            }
            let absence = try await bench.store.absence(of: JobID("a"))
            try expectEqual(absence.code, .jobUnreadable, "code for the job")
            try await bench.storage.mend(.openRuns, of: JobID("a"))
            // A handle may remember for a while what it could not read; another handle has not tried.
            let other = bench.with(try await bench.storage.open())
            try expectEqual(try await other.runs("a"), runs, "its run, once it is mended")
            try expectEqual(try await other.pass(at: 2).taken.map(\.id), runs.map(\.id), "taken then")
        }
        group.add("a reason that cannot be read is not listed, kept, and hides no other", needs: [.damage]) { bench in
            try await bench.add("a") { $0.misfireGrace = .seconds(0) }
            try await bench.pass(at: 30)
            try await bench.storage.damage(.reasons, of: JobID("a"))
            try expectEqual(try await bench.reasons("a"), [], "reasons")
            try await bench.pass(at: 90)
            let new = try await bench.reasons("a")
            try expectEqual(new.map(\.first), [bench.time(60)], "reasons that came later")
            // A range that is listed after the unreadable ones.
            let job = try await bench.job("a")
            let early = ReasonRange(
                job: job.id, generation: job.generation, first: bench.time(-60), last: bench.time(-60), count: 1,
                reason: .missed, recorded: bench.time(90))
            try await bench.storage.damage(.reasons, of: job.id)
            _ = try await bench.store.commit([JobChange(job: job, reasons: [NewReason(early)])])
            try expectEqual(
                try await bench.store.reasons(job.id, from: .earliest, through: .latest, limit: 1), [early],
                "a page of one")
            try expectEqual(try await bench.store.prune(at: bench.time(100 * 86_400)), 1, "removed by their age")
            try await bench.storage.mend(.reasons, of: job.id)
            try expectEqual(
                try await bench.reasons("a").map(\.first), [bench.time(60), bench.start], "once they are mended")
        }
        for part in [StoreDamage.endedRuns, .reasons] {
            let name = part == .reasons ? "a reason" : "an ended run"
            group.add("\(name) that cannot be read is counted, not taken for nothing", needs: [.damage]) { bench in
                try await bench.add("a")
                let run = try bench.onlyRun(try await bench.pass(at: 70))
                try await bench.pass(at: 71, completions: [bench.completion(of: run, at: 71)])
                let job = JobID("a")
                // The first occurrence was coalesced into the second, which ran.
                let times: [Int64] = part == .reasons ? [0, 60] : [60, 0]
                let count = { (first: Int64, last: Int64) in
                    try await bench.store.unreadableHistory(of: job, from: bench.time(first), through: bench.time(last))
                }
                let explanation = {
                    try await bench.store.why(job, at: bench.time(times[0]), now: bench.time(80))
                }
                let before = try await explanation()
                try expectEqual(try await count(0, 100), 0, "before the damage")
                try await bench.storage.damage(part, of: job)
                try expectEqual(try await count(0, 100), 1, "of the whole stretch")
                try expectEqual(try await count(times[1], times[1]), 0, "of another time")
                try expectEqual(try await explanation(), .unreadable(1), "answer")
                try await bench.storage.mend(part, of: job)
                try expectEqual(try await count(0, 100), 0, "once it is mended")
                try expectEqual(try await explanation(), before, "answer once it is mended")
            }
        }
        for part in [StoreDamage.job, .openRuns] {
            let name = part == .job ? "a job" : "a run"
            group.add("\(name) that its dead node left is recovered once it can be read", needs: [.damage]) { bench in
                try await bench.add("a", every: 1000)
                _ = try await bench.heartbeat(node: "node-1")
                let run = try bench.onlyRun(try await bench.pass(at: 0, node: "node-1"))
                try await bench.storage.damage(part, of: JobID("a"))
                let dead = try NodeID("node-1")
                for second in Int64(1)...2 {
                    try expectEqual(
                        try await bench.pass(at: second, node: "node-2", dead: ["node-1"]).taken, [], "taken")
                    try await bench.store.forget([dead])
                    try expect(
                        try await bench.heartbeat(node: "node-2").nodes.contains { $0.report.id == dead },
                        "the node is forgotten, and its run with it")
                }
                try await bench.storage.mend(part, of: JobID("a"))
                let again = try bench.onlyRun(try await bench.pass(at: 3, node: "node-2", dead: ["node-1"]))
                try expectEqual(again.id, run.id, "the run that is taken once it is mended")
                try await bench.store.forget([dead])
                try expectEqual(
                    try await bench.heartbeat(node: "node-2").nodes.map(\.report.id), [try NodeID("node-2")], "nodes")
            }
        }
    }

    /// Adds jobs a, b and c, due at 30, 20 and 10; b cannot be read.
    private static func addThree(_ bench: ConformanceBench) async throws {
        for (id, added) in [("a", Int64(30)), ("b", 20), ("c", 10)] { try await bench.add(id, every: 1000, at: added) }
        try await bench.storage.damage(.job, of: JobID("b"))
    }

    private static func id(_ row: JobListing) -> String {
        switch row {
        case .job(let job): job.id.description
        case .unreadable(let id, _, _): id
        }
    }
}
