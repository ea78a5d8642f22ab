import Carillon
import CarillonTriggers
import Foundation
import Testing

/// Jobs that run once and are gone.
@Suite(.timeLimit(.minutes(10))) struct OneOffTests {
    @Test("A job that ran once is removed, and its history stays", arguments: SchedulerBench.Storage.allCases)
    func removed(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let count = Counter()
        try await bench.start()
        try await bench.scheduler.addJob(id: "once") { count.add() }
        await bench.advance(.seconds(1))
        #expect(count.value == 1)
        #expect(try await bench.scheduler.jobs().isEmpty)
        let runs = try await bench.scheduler.runs(of: "once")
        #expect(runs.map(\.outcome) == [.succeeded])
        let removed = bench.log.events.filter { if case .jobRemoved("once", _) = $0.kind { true } else { false } }
        #expect(removed.count == 1)
        // A later call says what became of it.
        for look in ["job", "edit", "runNow", "remove"] {
            let error = await #expect(throws: CarillonError.self) {
                switch look {
                case "job": _ = try await bench.scheduler.job("once")
                case "edit": _ = try await bench.scheduler.pauseJob("once")
                case "runNow": _ = try await bench.scheduler.runJob("once")
                default: try await bench.scheduler.removeJob("once")
                }
            }
            #expect(error?.code == .jobNotFound)
            #expect(
                error?.reason == """
                    there is no job 'once' any more: it has run, and has been removed; a one-off job is removed when it has \
                    ended, unless it has `whenEnded: .keep`
                    """)
        }
        let never = await #expect(throws: CarillonError.self) { try await bench.scheduler.pauseJob("never") }
        #expect(never?.reason == "there is no job 'never'")
        // The id is free, and the new job is another one.
        try await bench.scheduler.addJob(id: "once") { count.add() }
        await bench.advance(.seconds(1))
        #expect(count.value == 2)
        #expect(try await bench.scheduler.runs(of: "once").count == 2)
        await bench.scheduler.shutdown()
    }

    @Test("One that failed goes with its last attempt", arguments: SchedulerBench.Storage.allCases)
    func failed(_ storage: SchedulerBench.Storage) async throws {
        struct Unlucky: Error {}
        let bench = try await SchedulerBench(.async, storage)
        let count = Counter()
        try await bench.start()
        let retry = RetryPolicy(count: 2, backoff: .constant(.seconds(10)))
        let options = JobOptions(policies: JobPolicies(retry: retry))
        try await bench.scheduler.addJob(id: "once", options) {
            count.add()
            throw Unlucky()
        }
        await bench.advance(.seconds(11))
        #expect(try await bench.scheduler.jobs().count == 1)
        await bench.advance(.seconds(20))
        #expect(count.value == 3)
        #expect(try await bench.scheduler.jobs().isEmpty)
        #expect(try await bench.scheduler.runs(of: "once").map(\.outcome) == [.failed, .failed, .failed])
        await bench.scheduler.shutdown()
    }

    @Test("What is kept, replaced or has more fire times stays when it has ended")
    func stays() async throws {
        let bench = try await SchedulerBench()
        try bench.scheduler.register("work") { (_: TaskContext) in }
        let end = SchedulerBench.start.advanced(byMicroseconds: 5_000_000).date
        try await bench.start()
        try await bench.scheduler.addJob(id: "kept", task: "work", JobOptions(ifExists: .keep))
        try await bench.scheduler.addJob(id: "replaced", task: "work", JobOptions(ifExists: .replace))
        try await bench.scheduler.addJob(id: "asked for", task: "work", SchedulerBench.kept)
        try await bench.scheduler.addJob(id: "several", task: "work", trigger: .interval(seconds: 1, end: end))
        await bench.advance(.seconds(60))
        #expect(try await bench.scheduler.jobs().count == 4)
        for listed in try await bench.scheduler.jobs() { #expect(listed.job.state == .ended) }
        await bench.scheduler.shutdown()
    }
}
