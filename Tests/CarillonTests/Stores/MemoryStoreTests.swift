import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// What the memory store promises beyond the contract.
@Suite struct MemoryStoreTests {
    private let start = Instant(seconds: 1_800_000_000)

    @Test func aJobTakesAtMost400Bytes() async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: BuildProducts.executable("StoreWorker"))
        process.arguments = ["--measure", "200000"]
        process.standardOutput = output
        let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { continuation.yield($0.terminationStatus) }
        try process.run()
        #expect(await ended.first { _ in true } == 0)
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("bytes_per_job: ") })
        let bytes = try #require(Int(line.dropFirst("bytes_per_job: ".count)))
        #expect((1...400).contains(bytes))
    }

    @Test func tenThousandFinishedRunsAreKept() async throws {
        let store = MemoryJobStore()
        let trigger = try Trigger.interval(seconds: 1)
        var definition = JobDefinition(task: TaskName("work"), trigger: trigger)
        definition.policies.history.runs = 1_000_000
        let jobs = try (0..<1500).map { NewJob(id: try JobID("job \($0)"), definition: definition, added: start) }
        _ = try await store.insert(jobs)
        var completions: [Completion] = []
        for second in Int64(0)..<9 {
            let now = Instant(seconds: 1_800_000_000 + second)
            var pass = StorePass(now: now, node: try NodeID("node"), tasks: [definition.task])
            pass.completions = completions
            pass.dueLimit = 2000
            pass.slots = 2000
            completions = try await pass.run(on: store).taken.map {
                Completion(run: $0.id, fence: $0.fence, finished: now, result: .ended(.succeeded))
            }
            #expect(completions.count == 1500)
        }
        var filter = RunFilter()
        filter.state = .finished(nil)
        var page = Page<Run.ID>(limit: 1000)
        var kept: [Run] = []
        repeat {
            let rows = try await store.runs(filter, page: page)
            kept += rows
            page.after = rows.last?.id
        } while kept.count % 1000 == 0 && page.after != nil
        #expect(kept.count == 10_000)
        // 12,000 have ended: those of the first second are gone, and 500 of the second.
        #expect(kept.count { $0.id.occurrence.scheduled == start } == 0)
        #expect(kept.count { $0.id.occurrence.scheduled == Instant(seconds: 1_800_000_001) } == 1000)
    }

    @Test func runsOfRemovedJobsAreKeptByTheirIDs() async throws {
        let store = MemoryJobStore()
        // Jobs 0 to 5,999 run once and are removed, twice over, a thousand a second: 12,000 runs. The first 2,000 are dropped.
        for second in 0..<12 {
            let first = second % 6 * 1000
            try await runOnce((first..<first + 1000).map { "job \($0)" }, second, on: store)
        }
        func runs(of job: Int) async throws -> [Duration] {
            var filter = RunFilter()
            filter.job = try JobID("job \(job)")
            return try await store.runs(filter, page: Page(limit: 10)).map { $0.id.occurrence.scheduled - start }
        }
        #expect(try await runs(of: 1999) == [.seconds(7)])
        #expect(try await runs(of: 2000) == [.seconds(8), .seconds(2)])
        #expect(try await runs(of: 5999) == [.seconds(11), .seconds(5)])
        // A new job has the history of its id, and hands it on.
        let definition = JobDefinition(task: TaskName("work"), trigger: .date(start + .seconds(1000)))
        let later = NewJob(id: JobID("job 2000"), definition: definition, added: start)
        _ = try await store.insert([later])
        #expect(try await runs(of: 2000) == [.seconds(8), .seconds(2)])
        try await runOnce((6000..<7000).map { "job \($0)" }, 12, on: store)
        #expect(try await runs(of: 2000) == [.seconds(8)])
        #expect(try await store.remove([later.id], at: start) == [true])
        #expect(try await runs(of: 2000) == [.seconds(8)])
    }

    /// Adds jobs that are due once, runs and ends them; they are removed with that.
    private func runOnce(_ ids: [String], _ second: Int, on store: MemoryJobStore) async throws {
        let now = start + .seconds(second)
        var definition = JobDefinition(task: TaskName("work"), trigger: .date(now))
        definition.policies.whenEnded = .remove
        _ = try await store.insert(try ids.map { NewJob(id: try JobID($0), definition: definition, added: now) })
        var pass = StorePass(now: now, node: try NodeID("node"), tasks: [definition.task])
        pass.dueLimit = 2000
        pass.slots = 2000
        let taken = try await pass.run(on: store).taken
        #expect(taken.count == ids.count)
        pass.completions = taken.map {
            Completion(run: $0.id, fence: $0.fence, finished: now, result: .ended(.succeeded))
        }
        #expect(try await pass.run(on: store).removed.count == ids.count)
    }

    @Test(arguments: [Int.min, -1, .max])
    func pruningSurvivesAnyNumberOfDays(days: Int) async throws {
        let store = MemoryJobStore()
        let definition = JobDefinition(task: TaskName("work"), trigger: try .interval(seconds: 60))
        _ = try await store.insert([NewJob(id: JobID("a"), definition: definition, added: start)])
        var change = JobChange(job: try await store.snapshot(JobID("a"), at: start).job)
        // Past `modified`, which refuses it.
        change.job.definition.policies.history.days = days
        change.job.definitionVersion += 1
        let missed = ReasonRange(
            job: change.job.id, generation: change.job.generation, first: start, last: start, count: 1, reason: .missed,
            recorded: start)
        change.reasons = [NewReason(missed)]
        #expect(try await store.commit([change]) == [.accepted])
        #expect(try await store.prune(at: start) == (days < 0 ? 1 : 0))
    }

    @Test("What was kept is looked at again where another policy holds for it", arguments: [false, true])
    func pruningSeesOtherPolicies(addsAnew: Bool) async throws {
        let store = MemoryJobStore()
        let id = JobID("a")
        var definition = JobDefinition(task: TaskName("work"), trigger: try .interval(seconds: 10))
        _ = try await store.insert([NewJob(id: id, definition: definition, added: start)])
        for turn in Int64(0)..<4 {
            let now = start.advanced(byMicroseconds: turn * 10_000_000)
            var pass = StorePass(now: now, node: try NodeID("node"), tasks: [definition.task])
            let taken = try await pass.run(on: store).taken
            pass.completions = taken.map {
                Completion(run: $0.id, fence: $0.fence, finished: now, result: .ended(.succeeded))
            }
            _ = try await pass.run(on: store)
        }
        let later = start.advanced(byMicroseconds: 35_000_000)
        #expect(try await store.prune(at: later) == 0)
        definition.policies.history.runs = 1
        if addsAnew {
            #expect(try await store.remove([id], at: later) == [true])
            #expect(try await store.prune(at: later) == 0)
            _ = try await store.insert([NewJob(id: id, definition: definition, added: later)])
        } else {
            let change = try await store.snapshot(id, at: later).modified(definition, at: later)
            #expect(try await store.commit([try #require(change)]) == [.accepted])
        }
        #expect(try await store.prune(at: later) == 3)
        #expect(try await store.prune(at: later) == 0)
    }

    @Test func aHundredThousandReasonsAreKeptAndTheOldestGo() async throws {
        let store = MemoryJobStore()
        let definition = JobDefinition(task: TaskName("work"), trigger: try .interval(seconds: 60))
        _ = try await store.insert([NewJob(id: JobID("a"), definition: definition, added: start)])
        for turn in Int64(0)..<12 {
            var change = JobChange(job: try await store.snapshot(JobID("a"), at: start).job)
            change.reasons = (0..<10_000).map { number in
                let time = Instant(seconds: 1_800_000_000 + turn * 10_000 + Int64(number))
                return NewReason(
                    ReasonRange(
                        job: change.job.id, generation: change.job.generation, first: time, last: time, count: 1,
                        reason: .missed, recorded: time))
            }
            #expect(try await store.commit([change]) == [.accepted])
        }
        let kept = try await store.reasons(JobID("a"), from: .earliest, through: .latest, limit: .max)
        #expect((90_000...100_000).contains(kept.count))
        #expect(kept.first?.first == Instant(seconds: 1_800_000_000 + 119_999))
        #expect(kept.count == Set(kept).count)
    }

    @Test func passesThatOnlyGoOnTellNobody() async throws {
        var store: MemoryJobStore? = MemoryJobStore()
        let definition = JobDefinition(task: TaskName("work"), trigger: try .interval(seconds: 1))
        let jobs = try ["a", "b"].map { NewJob(id: try JobID($0), definition: definition, added: start) }
        _ = try await store?.insert(jobs)
        let changes = try #require(try await store?.changes())
        var completions: [Completion] = []
        for second in Int64(0)..<5 {
            let now = Instant(seconds: 1_800_000_000 + second)
            var pass = StorePass(now: now, node: try NodeID("node"), tasks: [definition.task])
            pass.completions = completions
            completions = try await pass.run(on: try #require(store)).taken.map {
                Completion(run: $0.id, fence: $0.fence, finished: now, result: .ended(.succeeded))
            }
            #expect(completions.count == 2)
        }
        _ = try await store?.pause(JobID("a"), at: start)
        _ = try await store?.remove([JobID("b")], at: start)
        // The stream ends with the store, so all that it was told is in it.
        store = nil
        #expect(await changes.reduce(0) { count, _ in count + 1 } == 0)
    }

    @Test func placesOfRemovedJobsAreUsedAgain() async throws {
        let store = MemoryJobStore()
        let first = JobDefinition(task: TaskName("one"), trigger: try .interval(seconds: 60))
        let second = JobDefinition(task: TaskName("two"), trigger: try .interval(seconds: 90))
        var random = SeededRandom(seed: 2)
        var present: Set<String> = []
        for turn in 0..<5000 {
            let name = "job \(Int.random(in: 0..<200, using: &random))"
            if present.contains(name) {
                #expect(try await store.remove([try JobID(name)], at: start) == [true])
                present.remove(name)
            } else {
                let new = NewJob(id: try JobID(name), definition: turn % 2 == 0 ? first : second, added: start)
                #expect(try await store.insert([new]).compactMap { $0 }.count == 1)
                present.insert(name)
            }
            if turn % 100 == 0 {
                let listed = try await store.jobs(JobFilter(), page: Page(limit: 1000)).compactMap { listing in
                    if case .job(let job) = listing { job.id.description } else { nil }
                }
                #expect(listed == present.sorted())
            }
        }
        var query = JobQuery(now: start)
        query.dueLimit = 1000
        #expect(Set(try await store.find(query).map(\.job.id.description)) == present)
    }
}
