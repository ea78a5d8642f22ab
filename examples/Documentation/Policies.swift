import Carillon
import CarillonTriggers

// The Swift of docs/policies.md.

func addWithPolicies(to scheduler: BackgroundScheduler) async throws {
    let policies = JobPolicies(
        misfireGrace: .seconds(3600), maxInstances: 2, atLimit: .queue,
        retry: RetryPolicy(count: 3, backoff: .exponential(first: .seconds(10), atMost: .seconds(600))),
        timeout: .seconds(900))
    try await scheduler.addJob(
        id: "sync", task: "sync", trigger: .interval(minutes: 10), JobOptions(policies: policies))
}

func registerLongTask(on scheduler: BackgroundScheduler) throws {
    try scheduler.register("sync") { (context: TaskContext) in
        for page in 1...500 {
            try context.checkCancellation()  // throws when the run is to end
            try copy(page: page)
        }
    }
}

func explainOccurrence(_ time: Instant, on scheduler: BackgroundScheduler) async throws {
    print(try await scheduler.why("sync", at: time))
}

private func copy(page: Int) throws {}
