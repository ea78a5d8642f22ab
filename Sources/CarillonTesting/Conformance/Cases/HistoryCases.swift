import Carillon
import CarillonTriggers

extension StoreConformance {
    static let reasons = group("Reasons") { group in
        group.add("reasons read back as they were written, the latest first") { bench in
            let job = try await bench.add("a")
            let written = ReasonRange.Reason.allCases.enumerated().map { index, reason in
                ReasonRange(
                    job: job.id, generation: job.generation, first: bench.time(Int64(index) * 100),
                    last: bench.time(Int64(index) * 100 + 60), count: index + 1, reason: reason,
                    recorded: bench.time(5000))
            }
            try await write(written, bench)
            try expectEqual(try await bench.reasons("a"), written.reversed(), "reasons")
        }
        group.add("the reasons that touch a stretch are found, its ends included") { bench in
            try await writeThree(bench)
            func found(_ first: Int64, _ last: Int64) async throws -> [Int] {
                try await bench.store.reasons(
                    JobID("a"), from: bench.time(first), through: bench.time(last), limit: 10
                ).map(\.count)
            }
            try expectEqual(try await found(0, 99), [1], "0 to 99")
            try expectEqual(try await found(61, 99), [], "61 to 99")
            try expectEqual(try await found(60, 100), [2, 1], "60 to 100")
            try expectEqual(try await found(130, 130), [2], "130 alone")
            try expectEqual(try await found(0, 1000), [3, 2, 1], "all")
            try expectEqual(try await found(261, 1000), [], "after all")
        }
        group.add("no more reasons are answered than asked for, the latest of all") { bench in
            try await writeThree(bench)
            let found = try await bench.store.reasons(JobID("a"), from: .earliest, through: .latest, limit: 2)
            try expectEqual(found.map(\.count), [3, 2], "reasons")
        }
        group.add("reasons of one job are not another's") { bench in
            try await writeThree(bench)
            try await bench.add("b")
            try expectEqual(try await bench.reasons("b"), [], "reasons of b")
            try expectEqual(try await bench.reasons("unknown"), [], "reasons of an unknown job")
        }
        group.add("1,000 occurrences that are skipped one by one are one range") { bench in
            try await bench.add("a", every: 1)
            for second in Int64(0)...1000 { try await bench.pass(at: second) }
            try await expectReason(bench, .instanceLimit, from: 1, through: 1000, count: 1000)
            let recorded = try await bench.reasons("a").map(\.recorded)
            try expectEqual(recorded, [bench.time(1000)], "when the range grew last")
        }
        group.add("a range does not grow over an occurrence that ran") { bench in
            try await bench.add("a", every: 10)
            var completions: [Completion] = []
            for second: Int64 in [0, 10, 20, 30, 40] {
                // The run of 0 ends before 20, so that 20 runs.
                if second == 20 { try await bench.pass(at: 15, completions: completions) }
                let taken = try await bench.pass(at: second).taken
                if second == 0 { completions = taken.map { bench.completion(of: $0, at: 15) } }
            }
            let reasons = try await bench.reasons("a")
            try expectEqual(reasons.map(\.first), [30, 10].map(bench.time), "firsts")
            try expectEqual(reasons.map(\.last), [40, 10].map(bench.time), "lasts")
            try expectEqual(reasons.map(\.count), [2, 1], "counts")
        }
        group.add("a range grows only by what goes on from it: the same job, generation, reason and time") { bench in
            let job = try await bench.add("a")
            let other = try await bench.add("b")
            let first = reason(job, at: bench.time(100))
            _ = try await bench.store.commit([JobChange(job: job, reasons: [first])])
            func range(_ job: Job, _ generation: Int64, _ kind: ReasonRange.Reason) -> ReasonRange {
                ReasonRange(
                    job: job.id, generation: generation, first: bench.time(160), last: bench.time(220), count: 2,
                    reason: kind, recorded: bench.time(230))
            }
            let apart = [
                NewReason(range(job, job.generation, .coalesced), follows: bench.time(100)),
                NewReason(range(job, job.generation + 1, .missed), follows: bench.time(100)),
                NewReason(range(job, job.generation, .missed), follows: bench.time(99)),
                NewReason(range(job, job.generation, .missed)),
            ]
            _ = try await bench.store.commit([JobChange(job: try await bench.job("a"), reasons: apart)])
            let foreign = NewReason(range(other, job.generation, .missed), follows: bench.time(100))
            _ = try await bench.store.commit([JobChange(job: other, reasons: [foreign])])
            try expectEqual(Set(try await bench.reasons("a")), Set((apart + [first]).map(\.range)), "ranges apart")
            try expectEqual(try await bench.reasons("b"), [foreign.range], "the other job's")
            let next = NewReason(range(job, job.generation, .missed), follows: bench.time(100))
            _ = try await bench.store.commit([JobChange(job: try await bench.job("a"), reasons: [next])])
            let grown = first.range.extended(by: next.range)
            try expectEqual(grown.count, 3, "count of the range that grew")
            try expectEqual(Set(try await bench.reasons("a")), Set(apart.map(\.range) + [grown]), "ranges in the end")
        }
        group.add("a range that grows is kept for as long as its last growth") { bench in
            try await bench.add("a", every: 86_400) { $0.history = History(runs: 1000, days: 2) }
            for day in Int64(0)..<6 { try await bench.pass(at: day * 86_400) }
            try expectEqual(try await bench.store.prune(at: bench.time(6 * 86_400)), 0, "removed while it grows")
            try await expectReason(bench, .instanceLimit, from: 86_400, through: 5 * 86_400, count: 5)
            try expectEqual(try await bench.store.prune(at: bench.time(8 * 86_400)), 1, "removed then")
        }
    }

