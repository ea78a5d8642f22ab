#if Macros
import Carillon
import CarillonMacros
import CarillonTriggers

// Every kind of function that can be decorated.

@Scheduled(id: Setting.id, .interval(minutes: 60)) private func comesAndGoes() { print("comes and goes") }
@Scheduled(id: "changing", .interval(minutes: Setting.minutes)) func changing() {}
@Scheduled(id: "once", .date("2027-01-15T08:00:05+00:00")) func once() { print("once") }
@Scheduled(id: "twin", .interval(minutes: 60)) func twin() {}
@Scheduled(id: Setting.twin == "twin" ? "other twin" : "twin", .interval(minutes: 60)) func otherTwin() {}

@Scheduled(.interval(minutes: 60)) func blocking() { print("blocking") }
@Scheduled(.interval(minutes: 60)) func throwing() throws { throw CancellationError() }
@Scheduled(.interval(minutes: 60)) func suspending() async { print("suspending") }
@Scheduled(.interval(minutes: 60)) func both() async throws { print("both") }
@Scheduled(.interval(minutes: 60)) func withContext(_ context: TaskContext) { print("context of \(context.jobID)") }
@Scheduled(.interval(minutes: 60)) func withLabel(context: TaskContext) async throws {
    print("label of \(context.jobID)")
}
@MainActor @Scheduled(.interval(minutes: 60)) func onMainActor() { print("on the main actor") }

@Scheduled(id: "every hour", .interval(minutes: 60))
@Scheduled(id: "every two hours", .interval(minutes: 120))
func several(_ context: TaskContext) { print("several as \(context.jobID)") }

enum Outer {
    struct Inner {
        @Scheduled(id: "static", .interval(minutes: 60)) private static func member() { print("static") }
    }
    @MainActor struct OfActor {
        @Scheduled(id: "static of an actor", .interval(minutes: 60)) static func member() {
            print("static of an actor")
        }
        @Scheduled(id: "static of none", .interval(minutes: 60)) nonisolated static func other() {
            print("static of none")
        }
    }
}

/// All that can be said.
@Scheduled(
    id: "all policies", .cron(hour: 9, minute: 30, gap: .skip), timeZone: "Europe/Berlin", jitter: .seconds(5),
    name: "All policies", tags: ["a", "b"], executor: "second", store: "second", misfireGrace: .seconds(30),
    coalesce: .all, maxInstances: 3, atLimit: .queue, retry: RetryPolicy(count: 2, backoff: .constant(.seconds(1))),
    timeout: .seconds(90), recovery: .markLost, priority: 7, history: History(runs: 5, days: 6),
    onFailure: FailureTask("DecorationsWorker.blocking"))
func allPolicies() {}
#endif
