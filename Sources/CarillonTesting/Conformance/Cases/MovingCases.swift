package import Carillon
import CarillonTriggers

extension StoreConformance {
    static let moving = group("Moving to another store") { group in
        group.add("everything is read in parts, each thing once", needs: [.transfer]) { bench in
            try await fill(bench)
            let all = try await items(of: bench.store, limit: 1000)
            let kinds = all.map(kind)
            try expectEqual(kinds.count { $0 == "job" }, 8, "jobs, one of which was removed while a run of it goes on")
            try expect(kinds.count { $0 == "run" } > 20, "ended runs: \(kinds.count { $0 == "run" })")
            try expect(kinds.count { $0 == "reason" } > 3, "reasons: \(kinds.count { $0 == "reason" })")
            try expectEqual(Set(all).count, all.count, "different things")
            try expectEqual(
                kinds, kinds.sorted { order($0) < order($1) }, "jobs, then ended runs, then reasons")
            for limit in [1, 3, 7] {
                try expectEqual(try await items(of: bench.store, limit: limit), all, "by \(limit)")
            }
        }
        group.add("what is brought to a memory store and back is the very same", needs: [.transfer]) { bench in
            try await fill(bench)
            let before = try await items(of: bench.store, limit: 1000)
            let digest = try await bench.transferring.transferDigest()
            let memory = MemoryJobStore()
            let results = try await bring(before, to: memory)
            try expectEqual(Set(results), [.written], "what became of them")
            try expectEqual(try await memory.transferDigest(), digest, "digest of the memory store")
            let there = try await items(of: memory, limit: 1000)
            try expectEqual(there.count, before.count, "things in the memory store")
            try expectEqual(Set(there.map(unordered)), Set(before.map(unordered)), "the memory store")
        }
        group.add("what is brought from a memory store, and on to another one, is the very same", needs: [.transfer]) {
            bench in
            let first = MemoryJobStore()
            try await fill(bench.with(first))
            let before = try await items(of: first, limit: 1000)
            try expectEqual(Set(try await bring(before, to: bench.store)), [.written], "what became of them")
            let there = try await items(of: bench.store, limit: 1000)
            try expectEqual(Set(there.map(unordered)), Set(before.map(unordered)), "the store")
            let second = MemoryJobStore()
            try expectEqual(Set(try await bring(there, to: second)), [.written], "what became of them behind it")
            try expectEqual(try await second.transferDigest(), try await first.transferDigest(), "digests")
        }
        group.add("a job that was brought goes on where it was", needs: [.transfer]) { bench in
            let memory = MemoryJobStore()
            let source = bench.with(memory)
            try await fill(source)
            _ = try await bring(try await items(of: memory, limit: 100), to: bench.store)
            for id in ["a", "paused", "ended", "queue", "failing", "tagged"] {
                let moved = try await bench.snapshot(id)
                let original = try await source.snapshot(id)
                try expectEqual(moved.job, original.job, "job '\(id)'")
                try expectEqual(Set(moved.open), Set(original.open), "open runs of '\(id)'")
            }
            // The order of ties is unspecified.
            try expectEqual(
                Set(try await bench.due(at: 100_000)), Set(try await source.due(at: 100_000)), "due jobs")
            try expectEqual(
                Set(try await bench.ready(at: 100_000)), Set(try await source.ready(at: 100_000)), "ready jobs")
            try expectEqual(
                Set(try await bench.roomy(at: 100_000)), Set(try await source.roomy(at: 100_000)), "jobs with room")
            try expectEqual(try await bench.ids { $0.tag = "night" }, ["tagged"], "by tag")
            try expectEqual(try await bench.ids { $0.text = "agge" }, ["tagged"], "by text")
            try expectEqual(try await bench.ids { $0.state = .paused }, ["paused"], "by state")
            let run = try require(try await bench.snapshot("queue").open.first { $0.isTaken }, "a running run")
            let result = try await bench.pass(at: 600, completions: [bench.completion(of: run, at: 600)])
            try expectEqual(result.refused, [], "refused completions of a run that was running")
            try expectEqual(
                try await bench.job("queue").stateVersion, try await source.job("queue").stateVersion + 1, "version")
        }
        group.add(
            "a run whose job was removed is moved, ends there, and is found by its task",
            needs: [.transfer, .runSearch]
        ) { bench in
            let memory = MemoryJobStore()
            try await fill(bench.with(memory))
            try await bench.with(memory).add("leaving", every: 1000)
            let all = try await items(of: memory, limit: 3)
            let units = all.compactMap { if case .job(let unit) = $0, unit.isRemoved { unit } else { nil } }
            let run = try require(units.first?.open.first, "the run whose job was removed")
            try expectEqual(Set(try await bring(all, to: bench.store)), [.written], "what became of them")
            try expectEqual(try await bench.snapshot(of: run), units.first, "the unit")
            try expectEqual(
                try await bench.allJobs().map(\.id), try await bench.with(memory).allJobs().map(\.id),
                "the removed job is not listed")
            let result = try await bench.pass(at: 600, completions: [bench.completion(of: run, at: 600)])
            try expectEqual(result.refused, [], "refused")
            try expectEqual(
                try await bench.store.found(run.id.occurrence.unit, at: bench.time(601)), nil, "the unit behind it")
            var search = RunSearch()
            search.task = TaskName("work")
            search.job = run.id.occurrence.job
            try expectEqual(try await bench.searched(search, limit: 5).map(\.id), [run.id], "found by its task")
        }
        group.add("bringing things twice is bringing them once", needs: [.transfer]) { bench in
            let memory = MemoryJobStore()
            try await fill(bench.with(memory))
            let all = try await items(of: memory, limit: 1000)
            try expectEqual(Set(try await bring(all, to: bench.store)), [.written], "the first time")
            let digest = try await bench.transferring.transferDigest()
            try expectEqual(Set(try await bring(all, to: bench.store)), [.present], "the second time")
            try expectEqual(try await bench.transferring.transferDigest(), digest, "digest")
            try expectEqual(Set(try await bring(all + all, to: bench.store)), [.present], "twice in one call")
            try expectEqual(digest, try await memory.transferDigest(), "digest of the source")
        }
        group.add("a job is refused where another one has its id, and nothing of that changes", needs: [.transfer]) {
            bench in
            let memory = MemoryJobStore()
            let source = bench.with(memory)
            try await source.add("before")
            try await source.add("a")
            try await source.add("c")
            try await bench.add("a", every: 7)
            let snapshot = try await bench.snapshot("a")
            let results = try await bench.transferring.importItems(
                try await ["a", "c"].asyncMap { .job(try await source.snapshot($0)) })
            try expect(isConflict(results.first), "the other job's: \(results)")
            try expectEqual(results.last, .written, "the one whose id is free")
            try expectEqual(try await bench.snapshot("a"), snapshot, "the job that was there")
            // The same job, changed since.
            let moved = try await source.snapshot("c")
            _ = try await bench.store.pause(JobID("c"), at: bench.time(1))
            let again = try await bench.transferring.importItems([.job(moved)])
            try expect(isConflict(again.first), "a job that has moved on: \(again)")
            try expect(try await bench.job("c").isPausedNow, "it is as it was")
        }
        group.add("a generation that is given later is above all that were brought", needs: [.transfer]) { bench in
            let memory = MemoryJobStore()
            let source = bench.with(memory)
            for index in 0..<20 {
                try await source.add("x", every: 60)
                if index < 19 { _ = try await memory.remove([JobID("x")], at: bench.time(0)) }
            }
            let job = try await source.job("x")
            _ = try await bench.transferring.importItems([.job(try await source.snapshot("x"))])
            let next = try await bench.add("y")
            try expect(next.generation > job.generation, "\(next.generation) is above \(job.generation)")
            _ = try await bench.store.remove([JobID("x")], at: bench.time(0))
            let again = try await bench.add("x")
            try expect(again.generation > job.generation, "\(again.generation) is above \(job.generation)")
        }
        group.add("a job is refused where another one has its generation", needs: [.transfer]) { bench in
            let there = try await bench.add("a")
            var other = Job(
                id: JobID("b"), generation: there.generation, definition: try bench.definition(),
                added: bench.time(0))
            let results = try await bench.transferring.importItems([.job(JobSnapshot(job: other))])
            try expect(isConflict(results.first), "what became of it: \(results)")
            try expectEqual(try await bench.allJobs(), [there], "jobs")
            other = Job(
                id: other.id, generation: there.generation + 7, definition: other.definition, added: bench.time(0))
            let next = try await bench.transferring.importItems([.job(JobSnapshot(job: other))])
            try expectEqual(next, [.written], "one with a generation of its own")
        }
        group.add("no two jobs of a store have one generation", needs: [.transfer]) { bench in
            let definition = try bench.definition()
            _ = try await bench.store.insert(try (0..<5).map { try bench.new("\($0)", definition) })
            _ = try await bench.store.remove([JobID("1"), JobID("3")], at: bench.time(0))
            _ = try await bench.store.insert(try (5..<8).map { try bench.new("\($0)", definition) })
            try await bench.add("1")
            let generations = try await bench.allJobs().map(\.generation)
            try expectEqual(Set(generations).count, 7, "different generations")
        }
        group.add("ended runs and reasons of jobs that are gone are brought, too", needs: [.transfer]) { bench in
            let memory = MemoryJobStore()
            let source = bench.with(memory)
            try await fill(source)
            _ = try await bring(try await items(of: memory, limit: 1000), to: bench.store)
            try expectEqual(try await bench.runs("removed"), try await source.runs("removed"), "runs")
            try expectEqual(
                Set(try await bench.reasons("removed")), Set(try await source.reasons("removed")), "reasons")
            try expect(try await !bench.runs("removed").isEmpty, "there are some")
        }
        group.add(
            "runs that are brought are found and counted as if they had ended here",
            needs: [
                .transfer, .runSearch, .outcomeCounts, .failureGroups,
            ]
        ) { bench in
            let memory = MemoryJobStore()
            let source = bench.with(memory)
            try await fill(source)
            let all = try await items(of: memory, limit: 1000)
            _ = try await bring(all, to: bench.store)
            _ = try await bring(all, to: bench.store)
            for outcomes: Set<Outcome> in [Set(Outcome.allCases), [.failed], [.cancelled, .succeeded]] {
                var search = RunSearch()
                search.outcomes = outcomes
                search.task = TaskName("work")
                try expectEqual(
                    try await bench.searched(search, limit: 5).map(\.id),
                    try await source.searched(search, limit: 5).map(\.id), "runs")
            }
            try expectEqual(try await bench.counted(), try await source.counted(), "counts by day")
            try expectEqual(try await bench.counted(.byTask), try await source.counted(.byTask), "counts by task")
            try expectEqual(
                Set(try await bench.failureGroups().map { "\($0.error) \($0.runs) \($0.first) \($0.last)" }),
                Set(try await source.failureGroups().map { "\($0.error) \($0.runs) \($0.first) \($0.last)" }),
                "failures")
        }
        group.add("a run is refused where another one has its id", needs: [.transfer]) { bench in
            var run = try await bench.runOnce("a")
            run.error = "something else"
            let results = try await bench.transferring.importItems([.run(run, task: nil)])
            try expect(isConflict(results.first), "what became of it: \(results)")
            try expectEqual(try await bench.store.run(run.id)?.error, nil, "the error of the run that was there")
            try await bench.add("b", every: 100_000_000)
            let open = try bench.onlyRun(try await bench.pass(at: 1))
            let refused = try await bench.transferring.importItems([.run(open, task: nil)])
            try expect(isConflict(refused.first), "an open run: \(refused)")
            var ended = open
            ended.state = .finished(.succeeded)
            let late = try await bench.transferring.importItems([.run(ended, task: nil)])
            try expect(isConflict(late.first), "a run that is open in the store: \(late)")
        }
        group.add("what cannot be read is named, and everything else is moved", needs: [.transfer, .damage]) { bench in
            try await fill(bench)
            let before = try await items(of: bench.store, limit: 1000)
            try await bench.storage.damage(.job, of: JobID("paused"))
            try await bench.storage.damage(.endedRuns, of: JobID("failing"))
            try await bench.storage.damage(.reasons, of: JobID("a"))
            let store = try await bench.storage.open()
            let transferring = try require(store as? any JobTransferring, "the store")
            for limit in [1, 1000] {
                var left: [String] = []
                var found: [TransferItem] = []
                var cursor: TransferCursor?
                var parts = 0
                repeat {
                    let page = try await transferring.exportPart(from: cursor, limit: limit)
                    left += page.left
                    found += page.items
                    cursor = page.next
                    parts += 1
                } while cursor != nil && parts < 1000
                try expect(left.contains { $0.contains("job 'paused'") }, "the job is named: \(left)")
                try expect(left.contains { $0.contains("ended run") }, "a run is named: \(left)")
                try expect(left.contains { $0.contains("reason of job 'a'") }, "a reason is named: \(left)")
                try expectEqual(found.count + left.count, before.count, "things that are moved or named, by \(limit)")
            }
        }
        group.add("a place that is none is refused", needs: [.transfer]) { bench in
            for text in ["", "nonsense", "runs:x", "reasons:1,2", "runs:1,2,3"] {
                try await expectError(.invalidExport, "the place '\(text)'") {
                    try await bench.transferring.exportPart(from: TransferCursor(text: text), limit: 10)
                }
            }
        }
        group.add("the digest does not depend on the order, and tells every change", needs: [.transfer]) { bench in
            try await fill(bench)
            let all = try await items(of: bench.store, limit: 1000)
            var forth = TransferDigest()
            var back = TransferDigest()
            for item in all { forth.add(item) }
            for item in all.reversed() { back.add(item) }
            try expectEqual(forth, back, "digests")
            try expectEqual(try await bench.transferring.transferDigest(), forth, "the store's")
            _ = try await bench.store.pause(JobID("a"), at: bench.time(700))
            let changed = try await bench.transferring.transferDigest()
            try expect(changed.jobs != forth.jobs, "a change of a job is seen")
            try expectEqual(changed.runs, forth.runs, "runs")
        }
    }