    private static func write(_ reasons: [ReasonRange], _ bench: ConformanceBench) async throws {
        var change = JobChange(job: try await bench.job("a"))
        change.reasons = reasons.map { NewReason($0) }
        try expectEqual(try await bench.store.commit([change]), [.accepted], "commit")
    }

    /// Adds a job `a` with reasons for 0 to 60, 100 to 160 and 200 to 260, of 1, 2 and 3 occurrences.
    private static func writeThree(_ bench: ConformanceBench) async throws {
        let job = try await bench.add("a")
        try await write(
            (0..<3).map { index in
                ReasonRange(
                    job: job.id, generation: job.generation, first: bench.time(Int64(index) * 100),
                    last: bench.time(Int64(index) * 100 + 60), count: index + 1, reason: .missed,
                    recorded: bench.time(300))
            }, bench)
    }

    static let history = group("History") { group in
        group.add("of finished runs the newest are kept, as many as the policy says") { bench in
            try await bench.add("a", every: 10) { $0.history = History(runs: 3, days: 30) }
            try await runThrough(bench, times: 10)
            try expectEqual(try await bench.runs("a").count, 10, "runs before")
            try expectEqual(try await bench.store.prune(at: bench.time(200)), 7, "removed")
            try expectEqual(
                try await bench.runs("a").map(\.id.occurrence.scheduled), [70, 80, 90].map(bench.time), "runs left")
            try expectEqual(try await bench.store.prune(at: bench.time(200)), 0, "removed the second time")
        }
        group.add("finished runs are kept for as many days as the policy says") { bench in
            try await bench.add("a", every: 86_400) { $0.history = History(runs: 1000, days: 2) }
            try await runThrough(bench, times: 6, every: 86_400)
            try expectEqual(try await bench.store.prune(at: bench.time(5 * 86_400)), 3, "removed")
            try expectEqual(
                try await bench.runs("a").map(\.id.occurrence.scheduled), [3, 4, 5].map { bench.time($0 * 86_400) },
                "runs left")
        }
        group.add("a run that ended before its scheduled time is kept for as many days, too") { bench in
            let day = Int64(86_400)
            for (id, days) in [("a", 2), ("b", 30)] {
                try await bench.add(id, every: 100_000_000, at: 5 * day) { $0.history = History(runs: 9, days: days) }
            }
            // The clock showed the fifth day, and was set back to the first.
            let taken = try await bench.pass(at: 5 * day).taken
            try await bench.pass(at: day, completions: taken.map { bench.completion(of: $0, at: day) })
            try expectEqual(try await bench.store.prune(at: bench.time(3 * day)), 0, "removed on the third day")
            try expectEqual(try await bench.store.prune(at: bench.time(4 * day)), 1, "removed on the fourth")
            try expectEqual(try await bench.runs("b").count, 1, "runs of the other")
            try expectEqual(try await bench.store.prune(at: bench.time(32 * day)), 1, "removed on the 32nd")
        }
        group.add("reasons are kept for as many days as the policy says") { bench in
            let job = try await bench.add("a", every: 86_400) { $0.history = History(runs: 1000, days: 2) }
            let written = (Int64(0)..<6).map { reason(job, at: bench.time($0 * 86_400 + 1)) }
            _ = try await bench.store.commit([JobChange(job: job, reasons: written)])
            try expectEqual(try await bench.reasons("a").count, 6, "reasons before")
            try expectEqual(try await bench.store.prune(at: bench.time(5 * 86_400)), 3, "removed")
            try expectEqual(
                try await bench.reasons("a").map(\.first), [5, 4, 3].map { bench.time($0 * 86_400 + 1) }, "reasons left"
            )
        }
        group.add("runs and reasons that are kept for longer than the default are there until their day") { bench in
            let day = Int64(86_400)
            try await bench.add("a", every: 100_000_000) { $0.history = History(runs: 1000, days: 90) }
            try await runThrough(bench, times: 1)
            let job = try await bench.job("a")
            _ = try await bench.store.commit([JobChange(job: job, reasons: [reason(job, at: bench.time(1))])])
            for later in [Int64(31), 89] {
                try expectEqual(try await bench.store.prune(at: bench.time(later * day)), 0, "removed on day \(later)")
            }
            try expectEqual(try await bench.runs("a").count, 1, "runs on day 89")
            try expectEqual(try await bench.reasons("a").count, 1, "reasons on day 89")
            try expectEqual(try await bench.store.prune(at: bench.time(91 * day)), 2, "removed on day 91")
        }
        group.add("the number of runs in the policy limits no reasons") { bench in
            try await bench.add("a", every: 10) { policies in
                policies.misfireGrace = .seconds(0)
                policies.history = History(runs: 0, days: 30)
            }
            // On time and missed in turn, so that no range continues another.
            for turn in Int64(0)..<6 {
                let taken = try await bench.pass(at: turn * 20).taken
                try await bench.pass(
                    at: turn * 20 + 15, completions: taken.map { bench.completion(of: $0, at: turn * 20 + 1) })
            }
            try expectEqual(try await bench.reasons("a").count, 6, "reasons before")
            try expectEqual(try await bench.store.prune(at: bench.time(200)), 6, "removed")
            try expectEqual(try await bench.reasons("a").count, 6, "reasons after")
            try expectEqual(try await bench.runs("a"), [], "runs after")
        }
        group.add("open runs are never removed") { bench in
            try await bench.add("a", every: 10) { policies in
                policies.history = History(runs: 0, days: 0)
                policies.atLimit = .queue
            }
            try await bench.pass(at: 0)
            try await bench.pass(at: 10)
            try await bench.add("ready", every: 1000) { $0.history = History(runs: 0, days: 0) }
            try await bench.pass(at: 11, slots: 0)
            try expectEqual(try await bench.store.prune(at: bench.time(1_000_000)), 0, "removed")
            try expectEqual(try await bench.snapshot("a").open.count, 2, "open runs of a")
            try expectEqual(try await bench.snapshot("ready").open.count, 1, "open runs of the other")
        }
        group.add("each job is pruned by its own policy") { bench in
            try await bench.add("a", every: 10) { $0.history = History(runs: 1, days: 30) }
            try await bench.add("b", every: 10) { $0.history = History(runs: 4, days: 30) }
            try await runThrough(bench, times: 6)
            try expectEqual(try await bench.store.prune(at: bench.time(100)), 7, "removed")
            try expectEqual(try await bench.runs("a").count, 1, "runs of a")
            try expectEqual(try await bench.runs("b").count, 4, "runs of b")
        }
        group.add("pruning changes no job") { bench in
            try await bench.add("a", every: 10) { $0.history = History(runs: 0, days: 30) }
            try await runThrough(bench, times: 3)
            let job = try await bench.job("a")
            try expectEqual(try await bench.store.prune(at: bench.time(100)), 3, "removed")
            try expectEqual(try await bench.job("a"), job, "the job")
        }
        group.add("the history of a removed job is kept for 30 days") { bench in
            try await bench.add("a", every: 10) { $0.history = History(runs: 0, days: 0) }
            try await runThrough(bench, times: 2)
            _ = try await bench.store.remove([JobID("a")], at: bench.time(50))
            try expectEqual(try await bench.store.prune(at: bench.time(29 * 86_400)), 0, "removed after 29 days")
            try expectEqual(try await bench.store.prune(at: bench.time(31 * 86_400)), 3, "removed after 31 days")
            try expectEqual(try await bench.runs("a"), [], "runs")
            try expectEqual(try await bench.reasons("a"), [], "reasons")
        }
        group.add("a run that was pruned is not known any more") { bench in
            try await bench.add("a", every: 10) { $0.history = History(runs: 0, days: 30) }
            try await runThrough(bench, times: 1)
            let run = try require(try await bench.runs("a").first, "the run")
            _ = try await bench.store.prune(at: bench.time(100))
            try expectEqual(try await bench.store.run(run.id), nil, "the run")
        }
    }

