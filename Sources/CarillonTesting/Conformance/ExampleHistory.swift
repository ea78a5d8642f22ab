package import Carillon
package import CarillonTriggers

/// Jobs with ended runs, as many as a test or a measurement needs. They are made as an import brings them, which is
/// faster than to run them.
package struct ExampleHistory: Sendable {
    /// How many jobs there are.
    package let jobs: Int
    /// How many runs of each job have ended.
    package let runsPerJob: Int
    /// When the last runs ended.
    package let end: Instant
    /// The generation before that of the first job.
    package let lastGeneration: Int64

    /// Creates a history.
    package init(
        jobs: Int, runsPerJob: Int, end: Instant = Instant(seconds: 1_800_000_000), after lastGeneration: Int64 = 0
    ) {
        self.jobs = jobs
        self.runsPerJob = runsPerJob
        self.end = end
        self.lastGeneration = lastGeneration
    }

    /// Adds it to a store.
    package func add(to store: any JobTransferring) async throws {
        var items: [TransferItem] = []
        for number in 0..<jobs {
            let id = try JobID("job-\(number)")
            let definition = JobDefinition(
                task: TaskName("work"), arguments: Array(#"{"number":\#(number)}"#.utf8),
                trigger: try .interval(minutes: 1))
            let job = Job(
                id: id, generation: lastGeneration + Int64(number + 1), definition: definition,
                added: end.advanced(byMicroseconds: -Int64(runsPerJob) * 60_000_000))
            items.append(.job(JobSnapshot(job: job)))
            for turn in 0..<runsPerJob { items.append(try run(turn, of: job)) }
            if items.count >= 1000 || number == jobs - 1 {
                for start in stride(from: 0, to: items.count, by: 1000) {
                    let results = try await store.importItems(Array(items[start..<min(start + 1000, items.count)]))
                    guard results.allSatisfy({ $0 == .written }) else {
                        throw StoreConformanceFailure("the example was not written: \(Set(results))")
                    }
                }
                items = []
            }
        }
    }

    private func run(_ turn: Int, of job: Job) throws -> TransferItem {
        let scheduled = end.advanced(byMicroseconds: Int64(turn - runsPerJob) * 60_000_000)
        let occurrence = Occurrence(job: job.id, generation: job.generation, scheduled: scheduled)
        let outcome: Outcome = turn % 10 == 9 ? .failed : .succeeded
        var run = Run(
            id: Run.ID(occurrence), state: .finished(outcome), due: scheduled, available: scheduled)
        run.node = try NodeID("node-1")
        run.fence = 1
        run.started = scheduled.advanced(byMicroseconds: 2000)
        run.finished = scheduled.advanced(byMicroseconds: 80_000)
        if outcome == .failed { run.error = "exit status \(turn % 3)" }
        run.log = Array("line \(turn) of \(job.id)\n".utf8)
        return .run(run, task: job.definition.task)
    }
}