    /// Adds to an empty store what there is to move: jobs in every state, with runs in every state, reasons, and the
    /// history of a removed job.
    package static func fillForMoving(_ store: any JobStore) async throws {
        let storage = try await MemoryStoreHarness().makeStorage()
        try await fill(ConformanceBench(storage: storage, store: store, hasAllListings: true))
    }

    private static func fill(_ bench: ConformanceBench) async throws {
        let store = bench.store
        try await bench.add("removed", every: 20) { $0.misfireGrace = .seconds(0) }
        try await bench.add("a", every: 10)
        try await bench.add("paused", every: 30)
        try await bench.add("ended", try bench.definition(trigger: .date("2027-01-15T08:00:05Z")))
        try await bench.add("queue", every: 40) { $0.atLimit = .queue }
        try await bench.add("failing", every: 50) { $0.priority = 3 }
        try await bench.add("tagged", try bench.definition(every: 1000, tags: ["night", "x"], origin: "file"))
        try await bench.add("other", every: 1000, task: "other")
        try await bench.add("leaving", try bench.definition(trigger: .date("2027-01-15T08:00:05Z")))
        _ = try await store.remove([JobID("gone")], at: bench.time(0))
        var completions: [Completion] = []
        for turn in Int64(0)..<12 {
            let taken = try await bench.pass(at: turn * 15, completions: completions).taken
            completions = taken.filter { !["queue", "leaving"].contains($0.id.occurrence.job.description) }.map { run in
                let fails = run.id.occurrence.job.description == "failing"
                return bench.completion(
                    of: run, fails ? .failed : .succeeded, at: turn * 15 + 1, error: fails ? "code \(turn)" : nil,
                    result: fails ? nil : Array("{\"turn\":\(turn)}".utf8), log: Array("turn \(turn)\n".utf8),
                    mayRetry: false)
            }
        }
        try await bench.pass(at: 166, completions: completions) { $0.fires = false }
        _ = try await store.pause(JobID("paused"), at: bench.time(170))
        _ = try await store.remove([JobID("removed"), JobID("leaving")], at: bench.time(200))
        try await bench.pass(at: 400, tasks: ["other"], slots: 0)
    }

