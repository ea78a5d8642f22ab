import CRawCommits
import CStatementCount
import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation

/// A scheduler on a new SQLite file, and what it costs there.
struct OnSQLite {
    private let folder: URL
    private let scheduler: AsyncScheduler
    private let store: SQLiteJobStore
    private let ends = Ends()

    /// The starts and the ends of runs, for whoever waits for the next one.
    private final class Ends: Sendable {
        private let (ended, end) = AsyncStream.makeStream(of: Void.self)
        private let (begun, begin) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)

        func runBegan() { begin.yield(.now) }
        func runEnded() { end.yield() }

        func waitForStart() async -> ContinuousClock.Instant {
            for await time in begun { return time }
            return .now
        }

        func waitForEnd(_ count: Int = 1) async {
            var left = count
            if left == 0 { return }
            for await _ in ended {
                left -= 1
                if left == 0 { return }
            }
        }
    }

    private init() async throws {
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "carillon-benchmark-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try await SQLiteJobStore(path: folder.appending(path: "jobs.sqlite").path)
        var options = SchedulerOptions()
        options.stores["default"] = store
        scheduler = AsyncScheduler(options)
        let ends = ends
        try scheduler.register("work") { (_: TaskContext) async in ends.runBegan() }
        scheduler.addListener { event in
            if case .runEnded = event.kind { ends.runEnded() }
        }
        try await scheduler.start()
    }

    private func end() async {
        await scheduler.shutdown()
        await store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    private static let never = Date(timeIntervalSinceNow: 86_400 * 365)

    /// What SQLite is asked to do while something is done.
    private static func counted(_ work: () async throws -> Void) async rethrows -> statement_count {
        let before = statement_count_now()
        try await work()
        let after = statement_count_now()
        return statement_count(
            statements: after.statements - before.statements, commits: after.commits - before.commits,
            heartbeats: after.heartbeats - before.heartbeats,
            heartbeat_statements: after.heartbeat_statements - before.heartbeat_statements)
    }

    /// Asks for a run of a job, and returns when its outcome is written.
    private func run(_ job: String) async throws {
        try await scheduler.runJob(job)
        _ = await ends.waitForStart()
        await ends.waitForEnd()
    }

    /// Statements and commits from asking for a run until its outcome is written, without those of an idle node; and
    /// microseconds from adding a job that is due at once until it starts.
    static func runs(_ count: Int = 300) async throws -> [String: Double] {
        let bench = try await OnSQLite()
        try await bench.scheduler.addJob(id: "job", task: "work", trigger: .date(never))
        let idleSeconds = 4.0
        let idle = try await counted { try await Task.sleep(for: .seconds(idleSeconds)) }
        let begin = ContinuousClock.now
        let busy = try await counted { for _ in 0..<count { try await bench.run("job") } }
        let idleTimes = (ContinuousClock.now - begin).seconds / idleSeconds
        func each(_ part: KeyPath<statement_count, Int64>) -> Double {
            (Double(busy[keyPath: part]) - Double(idle[keyPath: part]) * idleTimes) / Double(count)
        }
        let samples = Samples()
        for number in 0..<count {
            let begin = ContinuousClock.now
            try await bench.scheduler.addJob(id: "job \(number)", task: "work", trigger: .date(Date()))
            samples.add((await bench.ends.waitForStart() - begin).microseconds)
            await bench.ends.waitForEnd()
        }
        await bench.end()
        return [
            "statements": each(\.statements), "commits": each(\.commits), "start": samples.sorted.quantile(0.5),
        ]
    }

    /// Jobs a second that are added one by one, and by 64 tasks at once, beside rows a second that SQLite alone commits
    /// one by one.
    static func adds(_ count: Int = 1500) async throws -> [String: Double] {
        let bench = try await OnSQLite()
        let raw = raw_commits(bench.folder.appending(path: "raw.sqlite").path, Int32(count))
        func add(_ id: String) async throws {
            try await bench.scheduler.addJob(id: id, task: "work", trigger: .date(never))
        }
        var begin = ContinuousClock.now
        for number in 0..<count { try await add("job \(number)") }
        let single = Double(count) / (ContinuousClock.now - begin).seconds
        begin = .now
        let each = count / 32
        try await withThrowingTaskGroup { group in
            for adder in 0..<64 {
                group.addTask { for number in 0..<each { try await add("job \(adder) \(number)") } }
            }
            try await group.waitForAll()
        }
        let together = Double(64 * each) / (ContinuousClock.now - begin).seconds
        await bench.end()
        return ["raw": raw, "single": single, "together": together]
    }

    /// Runs a second of jobs that are all due at one time, until the last outcome is written.
    static func burst(_ count: Int = 30_000) async throws -> [String: Double] {
        let bench = try await OnSQLite()
        let due = Date(timeIntervalSinceNow: 6)
        try await bench.keep(count, due: due)
        precondition(due.timeIntervalSinceNow > 0, "the jobs were not added in time")
        let begin = ContinuousClock.now + .seconds(due.timeIntervalSinceNow)
        await bench.ends.waitForEnd(count)
        let rate = Double(count) / (ContinuousClock.now - begin).seconds
        await bench.end()
        return ["rate": rate]
    }

    private func keep(_ count: Int, due: Date) async throws {
        // No literal, which commits of before read by an initializer that throws.
        let task = "work"
        let jobs = try (0..<count).map { number in
            var definition = JobDefinition(task: try TaskName(task), trigger: .date(due))
            definition.origin = "benchmark"
            return OriginJob(id: try JobID("job \(number)"), definition: definition)
        }
        _ = try await scheduler.keepJobs(ofOrigins: ["benchmark"], equalTo: jobs)
    }

    /// What a node with nothing to do asks of SQLite.
    static func heartbeat() async throws -> [String: Double] {
        let bench = try await OnSQLite()
        try await Task.sleep(for: .seconds(2))
        let seconds = 20.0
        let idle = try await counted { try await Task.sleep(for: .seconds(seconds)) }
        await bench.end()
        return [
            "statements": Double(idle.heartbeat_statements) / Double(idle.heartbeats),
            "second": Double(idle.statements) / seconds,
        ]
    }

    /// Microseconds that adding a job, a run from being asked for until its outcome is written, and a page of 50 jobs take
    /// in a store with so many jobs.
    static func growth(_ jobs: Int) async throws -> [String: Double] {
        let bench = try await OnSQLite()
        try await bench.keep(jobs, due: never)
        try await bench.scheduler.addJob(id: "asked for", task: "work", trigger: .date(never))
        let (adds, runs, pages) = (Samples(), Samples(), Samples())
        for number in 0..<100 {
            var begin = ContinuousClock.now
            try await bench.scheduler.addJob(id: "added \(number)", task: "work", trigger: .date(never))
            adds.add((.now - begin).microseconds)
            begin = .now
            try await bench.run("asked for")
            runs.add((.now - begin).microseconds)
            begin = .now
            let page = Page(after: JobCursor.id("job \(jobs / 100 * number)"), limit: 50)
            _ = try await bench.store.jobs(JobFilter(), page: page)
            pages.add((.now - begin).microseconds)
        }
        await bench.end()
        return [
            "add": adds.sorted.quantile(0.5), "pass": runs.sorted.quantile(0.5), "page": pages.sorted.quantile(0.5),
        ]
    }
}
