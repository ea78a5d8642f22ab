import Carillon
import CarillonTriggers

extension StoreConformance {
    static let unreadable = group("Jobs that cannot be read") { group in
        group.add("they are listed with the reason, and found by nothing", needs: [.damage]) { bench in
            try await addThree(bench)
            try expectEqual(try await bench.due(at: 500), ["c", "a"], "due")
            try expectEqual(try await bench.found(at: 500) { $0.ids = [try JobID("b")] }, [], "by id")
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
        group.add("pages by id and by due time go on behind them", needs: [.damage]) { bench in
            try await addThree(bench)
            for id in ["x", "y"] { try await bench.add(id, bench.definition(trigger: try .cron(month: 2, day: 30))) }
            try await bench.storage.damage(try JobID("x"))
            for limit in [1, 2, 3, 4, 5] {
                let byID = try await bench.allRows(limit: limit).map(id)
                try expectEqual(byID, ["a", "b", "c", "x", "y"], "by id, \(limit) a page")
                try await whereListable(bench, JobFilter(), .beginningByDue) {
                    let byDue = try await bench.allRows(from: .beginningByDue, limit: limit).map(id)
                    try expectEqual(byDue, ["c", "b", "a", "x", "y"], "by due time, \(limit) a page")
                }
            }
        }
        group.add("whoever names one can remove it, with its runs", needs: [.damage]) { bench in
            for name in ["ready", "running", "other"] { try await bench.add(name, every: 1000) }
            let running = try bench.onlyRun(
                try await bench.pass(at: 0, slots: 1) { $0.dueLimit = 1 })
            try await bench.pass(at: 0, slots: 0)
            let name = running.id.occurrence.job
            let others = try ["ready", "running", "other"].map { try JobID($0) }.filter { $0 != name }
            let kept = try require(others.last, "a job")
            let ready = try require(others.first, "a job")
            let generation = try await bench.job(ready.description).generation
            try await bench.storage.damage(ready)
            try await bench.storage.damage(name)
            let asked = [name, try JobID("none"), ready, ready]
            try expectEqual(
                try await bench.store.remove(asked, at: bench.time(5)), [true, false, true, false], "answers")
            try expectEqual(try await bench.allJobs().map(\.id), [kept], "jobs")
            let ended = try await bench.runs(ready.description)
            try expectEqual(ended.map(\.state), [.finished(.cancelled)], "the run that nobody had taken")
            try expectEqual(ended.map(\.finished), [bench.time(5)], "when it ended")
            try expectEqual(try await bench.store.run(running.id), running, "the run that goes on")
            let completion = bench.completion(of: running, at: 6)
            try expectEqual(try await bench.store.complete(withoutJob: [completion]), [true], "its end")
            let anew = try await bench.add(ready.description)
            try expect(anew.generation > generation, "the generation is \(anew.generation) after \(generation)")
        }
    }

    /// Jobs a, b and c, due at 30, 20 and 10; b cannot be read.
    private static func addThree(_ bench: ConformanceBench) async throws {
        for (id, added) in [("a", Int64(30)), ("b", 20), ("c", 10)] { try await bench.add(id, every: 1000, at: added) }
        try await bench.storage.damage(try JobID("b"))
    }

    private static func id(_ row: JobListing) -> String {
        switch row {
        case .job(let job): job.id.description
        case .unreadable(let id, _, _): id
        }
    }
}
