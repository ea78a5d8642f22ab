import CTimerRoof
import Carillon
import CarillonTriggers
import Foundation

/// How late jobs start that are due evenly over each second.
struct Lateness {
    /// Jobs a second.
    let rate: Int
    let seconds: Int

    /// What was seen.
    struct Result {
        /// Microseconds after their time, in order of size.
        let lateness: [Double]
        let started: Int
        let expected: Int
        /// Occurrences that were not run, with their reasons.
        let notRun: [String]
    }

    /// Microseconds by which a timer of the system alone is late, at the same rate.
    func timer() -> [Double] {
        var lateness = [Double](repeating: 0, count: rate * seconds)
        guard timer_roof(Int32(lateness.count), Int64(1_000_000 / rate), &lateness) == 0 else { return [] }
        return lateness.sorted()
    }

    func measure() async throws -> Result {
        let samples = Samples()
        let store = MemoryJobStore()
        var options = SchedulerOptions()
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        try scheduler.register("note") { (context: TaskContext) async in
            samples.add(Double(Instant(Date()).microseconds - context.scheduled.microseconds))
        }
        try await scheduler.start()
        // Early enough for all of them to be added before the first is due.
        let begin = Instant(Date()).microseconds / 1_000_000 + 2
        let end = begin + Int64(seconds)
        for number in 0..<rate {
            let offset = Int64(number) * 1_000_000 / Int64(rate)
            try await scheduler.addJob(
                id: "job \(number)",
                task: "note",
                trigger: .interval(
                    seconds: 1,
                    start: Instant(microseconds: begin * 1_000_000 + offset).date,
                    end: Instant(microseconds: end * 1_000_000 - 1).date
                )
            )
        }
        let left = Double(end) - Date().timeIntervalSince1970 + 1
        try await Task.sleep(for: .seconds(left))
        var notRun: [String] = []
        let from = Instant(seconds: begin - 1)
        let through = Instant(seconds: end + 1)
        for number in 0..<rate {
            let reasons = try await store.reasons(JobID("job \(number)"), from: from, through: through, limit: 100)
            notRun += reasons.map { "\($0)" }
        }
        await scheduler.shutdown()
        let sorted = samples.sorted
        return Result(lateness: sorted, started: sorted.count, expected: rate * seconds, notRun: notRun)
    }
}
