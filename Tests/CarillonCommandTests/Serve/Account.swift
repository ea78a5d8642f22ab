import CarillonCommand
import CarillonTriggers

/// What a database says became of the occurrences of a job.
struct Account {
    /// How often each of the occurrences asked for is accounted for, by a run or by a range of reasons.
    let entries: [Int]
    /// Runs and ranges that cover no occurrence asked for, or other numbers of them than they say.
    let strays: Int
    let openRuns: Int

    /// - Parameter occurrences: What is to be accounted for, in order.
    init(_ path: String, jobID: String, of occurrences: [Instant]) throws(CommandFailure) {
        let database = try Database(path: path)
        let runs = try database.rows("SELECT scheduled, outcome FROM runs WHERE job_id = ?", jobID) {
            (time: $0.time(0), isOpen: $0.isNull(1))
        }
        let ranges = try database.rows("SELECT first, last, count FROM reasons WHERE job_id = ?", jobID) {
            (times: $0.time(0)...max($0.time(0), $0.time(1)), count: $0.number(2))
        }
        entries = occurrences.map { time in
            runs.count { $0.time == time } + ranges.count { $0.times.contains(time) }
        }
        strays =
            runs.count { !occurrences.contains($0.time) }
            + ranges.count { range in occurrences.count { range.times.contains($0) } != range.count }
        openRuns = runs.count(where: \.isOpen)
    }
}
