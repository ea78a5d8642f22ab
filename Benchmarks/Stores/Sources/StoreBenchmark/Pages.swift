import Carillon
import CarillonSQLite
import CarillonTriggers

/// Pages of 50 from a million jobs and a million runs.
struct Pages {
    let folder: String
    let jobs: Int
    private static let start = Instant(seconds: 1_800_000_000)

    func measure() async throws {
        let path = "\(folder)/pages.sqlite3"
        let store = try await SQLiteJobStore(path: path)
        let work = try StoreWork(store, node: "node")
        let seconds = try await timed { try await work.add(0..<jobs, at: Self.start) }
        print("\n\(jobs) jobs added in \(seconds.tenths) s: \((Double(jobs) / seconds).whole) jobs/s")
        try fillRuns(path)
        try await readDefinitions(path)
        print("Pages of 50 from \(jobs) jobs and \(jobs) runs, ms: median and longest of 20")
        for (name, filter, cursor) in try jobPages() {
            try await row(name) {
                try await store.jobs(filter, page: Page(after: cursor, limit: 50)).count
            }
        }
        let middle = try await middleRun(store)
        for (name, filter, cursor) in try runPages(middle) {
            try await row(name) { try await store.runs(filter, page: Page(after: cursor, limit: 50)).count }
        }
    }

    /// What it takes to read a thousand jobs whose definitions are not remembered, and the same jobs again.
    private func readDefinitions(_ path: String) async throws {
        let store = try await SQLiteJobStore(path: path)
        var query = JobQuery(now: Self.start)
        query.ids = try (0..<1000).map { try JobID("job \($0)") }
        let first = try await timed { _ = try await store.find(query) }
        let again = try await timed { _ = try await store.find(query) }
        print("1000 jobs read in \((first * 1000).tenths) ms, and again in \((again * 1000).tenths) ms")
        await store.close()
    }

    /// Runs that have ended, one a job over a day, every thousandth of them failed.
    private func fillRuns(_ path: String) throws {
        let database = try RawDatabase(path)
        try database.execute(
            """
            INSERT INTO carillon_past_runs (generation, scheduled, kind, number, attempt, job, state, due, available,
                fence, recoveries, cancel_requested, started, finished)
            SELECT generation, added + (generation % 86400) * 1000000, 0, 0, 1, id,
                CASE WHEN generation % 1000 = 0 THEN 11 ELSE 10 END, added, added, 1, 0, 0, added, added + 1000000
            FROM carillon_definitions
            """)
        try database.execute("UPDATE carillon_jobs SET state = 1, paused_since = 0 WHERE generation % 10000 = 0")
    }

    private func jobPages() throws -> [(String, JobFilter, JobCursor?)] {
        let middle = "job \(jobs / 2)"
        let tasks: Set = [TaskName("work")]
        func filter(_ adjust: (inout JobFilter) throws -> Void) rethrows -> JobFilter {
            var filter = JobFilter()
            try adjust(&filter)
            return filter
        }
        return try [
            ("jobs by id, first page", JobFilter(), nil),
            ("jobs by id, middle", JobFilter(), .id(middle)),
            ("jobs by due time, first page", JobFilter(), .beginningByDue),
            ("jobs by due time, middle", JobFilter(), .due(Self.start, middle)),
            ("paused jobs", filter { $0.state = .paused }, nil),
            ("jobs of a task", filter { $0.tasks = [TaskName("work")] }, .id(middle)),
            ("parked jobs", filter { $0.exceptTasks = [TaskName("other")] }, nil),
            ("jobs with '99999' in the id", filter { $0.text = "99999" }, nil),
            ("the same, active, by due time", filter { ($0.text, $0.state) = ("99999", .active) }, .beginningByDue),
            ("jobs of a task with '12', middle", filter { ($0.text, $0.tasks) = ("12", tasks) }, .id(middle)),
            ("jobs with '5' in the id", filter { $0.text = "5" }, nil),
            ("jobs with 'b 7', which are far off", filter { $0.text = "b 7" }, nil),
            ("jobs with 'none such': none", filter { $0.text = "none such" }, nil),
            ("jobs with 'zz': none", filter { $0.text = "zz" }, nil),
            ("jobs with 'z': none", filter { $0.text = "z" }, nil),
        ]
    }

    private func runPages(_ middle: Run.ID?) throws -> [(String, RunFilter, Run.ID?)] {
        func filter(_ adjust: (inout RunFilter) throws -> Void) rethrows -> RunFilter {
            var filter = RunFilter()
            try adjust(&filter)
            return filter
        }
        return try [
            ("runs, first page", RunFilter(), nil),
            ("runs, middle", RunFilter(), middle),
            ("runs of a job", filter { $0.job = try JobID("job \(jobs / 2)") }, nil),
            ("runs that failed", filter { $0.state = .finished(.failed) }, nil),
            ("runs that succeeded", filter { $0.state = .finished(.succeeded) }, middle),
        ]
    }

    private func middleRun(_ store: SQLiteJobStore) async throws -> Run.ID? {
        var filter = RunFilter()
        let noon = Instant(microseconds: Self.start.microseconds + 43_200_000_000)
        filter.scheduled = noon...noon
        return try await store.runs(filter, page: Page(limit: 1)).first?.id
    }

    private func row(_ name: String, _ page: () async throws -> Int) async throws {
        var times: [Double] = []
        var count = 0
        for _ in 0..<20 { times.append(try await timed { count = try await page() } * 1000) }
        let figures = median(times).tenths.leftPadded(6) + (times.max() ?? 0).tenths.leftPadded(7)
        print("\(name.padded(34)) \(count) rows   \(figures)")
    }
}
