import Carillon
import CarillonTriggers
import Foundation
import Testing

/// Policies in their JSON form, and their ranges.
@Suite struct JobPoliciesTests {
    private func read(_ text: String) throws -> JobPolicies {
        try JobPolicies(json: try JSONReader.value(of: Array(text.utf8)))
    }

    struct Form: Sendable {
        let text: String
        let set: @Sendable (inout JobPolicies) -> Void
    }

    @Test(
        "What is written is what was read, and defaults are left out",
        arguments: [
            Form(text: "{}") { _ in },
            Form(text: #"{"misfire_grace_time":0}"#) { $0.misfireGrace = .seconds(0) },
            Form(text: #"{"misfire_grace_time":3600}"#) { $0.misfireGrace = .seconds(3600) },
            Form(text: #"{"misfire_grace_time":0.5}"#) { $0.misfireGrace = .milliseconds(500) },
            Form(text: #"{"coalesce":"earliest"}"#) { $0.coalesce = .earliest },
            Form(text: #"{"coalesce":"all"}"#) { $0.coalesce = .all },
            Form(text: #"{"max_instances":3,"at_limit":"queue"}"#) {
                $0.maxInstances = 3
                $0.atLimit = .queue
            },
            Form(text: #"{"at_limit":"replace"}"#) { $0.atLimit = .replace },
            Form(text: #"{"retry":{"count":3,"delay":10}}"#) {
                $0.retry = RetryPolicy(count: 3, backoff: .constant(.seconds(10)))
            },
            Form(text: #"{"retry":{"count":3,"delay":10,"delay_at_most":60,"jitter":0.25}}"#) {
                $0.retry = RetryPolicy(
                    count: 3, backoff: .exponential(first: .seconds(10), atMost: .seconds(60)), jitter: 0.25)
            },
            Form(text: #"{"retry":{"count":3,"delay":0.25}}"#) {
                $0.retry = RetryPolicy(count: 3, backoff: .constant(.milliseconds(250)))
            },
            Form(text: #"{"retry":{"count":3,"delay":0.1,"delay_at_most":1.5}}"#) {
                $0.retry = RetryPolicy(
                    count: 3, backoff: .exponential(first: .milliseconds(100), atMost: .milliseconds(1500)))
            },
            Form(text: #"{"timeout":90}"#) { $0.timeout = .seconds(90) },
            Form(text: #"{"timeout":0.25}"#) { $0.timeout = .milliseconds(250) },
            Form(text: #"{"timeout":1e-06}"#) { $0.timeout = .microseconds(1) },
            Form(text: #"{"recovery":"markLost","priority":-5}"#) {
                $0.recovery = .markLost
                $0.priority = -5
            },
            Form(text: #"{"history":{"runs":10,"days":2}}"#) { $0.history = History(runs: 10, days: 2) },
        ])
    func roundTrip(_ form: Form) throws {
        let policies = JobPolicies.with(form.set)
        try policies.validate()
        #expect(policies.json.description == form.text)
        #expect(try read(form.text) == policies)
    }

    private struct Flaky: Error {}

    @Test("What is given is set, and the rest is as usual")
    func memberwise() {
        let policies = JobPolicies(
            misfireGrace: .seconds(30), maxInstances: 3, retry: .only(Flaky.self, URLError.self), timeout: .seconds(9))
        #expect(
            policies
                == .with {
                    $0.misfireGrace = .seconds(30)
                    $0.maxInstances = 3
                    $0.retry = RetryPolicy(count: 3, errors: ["Flaky", "URLError"])
                    $0.timeout = .seconds(9)
                })
    }

    @Test("A jitter that is not a number is refused")
    func jitterNotANumber() {
        let policies = JobPolicies.with { $0.retry.jitter = .nan }
        #expect(throws: CarillonError.self) { try policies.validate() }
    }

    @Test(
        "The task for failed runs is a name, or a task with arguments",
        arguments: [
            (#""tell""#, nil), (#"{"task":"tell"}"#, nil), (#"{"task":"tell","arguments":null}"#, nil),
            (#"{"task":"tell","arguments":{}}"#, "{}"),
            (#"{"task":"tell","arguments":{"n":1.50,"a":{"b":[1]}}}"#, #"{"n":1.50,"a":{"b":[1]}}"#),
        ]
    )
    func onFailure(form: String, arguments: String?) throws {
        let policies = try read(#"{"on_failure":\#(form)}"#)
        #expect(policies.onFailure?.task == (TaskName("tell")))
        #expect(policies.onFailure?.arguments?.description == arguments)
        let shortest = arguments == nil ? #""tell""# : form
        #expect(policies.json.description == #"{"on_failure":\#(shortest)}"#)
        #expect(try JobPolicies(json: policies.json) == policies)
    }

    @Test(
        "APScheduler's spellings",
        arguments: [
            Form(text: #"{"misfire_grace_time":null}"#) { _ in },
            Form(text: #"{"coalesce":true,"max_instances":1}"#) { _ in },
            Form(text: #"{"coalesce":false,"misfire_grace_time":1}"#) {
                $0.coalesce = .all
                $0.misfireGrace = .seconds(1)
            },
        ])
    func apscheduler(_ form: Form) throws { #expect(try read(form.text) == .with(form.set)) }

    struct Refusal: Sendable {
        let text: String
        let field: String
    }

    @Test(
        "What is out of range or of another kind is refused, and the key named",
        arguments: [
            Refusal(text: #"{"misfire_grace_time":-1}"#, field: "misfire_grace_time"),
            Refusal(text: #"{"misfire_grace_time":1e-7}"#, field: "misfire_grace_time"),
            Refusal(text: #"{"misfire_grace_time":3155760001}"#, field: "misfire_grace_time"),
            Refusal(text: #"{"retry":{"count":1,"delay":-1}}"#, field: "delay"),
            Refusal(text: #"{"retry":{"count":1,"delay":"1"}}"#, field: "delay"),
            Refusal(text: #"{"retry":{"count":1,"delay":null}}"#, field: "delay"),
            Refusal(text: #"{"retry":{"count":1,"delay_at_most":1e300}}"#, field: "delay_at_most"),
            Refusal(text: #"{"misfire_grace_time":9223372036854775807}"#, field: "misfire_grace_time"),
            Refusal(text: #"{"misfire_grace_time":"60"}"#, field: "misfire_grace_time"),
            Refusal(text: #"{"coalesce":"last"}"#, field: "coalesce"),
            Refusal(text: #"{"coalesce":1}"#, field: "coalesce"),
            Refusal(text: #"{"max_instances":0}"#, field: "max_instances"),
            Refusal(text: #"{"max_instances":null}"#, field: "max_instances"),
            Refusal(text: #"{"at_limit":"drop"}"#, field: "at_limit"),
            Refusal(text: #"{"retry":3}"#, field: "retry"), Refusal(text: #"{"retry":{"count":-1}}"#, field: "count"),
            Refusal(text: #"{"retry":{"count":1,"jitter":1.5}}"#, field: "jitter"),
            Refusal(text: #"{"retry":{"counts":1}}"#, field: "retry"),
            Refusal(text: #"{"timeout":0}"#, field: "timeout"), Refusal(text: #"{"timeout":1e-7}"#, field: "timeout"),
            Refusal(text: #"{"timeout":-1}"#, field: "timeout"), Refusal(text: #"{"timeout":1e300}"#, field: "timeout"),
            Refusal(text: #"{"recovery":"rerunn"}"#, field: "recovery"),
            Refusal(text: #"{"priority":1000001}"#, field: "priority"),
            Refusal(text: #"{"history":{"runs":-1}}"#, field: "runs"),
            Refusal(text: #"{"on_failure":""}"#, field: "on_failure"),
            Refusal(text: #"{"on_failure":null}"#, field: "on_failure"),
            Refusal(text: #"{"on_failure":{"arguments":{}}}"#, field: "on_failure"),
            Refusal(text: #"{"on_failure":{"task":5}}"#, field: "on_failure"),
            Refusal(text: #"{"on_failure":{"task":""}}"#, field: "on_failure"),
            Refusal(text: #"{"on_failure":{"task":"a","arguments":[1]}}"#, field: "on_failure"),
            Refusal(text: #"{"on_failure":{"task":"a","argument":{}}}"#, field: ""),
            Refusal(text: #"{"max_instance":1}"#, field: ""),
            Refusal(text: "[]", field: ""),
        ])
    func refused(_ item: Refusal) throws {
        let error = #expect(throws: TriggerError.self) { try read(item.text) }
        #expect(error?.field.split(separator: ".").last.map(String.init) ?? "" == item.field)
    }

    struct Invalid: Sendable {
        let named: String
        let set: @Sendable (inout JobPolicies) -> Void
    }

    @Test(
        "Policies given in code have the same ranges",
        arguments: [
            Invalid(named: "misfireGrace is -1.0 seconds; it is 0 to 3155760000 seconds") {
                $0.misfireGrace = .seconds(-1)
            },
            Invalid(named: "misfireGrace is ") { $0.misfireGrace = .seconds(Int64.max) },
            Invalid(named: "maxInstances is 0; it is 1 to 1000000") { $0.maxInstances = 0 },
            Invalid(named: "maxInstances is -") { $0.maxInstances = .min },
            Invalid(named: "retry.count is -1; it is 0 to 1000000") { $0.retry.count = -1 },
            Invalid(named: "retry.backoff: the delay is ") { $0.retry.backoff = .constant(.seconds(Int64.max)) },
            Invalid(named: "retry.backoff: first is -1.0 seconds; it is 0 to 3155760000 seconds") {
                $0.retry.backoff = .exponential(first: .seconds(-1), atMost: .seconds(1))
            },
            Invalid(named: "retry.backoff: atMost is ") {
                $0.retry.backoff = .exponential(first: .seconds(1), atMost: .seconds(Int64.min))
            },
            Invalid(named: "retry.jitter is inf; it is 0 to 1") { $0.retry.jitter = .infinity },
            Invalid(named: "retry.jitter is 1.01; it is 0 to 1") { $0.retry.jitter = 1.01 },
            Invalid(named: "onFailure.arguments is a string; it is an object") {
                $0.onFailure = FailureTask("tell", arguments: .string("x"))
            },
            Invalid(named: "timeout is 0.0 seconds; it is 0.000001 to 3155760000 seconds") { $0.timeout = .zero },
            Invalid(named: "timeout is ") { $0.timeout = .seconds(Int64.max) },
            Invalid(named: "; it is -1000000 to 1000000") { $0.priority = .max },
            Invalid(named: "history.runs is -1; it is 0 to 1000000000") { $0.history.runs = -1 },
            Invalid(named: "history.days is ") { $0.history.days = .max },
        ])
    func invalid(_ item: Invalid) throws {
        let policies = JobPolicies.with(item.set)
        let error = #expect(throws: CarillonError.self) { try policies.validate() }
        #expect(error?.code == .invalidPolicy)
        #expect(error?.reason.contains(item.named) == true)
        // Nor does anything break where nobody has validated them.
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for time in [0.0, 10, 35] {
            try scene.pass(at: time, scene.completion(0, .failed, at: time), random: 0.99)
            scene.commitIfAny(scene.snapshot.turnedBack(to: at(time - 100)))
        }
    }
}