    private static func items(of store: any JobStore, limit: Int) async throws -> [TransferItem] {
        let store = try require(store as? any JobTransferring, "a store from which everything can be moved")
        var items: [TransferItem] = []
        var cursor: TransferCursor?
        repeat {
            let page = try await store.exportPart(from: cursor, limit: limit)
            try expectEqual(page.left, [], "what is left")
            try expect(page.items.count <= limit, "no more than asked for: \(page.items.count)")
            items += page.items
            // A position may be kept as text.
            cursor = page.next.map { TransferCursor(text: $0.text) }
            guard items.count < 10_000 else { throw StoreConformanceFailure("the export has no end") }
        } while cursor != nil
        return items
    }

    private static func bring(_ items: [TransferItem], to store: any JobStore) async throws -> [TransferResult] {
        let store = try require(store as? any JobTransferring, "a store to which everything can be moved")
        var results: [TransferResult] = []
        for start in stride(from: 0, to: items.count, by: 10) {
            results += try await store.importItems(Array(items[start..<min(start + 10, items.count)]))
        }
        try expectEqual(results.count, items.count, "results")
        return results
    }

    private static func kind(_ item: TransferItem) -> String {
        switch item {
        case .job: "job"
        case .run: "run"
        case .reason: "reason"
        }
    }

    private static func order(_ kind: String) -> Int { ["job", "run", "reason"].firstIndex(of: kind) ?? 0 }

    /// Returns the item with its open runs in a fixed order.
    private static func unordered(_ item: TransferItem) -> TransferItem {
        guard case .job(var snapshot) = item else { return item }
        snapshot.open.sort { $0.id.isListed(before: $1.id) }
        return .job(snapshot)
    }

    private static func isConflict(_ result: TransferResult?) -> Bool {
        if case .conflict = result { true } else { false }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}

extension Run {
    fileprivate var isTaken: Bool { if case .running = state { true } else { false } }
}

extension Job {
    fileprivate var isPausedNow: Bool { if case .paused = state { true } else { false } }
}
