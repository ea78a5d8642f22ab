import Carillon
import CarillonTriggers
import Testing

/// Whether and when a run that failed is tried again, and what follows when it is not.
@Suite struct RetryTests {
    struct Delay: Sendable {
        let policy: RetryPolicy
        let random: Double
        /// Seconds before the second, third, … attempt.
        let expected: [Double]
    }

    @Test(arguments: [
        Delay(policy: RetryPolicy(count: 3, backoff: .constant(.seconds(5))), random: 0.5, expected: [5, 5, 5]),
        Delay(
            policy: RetryPolicy(count: 2, backoff: .constant(.milliseconds(250))), random: 0.5, expected: [0.25, 0.25]),
        Delay(policy: RetryPolicy(count: 2, backoff: .constant(.seconds(0))), random: 0.5, expected: [0, 0]),
        Delay(
            policy: RetryPolicy(count: 5, backoff: .exponential(first: .seconds(10), atMost: .seconds(60))), random: 0,
            expected: [10, 20, 40, 60, 60]),
        Delay(
            policy: RetryPolicy(count: 2, backoff: .exponential(first: .seconds(100), atMost: .seconds(60))), random: 0,
            expected: [60, 60]),
        Delay(
            policy: RetryPolicy(count: 2, backoff: .constant(.seconds(10)), jitter: 0.5), random: 0.5,
            expected: [12.5, 12.5]),
        Delay(
            policy: RetryPolicy(count: 3, backoff: .exponential(first: .seconds(1), atMost: .seconds(4)), jitter: 1),
            random: 0.75,
            expected: [1.75, 3.5, 7]),
        Delay(policy: .none, random: 0, expected: []),
    ])
    func delays(_ item: Delay) throws {
        var scene = try SimulatedJob(.date(at(0).date), .with { $0.retry = item.policy })
        try scene.pass(at: 0)
        var now = 0.0
        for delay in item.expected {
            now += 1
            let failed = try #require(scene.run(0))
            let plan = try scene.pass(at: now, scene.completion(0, .failed, at: now), slots: 0, random: item.random)
            let next = try #require(scene.run(0))
            #expect(next.id == Run.ID(failed.id.occurrence, attempt: failed.id.attempt + 1))
            #expect(next.state == .ready)
            #expect(next.available == at(now + delay))
            #expect(next.due == at(0))
            #expect(plan.events == [.ended(failed.id, .failed), .retrying(next.id, at: at(now + delay))])
            // Not a moment too early.
            if delay > 0 {
                #expect(try scene.pass(at: now + delay - 0.000_001).taken.isEmpty)
            }
            now += delay
            #expect(try scene.pass(at: now).taken.map(\.id) == [next.id])
        }
        try scene.pass(at: now + 1, scene.completion(0, .failed, at: now + 1))
        #expect(scene.snapshot.open.isEmpty)
        #expect(scene.runs.count == item.expected.count + 1)
    }

    struct Ending: Sendable {
        let outcome: Outcome
        let mayRetry: Bool
        let isTriedAgain: Bool
    }

    @Test(
        "Which ends are tried again",
        arguments: [
            Ending(outcome: .failed, mayRetry: true, isTriedAgain: true),
            Ending(outcome: .failed, mayRetry: false, isTriedAgain: false),
            Ending(outcome: .timedOut, mayRetry: true, isTriedAgain: true),
            Ending(outcome: .timedOut, mayRetry: false, isTriedAgain: false),
            Ending(outcome: .succeeded, mayRetry: true, isTriedAgain: false),
            Ending(outcome: .cancelled, mayRetry: true, isTriedAgain: false),
            Ending(outcome: .lost, mayRetry: true, isTriedAgain: false),
        ])
    func endings(_ item: Ending) throws {
        let retry = RetryPolicy(count: 1, backoff: .constant(.seconds(5)))
        var scene = try SimulatedJob(.date(at(0).date), .with { $0.retry = retry })
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, item.outcome, at: 1, mayRetry: item.mayRetry))
        let next = item.isTriedAgain ? ", 0#2 ready from 6" : ""
        #expect(scene.summary == "0 \(item.outcome.rawValue)\(next); ended")
    }

    @Test("A run that was to be cancelled and failed instead is not tried again")
    func cancelledInBetween() throws {
        let retry = RetryPolicy(count: 1, backoff: .constant(.seconds(5)))
        var scene = try SimulatedJob(.date(at(0).date), .with { $0.retry = retry })
        try scene.pass(at: 0)
        scene.commit(scene.snapshot.cancelled(try scene.id(0), at: at(1)))
        try scene.pass(at: 2, scene.completion(0, .failed, at: 2))
        #expect(scene.summary == "0 failed; ended")
    }

    @Test("An attempt that waits for its time takes the job's instance")
    func takesInstance() throws {
        let retry = RetryPolicy(count: 1, backoff: .constant(.seconds(100)))
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.retry = retry })
        try scene.pass(at: 0)
        try scene.pass(at: 10, scene.completion(0, .failed, at: 9))
        #expect(scene.summary == "0 failed, 0#2 ready from 110; skipped(instanceLimit) 10; next 20")
    }

    @Test("A retried run keeps its own task and arguments")
    func keepsArguments() throws {
        let retry = RetryPolicy(count: 1, backoff: .constant(.seconds(0)))
        var scene = try SimulatedJob(.date(at(1000).date), .with { $0.retry = retry })
        scene.commit(scene.snapshot.ranNow(at: at(0), arguments: Array("{\"a\":1}".utf8)))
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, .failed, at: 1, kind: .manual))
        #expect(scene.run(0, .manual)?.id.attempt == 2)
        #expect(scene.run(0, .manual)?.arguments == Array("{\"a\":1}".utf8))
    }
}

