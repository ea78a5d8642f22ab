#if Command
import Carillon
import CarillonSQLite
import CarillonTriggers

/// What a job store says became of the occurrences of a job that is due every second.
struct Account {
    /// How often each second from the first to the last is accounted for, by runs or by a range of reasons.
    let entries: [Int]
    /// Runs and ranges at other times, or with other numbers of occurrences than seconds.
    let strays: Int
    /// Runs that a server has taken and not ended. What came due while one drained may wait for the next.
    let openRuns: Int

    /// - Parameter path: The file of an SQLite store.
    init(_ path: String, job: String) async throws {
        let store = try await SQLiteJobStore(path: path)
        let id = try JobID(job)
        var filter = RunFilter()
        filter.job = id
        let runs = try await store.runs(filter, page: Page(limit: 1000))
        let ranges = try await store.reasons(id, from: .earliest, through: .latest, limit: 1000)
        await store.close()
        openRuns = runs.count { if case .running = $0.state { true } else { false } }
        var counts: [Int64: Int] = [:]
        for time in Set(runs.map(\.id.occurrence.scheduled.microseconds)) { counts[time, default: 0] += 1 }
        var wrongRanges = 0
        for range in ranges {
            let times = Array(stride(from: range.first.microseconds, through: range.last.microseconds, by: 1_000_000))
            if times.count != range.count { wrongRanges += 1 }
            for time in times { counts[time, default: 0] += 1 }
        }
        let first = counts.keys.min() ?? 0
        let seconds = Array(stride(from: first, through: counts.keys.max() ?? first, by: 1_000_000))
        entries = seconds.map { counts[$0] ?? 0 }
        strays = wrongRanges + counts.keys.count { !seconds.contains($0) }
    }
}
#endif