    /// Runs every job `times` times, each run for a second.
    static func runThrough(_ bench: ConformanceBench, times: Int, every seconds: Int64 = 10) async throws {
        for number in 0..<Int64(times) {
            let taken = try await bench.pass(at: number * seconds).taken
            let completions = taken.map { bench.completion(of: $0, at: number * seconds + 1) }
            try await bench.pass(at: number * seconds + 1, slots: 0, completions: completions)
        }
    }

    static let payloads = group("Results and logs") { group in
        group.add("64 KiB of result and of log are kept whole") { bench in
            let run = try await finished(bench, result: bytes(65_536), log: bytes(65_536))
            try expect(run.result == bytes(65_536), "the result is another one: \(run.result?.count ?? -1) bytes")
            try expect(run.log == bytes(65_536), "the log is another one: \(run.log?.count ?? -1) bytes")
        }
        group.add("of a longer log the end is kept") { bench in
            let run = try await finished(bench, log: letters(100_000))
            try expect(run.log == Array(letters(100_000).suffix(65_536)), "the log is not the end")
        }
        group.add("a longer result is left out, and the log says so") { bench in
            let run = try await finished(bench, result: letters(70_000), log: letters(10))
            try expectEqual(run.result, nil, "result")
            let log = String(decoding: run.log ?? [], as: UTF8.self)
            try expect(log.hasPrefix("abcdefghij") && log.contains("70000"), "the log does not say so: \(log)")
        }
        group.add("results and logs of a removed job are cut alike") { bench in
            try await bench.add("a", every: 1000)
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            _ = try await bench.store.remove([JobID("a")], at: bench.time(1))
            let completion = bench.completion(of: run, at: 2, result: letters(65_536), log: letters(70_000))
            try await bench.pass(at: 2, completions: [completion])
            let ended = try require(try await bench.store.run(run.id), "the run")
            try expect(ended.result == letters(65_536), "the result is another one: \(ended.result?.count ?? -1) bytes")
            try expect(ended.log == Array(letters(70_000).suffix(65_536)), "the log is not the end")
        }
        group.add("empty is not the same as nothing") { bench in
            let empty = try await finished(bench, error: "", result: [], log: [])
            try expectEqual([empty.result, empty.log], [[], []], "result and log")
            try expectEqual(empty.error, "", "error")
            let nothing = try await finished(bench, id: "b")
            try expectEqual([nothing.result, nothing.log], [nil, nil], "result and log")
            try expectEqual(nothing.error, nil, "error")
        }
        group.add("logs of any bytes and errors of any text are kept") { bench in
            let error = "line 1\nline 2\t'quoted' \"%s\" \u{0} \u{1F514} é e\u{301}"
            let log = (0...255).map { UInt8($0) } + [0xC3, 0x28, 0xFF, 0xFE]
            let run = try await finished(bench, error: error, log: log)
            try expectEqual(run.log, log, "log")
            try expectEqual(Array((run.error ?? "").utf8), Array(error.utf8), "bytes of the error")
        }
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    private static func letters(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(97 + $0 % 26) } }

    private static func finished(
        _ bench: ConformanceBench, id: String = "a", error: String? = nil, result: [UInt8]? = nil, log: [UInt8]? = nil
    ) async throws -> Run {
        try await bench.add(id, every: 1000)
        let run = try bench.onlyRun(try await bench.pass(at: 0))
        let completion = bench.completion(of: run, .failed, at: 1, error: error, result: result, log: log)
        try await bench.pass(at: 1, completions: [completion])
        return try require(try await bench.store.run(run.id), "the run")
    }
}