/// The task that a job names for its failed runs.
@Suite struct FailureTaskTests {
    private func policies(retries: Int = 0) throws -> JobPolicies {
        let task = TaskName("tell")
        return .with {
            $0.onFailure = FailureTask(task)
            $0.retry = RetryPolicy(count: retries, backoff: .constant(.seconds(0)))
        }
    }

    @Test(
        "It runs when a run has failed for good",
        arguments: [
            (Outcome.failed, true), (.timedOut, true), (.lost, true), (.cancelled, false), (.succeeded, false),
        ])
    func runs(_ outcome: Outcome, isExpected: Bool) throws {
        var scene = try SimulatedJob(.date(at(0).date), try policies())
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, outcome, at: 1, error: "disk \"full\""))
        let followUp = scene.run(0, .onFailure)
        #expect((followUp != nil) == isExpected)
        guard let followUp else { return }
        #expect(followUp.task == (TaskName("tell")))
        #expect(followUp.state == .ready)
        let failed = try #require(scene.run(0))
        let arguments = String(decoding: followUp.arguments ?? [], as: UTF8.self)
        #expect(
            arguments == """
                {"job":"job","run":"\(failed.id)","scheduled":"2026-01-01T00:00:00+00:00","attempt":1,\
                "outcome":"\(outcome.rawValue)","error":"disk \\"full\\""}
                """
        )
    }

    @Test("It is given the arguments that the job has for it, or else the report, which it keeps in either case")
    func ownArguments() throws {
        let given = JSONValue.object([JSONValue.Member("command", .string("mail"))])
        var own = try policies()
        own.onFailure?.arguments = given
        var scene = try SimulatedJob(.date(at(0).date), own)
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, .failed, at: 1, error: "no disk"))
        let failed = try #require(scene.run(0))
        let followUp = try #require(scene.run(0, .onFailure))
        var definition = scene.snapshot.job.definition
        #expect(String(decoding: followUp.arguments(of: definition), as: UTF8.self) == given.description)
        #expect(String(decoding: failed.arguments(of: definition), as: UTF8.self) == "{}")
        #expect(failed.failureReport == nil)
        let report = try #require(followUp.failureReport)
        #expect(report.run == "\(failed.id)" && report.outcome == .failed && report.error == "no disk")
        #expect(report.job == failed.id.occurrence.job && report.scheduled == at(0) && report.attempt == 1)
        // Arguments that are meant for another task are not for this one.
        definition.policies.onFailure?.task = TaskName("other")
        #expect(followUp.arguments(of: definition) == followUp.arguments)
        definition.policies.onFailure = nil
        #expect(followUp.arguments(of: definition) == followUp.arguments)
    }

    @Test("It comes after the last attempt, once")
    func afterRetries() throws {
        var scene = try SimulatedJob(.date(at(0).date), try policies(retries: 2))
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, .failed, at: 1))
        try scene.pass(at: 2, scene.completion(0, .failed, at: 2))
        #expect(scene.run(0, .onFailure) == nil)
        try scene.pass(at: 3, scene.completion(0, .failed, at: 3))
        #expect(scene.runs.values.count { $0.id.occurrence.kind == .onFailure } == 1)
    }

    @Test("It is taken only by a node that has the task, and its own failure ends the matter")
    func ownFailure() throws {
        var scene = try SimulatedJob(.date(at(0).date), try policies(retries: 2))
        try scene.pass(at: 0)
        for time in 1...3 {
            let now = Double(time)
            try scene.pass(at: now, scene.completion(0, .failed, at: now))
        }
        #expect(try scene.pass(at: 4).taken.isEmpty)
        #expect(try scene.pass(at: 5, tasks: ["tell"]).taken.count == 1)
        try scene.pass(at: 6, scene.completion(0, .failed, at: 6, kind: .onFailure))
        #expect(scene.snapshot.open.isEmpty)
        #expect(scene.runs.count == 4)
    }

    @Test("It is not cancelled by a later occurrence that takes the place of others")
    func isNotReplaced() throws {
        let task = TaskName("tell")
        var scene = try SimulatedJob(
            try .interval(seconds: 10),
            .with {
                $0.onFailure = FailureTask(task)
                $0.atLimit = .replace
            }
        )
        try scene.pass(at: 0)
        try scene.pass(at: 10, scene.completion(0, .failed, at: 9))
        #expect(scene.run(0, .onFailure)?.state == .ready)
        #expect(scene.run(10)?.state == .waiting)
    }

    @Test("An occurrence that fails again after a retry by hand gets a second one")
    func twice() throws {
        var scene = try SimulatedJob(.date(at(0).date), try policies())
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, .failed, at: 1))
        try scene.pass(at: 1, tasks: ["tell"])
        try scene.pass(at: 2, scene.completion(0, at: 2, kind: .onFailure))
        scene.commit(scene.snapshot.retried(try scene.found(0), at: at(3)))
        try scene.pass(at: 3)
        try scene.pass(at: 4, scene.completion(0, .failed, at: 4))
        #expect(scene.runs.values.count { $0.id.occurrence.kind == .onFailure } == 2)
    }
}
