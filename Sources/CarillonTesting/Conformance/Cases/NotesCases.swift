import Carillon
import CarillonTriggers

extension StoreConformance {
    /// Notes of running runs.
    static let notes = group("Notes of running runs") { group in
        group.add("progress and log of a running run are shown, and when they were noted") { bench in
            let run = try await atWork(bench)
            let progress = RunProgress(1.0 / 3, "é 'one' of 3\n")
            let notes = RunNotes(
                run: run.id, fence: run.fence, progress: progress, log: [0, 10, 0xFF, 10], written: 70_000)
            try await note(notes, bench)
            let shown = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(shown.progress, progress, "progress")
            try expectEqual(shown.log, [0, 10, 0xFF, 10], "log")
            try expectEqual(shown.written, 70_000, "bytes written")
            try expectEqual(shown.noted, bench.time(5), "when it was noted")
            try expectEqual(shown.state, .running(node: try NodeID("node-1")), "state")
        }
        group.add("the process of a running run is kept until it ends, and says nothing by itself") { bench in
            let run = try await atWork(bench)
            let process = RunProcess(number: .max, start: .max)
            try await note(RunNotes(run: run.id, fence: run.fence, process: process), bench)
            var filter = RunFilter()
            filter.node = try NodeID("node-1")
            try expectEqual(try await bench.allRuns(filter).map(\.process), [process], "process in a listing")
            let shown = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(shown.process, process, "process")
            try expectEqual(shown.noted, nil, "when it said something")
            try expectEqual(shown.log, nil, "log")
            try await note(
                RunNotes(run: run.id, fence: run.fence, progress: RunProgress(0.5), process: process), bench)
            try expectEqual(try await bench.store.run(run.id)?.process, process, "process beside progress")
            try await note(RunNotes(run: run.id, fence: run.fence), bench)
            try expectEqual(try await bench.store.run(run.id)?.process, nil, "process that is not said any more")
        }
        group.add("a listing shows progress, and leaves the log out") { bench in
            let run = try await atWork(bench)
            try await note(said(run, "a", progress: RunProgress(0.5, "half")), bench)
            var filters = [RunFilter(), RunFilter(), RunFilter()]
            filters[1].job = JobID("a")
            filters[2].node = try NodeID("node-1")
            for filter in filters {
                let listed = try await bench.allRuns(filter)
                try expectEqual(listed.map(\.progress), [RunProgress(0.5, "half")], "progress")
                try expectEqual(listed.map(\.noted), [bench.time(5)], "when it was noted")
                try expectEqual(listed.map(\.log), [nil], "logs")
            }
        }
        group.add("the latest notes count, in a call as well") { bench in
            let run = try await atWork(bench)
            try await note(said(run, "first", progress: RunProgress(0.9)), bench)
            try await bench.store.note(
                [said(run, "first, second"), said(run, "first, second, third")], from: try NodeID("node-1"),
                at: bench.time(7))
            let shown = try await bench.store.run(run.id)
            try expectEqual(shown?.log, Array("first, second, third".utf8), "log")
            try expectEqual(shown?.progress, nil, "progress, which the latest do not have")
            try expectEqual(shown?.noted, bench.time(7), "when it was noted")
        }
        group.add("progress without a log, a log without progress, and an empty log are kept as they are") { bench in
            for id in ["a", "b", "c"] { try await bench.add(id, every: 1000) }
            let runs = try await bench.pass(at: 0).taken
            try expectEqual(runs.count, 3, "runs taken")
            let notes = [
                RunNotes(run: runs[0].id, fence: runs[0].fence, progress: RunProgress(0)),
                RunNotes(run: runs[1].id, fence: runs[1].fence, log: [1]),
                RunNotes(run: runs[2].id, fence: runs[2].fence, log: []),
            ]
            try await bench.store.note(notes, from: try NodeID("node-1"), at: bench.time(5))
            var shown: [Run] = []
            for run in runs { shown.append(try require(try await bench.store.run(run.id), "the run")) }
            try expectEqual(shown.map(\.progress), [RunProgress(0), nil, nil], "progress")
            try expectEqual(shown.map(\.log), [nil, [1], []], "logs")
            try expectEqual(shown.map(\.written), [0, 1, 0], "bytes written")
        }
        group.add("of a longer log the last 64 KiB are kept, of a longer note 1,000 bytes") { bench in
            let run = try await atWork(bench)
            let log = (0..<200_000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
            let long = String(repeating: "é", count: 5000)
            try await note(
                RunNotes(run: run.id, fence: run.fence, progress: RunProgress(1, long), log: log), bench)
            let shown = try await bench.store.run(run.id)
            try expect(shown?.log == Array(log.suffix(65_536)), "the log has \(shown?.log?.count ?? -1) bytes")
            try expectEqual(shown?.written, 200_000, "bytes written")
            try expectEqual(shown?.progress?.note, String(long.prefix(500)), "note")
        }
        group.add("notes change no state, no version and no index, and are no part of a snapshot") { bench in
            let run = try await atWork(bench)
            let before = try await bench.snapshot("a")
            let news = try await bench.heartbeat().news
            try await note(said(run, "a", progress: RunProgress(0.5)), bench)
            try expectEqual(try await bench.snapshot("a"), before, "snapshot")
            try expectEqual(try await bench.heartbeat().news, news, "news")
            try expectEqual(try await bench.ready(at: 900), [], "ready")
            try expectEqual(
                try await bench.found(at: 5) { $0.runningOn = [try NodeID("node-1")] }, ["a"], "running on the node")
        }
        group.add("a change that was planned before and is written after loses no notes") { bench in
            let run = try await atWork(bench)
            let snapshot = try await bench.snapshot("a")
            try await note(said(run, "noted"), bench)
            var changed = try require(snapshot.open.first, "the open run")
            changed.isCancelRequested = true
            let change = JobChange(job: snapshot.job, runs: [changed])
            try expectEqual(try await bench.store.commit([change]), [.accepted], "commit")
            let shown = try await bench.store.run(run.id)
            try expectEqual(shown?.isCancelRequested, true, "whether it is to be cancelled")
            try expectEqual(shown?.log, Array("noted".utf8), "log")
        }
        group.add("what a completion brings takes the place of what was noted") { bench in
            let run = try await atWork(bench)
            try await note(said(run, "first", progress: RunProgress(0.5)), bench)
            let log = Array("first, last".utf8)
            try await bench.pass(at: 9, completions: [bench.completion(of: run, .failed, at: 9, error: "x", log: log)])
            let ended = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(ended.state, .finished(.failed), "state")
            try expectEqual(ended.log, log, "log")
            try expect(ended.progress == nil && ended.written == nil && ended.noted == nil, "progress is there still")
        }
        group.add("notes of a run that has ended are passed over, those of others in the call are kept") { bench in
            for id in ["a", "b"] { try await bench.add(id, every: 1000) }
            let runs = try await bench.pass(at: 0).taken
            try expectEqual(runs.count, 2, "runs taken")
            try await bench.pass(at: 3, slots: 0, completions: [bench.completion(of: runs[0], at: 3, log: [1])])
            let ended = try await bench.store.run(runs[0].id)
            let unknown = Run.ID(Occurrence(job: JobID("none"), generation: 77, scheduled: bench.start))
            try await bench.store.note(
                [said(runs[0], "late"), RunNotes(run: unknown, fence: 1, log: [1]), said(runs[1], "kept")],
                from: try NodeID("node-1"), at: bench.time(5))
            try expectEqual(try await bench.store.run(runs[0].id), ended, "the ended run")
            try expectEqual(try await bench.store.run(runs[1].id)?.log, Array("kept".utf8), "log of the other")
            try expectEqual(try await bench.store.run(unknown), nil, "the unknown run")
        }
        group.add("notes of another node, of another fence and of a run that nobody has are passed over") { bench in
            let run = try await atWork(bench)
            try await bench.store.note([said(run, "foreign")], from: try NodeID("node-2"), at: bench.time(5))
            try expectEqual(try await bench.store.run(run.id), run, "the run after notes of another node")
            try await note(RunNotes(run: run.id, fence: run.fence + 1, log: [1]), bench)
            try expectEqual(try await bench.store.run(run.id), run, "the run after notes with another fence")
            try await bench.pass(at: 6, slots: 0, completions: [bench.givenBack(run, at: 6)])
            try await note(said(run, "late"), bench)
            let ready = try await bench.store.run(run.id)
            try expectEqual(ready?.state, .ready, "state")
            try expectEqual(ready?.log, nil, "log")
        }
        group.add("a run that is given back and taken again begins without notes, and takes its new node's") { bench in
            let old = try await atWork(bench)
            try await note(said(old, "before", progress: RunProgress(0.5)), bench)
            try await bench.pass(at: 6, slots: 0, completions: [bench.givenBack(old, at: 6)])
            try expectEqual(try await bench.store.run(old.id)?.log, nil, "log while nobody has it")
            let new = try bench.onlyRun(try await bench.pass(at: 7, node: "node-2"))
            try expectEqual(new.id, old.id, "the run")
            try expectEqual(try await bench.store.run(new.id), new, "the run when it is taken again")
            try await note(said(old, "late"), bench)
            try expectEqual(try await bench.store.run(new.id), new, "the run after notes of the node before")
            try await bench.store.note([said(new, "now")], from: try NodeID("node-2"), at: bench.time(8))
            try expectEqual(try await bench.store.run(new.id)?.log, Array("now".utf8), "log")
            try await bench.pass(at: 9, node: "node-2", slots: 0, completions: [bench.completion(of: new, at: 9)])
            try expectEqual(try await bench.store.run(new.id)?.state, .finished(.succeeded), "state at the end")
        }
        group.add("late notes of an earlier take of the same node do not displace those of the later one") { bench in
            let old = try await atWork(bench)
            try await bench.pass(at: 6, slots: 0, completions: [bench.givenBack(old, at: 6)])
            let new = try bench.onlyRun(try await bench.pass(at: 7))
            try await note(said(new, "now"), bench)
            try await note(said(old, "late"), bench)
            try expectEqual(try await bench.store.run(new.id)?.log, Array("now".utf8), "log")
        }
        group.add("a run that ends takes no notes from another run of its job") { bench in
            try await bench.add("a", every: 10) { $0.maxInstances = 2 }
            let first = try bench.onlyRun(try await bench.pass(at: 0))
            let second = try bench.onlyRun(try await bench.pass(at: 10))
            try await note(said(first, "first"), bench)
            try await note(said(second, "second"), bench)
            try await bench.pass(at: 11, slots: 0, completions: [bench.completion(of: first, .lost, at: 11)])
            try expectEqual(try await bench.store.run(first.id)?.log, Array("first".utf8), "log of the one that ended")
            try expectEqual(try await bench.store.run(second.id)?.log, Array("second".utf8), "log of the other")
        }
        group.add("the notes of a take that was lost are not the log of the next") { bench in
            let old = try await atWork(bench)
            try await note(said(old, "of the dead node"), bench)
            let new = try bench.onlyRun(try await bench.pass(at: 20, node: "node-2", dead: ["node-1"]))
            try await bench.pass(at: 21, node: "node-2", slots: 0, completions: [bench.completion(of: new, at: 21)])
            try expectEqual(try await bench.store.run(new.id)?.log, nil, "log")
        }
        group.add("a run that is lost with its node keeps the log that was noted") { bench in
            try await bench.add("a", every: 1000) { $0.recovery = .markLost }
            let run = try bench.onlyRun(try await bench.pass(at: 0))
            try await note(said(run, "its last words", progress: RunProgress(0.5)), bench)
            try await bench.pass(at: 20, node: "node-2", slots: 0, dead: ["node-1"])
            let lost = try require(try await bench.store.run(run.id), "the run")
            try expectEqual(lost.state, .finished(.lost), "state")
            try expectEqual(lost.log, Array("its last words".utf8), "log")
            try expectEqual(lost.progress, nil, "progress")
        }
        group.add("a run says on when its job is removed, and its end then settles it") { bench in
            for id in ["a", "b"] { try await bench.add(id, every: 1000) }
            let runs = try await bench.pass(at: 0).taken
            try expectEqual(runs.count, 2, "runs taken")
            _ = try await bench.store.remove([JobID("a"), JobID("b")], at: bench.time(1))
            try await bench.store.note(
                [said(runs[0], "one"), said(runs[1], "two")], from: try NodeID("node-1"), at: bench.time(5))
            try expectEqual(try await bench.store.run(runs[0].id)?.log, Array("one".utf8), "log while it runs")
            let ends = [
                bench.completion(of: runs[0], .lost, at: 6), bench.completion(of: runs[1], at: 6, log: Array("2".utf8)),
            ]
            try expectEqual(try await bench.pass(at: 6, completions: ends).refused, [], "refused")
            try expectEqual(try await bench.store.run(runs[0].id)?.log, Array("one".utf8), "log that was noted")
            try expectEqual(try await bench.store.run(runs[1].id)?.log, Array("2".utf8), "log of the completion")
        }
        group.add("a run has none of the notes of one that was pruned") { bench in
            try await bench.add("a", every: 1000) { $0.history = History(runs: 1, days: 1) }
            let old = try bench.onlyRun(try await bench.pass(at: 0))
            try await note(said(old, "old"), bench)
            try await bench.pass(at: 9, slots: 0, completions: [bench.completion(of: old, at: 9)])
            try expectEqual(try await bench.store.prune(at: bench.time(200_000)), 1, "runs that were pruned")
            let new = try bench.onlyRun(try await bench.pass(at: 200_000))
            try expectEqual(try await bench.store.run(new.id), new, "the run that came after")
        }
        group.add("notes whose answer was lost are sent again without harm") { bench in
            let run = try await atWork(bench)
            let losing = AnswerLosingStore(store: bench.store)
            try await expectError(.storeUnavailable, "the note") {
                try await losing.note([said(run, "a")], from: try NodeID("node-1"), at: bench.time(5))
            }
            try await note(said(run, "a, b"), bench)
            try expectEqual(try await bench.store.run(run.id)?.log, Array("a, b".utf8), "log after the repetition")
        }
        group.add("notes of many runs are kept in one call") { bench in
            let count = min(bench.storage.many, 500)
            _ = try await bench.store.insert(
                try (0..<count).map { try bench.new("job-\($0)", bench.definition(every: 1000)) })
            let runs = try await bench.pass(at: 0).taken
            try expectEqual(runs.count, count, "runs taken")
            try await bench.store.note(
                runs.map { said($0, $0.id.description) }, from: try NodeID("node-1"), at: bench.time(5))
            for run in [runs[0], runs[count / 2], runs[count - 1]] {
                try expectEqual(
                    try await bench.store.run(run.id)?.log, Array(run.id.description.utf8), "log of \(run.id)")
            }
            try await bench.pass(at: 9, slots: 0, completions: runs.dropFirst().map { bench.completion(of: $0, at: 9) })
            try expectEqual(
                try await bench.store.run(runs[0].id)?.log, Array(runs[0].id.description.utf8), "log of the one left")
        }
        group.add("no notes are nothing") { bench in
            try await bench.store.note([], from: try NodeID("node-1"), at: bench.start)
        }
        group.add("notes are there when the storage is opened anew", needs: [.reopening]) { bench in
            let run = try await atWork(bench)
            try await note(said(run, "kept", progress: RunProgress(0.25, "quarter")), bench)
            let again = bench.with(try await bench.storage.reopen())
            let shown = try await again.store.run(run.id)
            try expectEqual(shown?.log, Array("kept".utf8), "log")
            try expectEqual(shown?.progress, RunProgress(0.25, "quarter"), "progress")
        }
        group.add("another handle shows what one noted, and ends the run", needs: [.severalHandles]) { bench in
            let run = try await atWork(bench)
            try await note(said(run, "kept"), bench)
            let other = bench.with(try await bench.storage.open())
            try expectEqual(try await other.store.run(run.id)?.log, Array("kept".utf8), "log")
            try await other.pass(at: 9, completions: [bench.completion(of: run, .lost, at: 9)])
            try expectEqual(try await bench.store.run(run.id)?.log, Array("kept".utf8), "log at the end")
            try await note(said(run, "late"), bench)
            try expectEqual(try await other.store.run(run.id)?.log, Array("kept".utf8), "log after late notes")
        }
    }

    /// Returns a run of the job `a` that `node-1` has taken.
    private static func atWork(_ bench: ConformanceBench) async throws -> Run {
        try await bench.add("a", every: 1000)
        return try bench.onlyRun(try await bench.pass(at: 0))
    }

    private static func said(_ run: Run, _ log: String, progress: RunProgress? = nil) -> RunNotes {
        RunNotes(run: run.id, fence: run.fence, progress: progress, log: Array(log.utf8))
    }

    /// Sends notes of `node-1`, 5 seconds after the start.
    private static func note(_ notes: RunNotes, _ bench: ConformanceBench) async throws {
        try await bench.store.note([notes], from: try NodeID("node-1"), at: bench.time(5))
    }
}
