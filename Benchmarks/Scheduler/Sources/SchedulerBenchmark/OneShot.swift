import Carillon
import CarillonTriggers

/// How long it takes from adding a job that is due at once until its task begins.
struct OneShot {
    let count: Int

    /// Microseconds, in order of size.
    func measure() async throws -> [Double] {
        let samples = Samples()
        let scheduler = AsyncScheduler()
        try await scheduler.start()
        for number in 0..<count {
            let started = Tally(goal: 1)
            let begin = ContinuousClock.now
            try await scheduler.addJob(id: "job \(number)") { () async in started.add() }
            samples.add((await started.wait() - begin).microseconds)
        }
        await scheduler.shutdown()
        return samples.sorted
    }
}
