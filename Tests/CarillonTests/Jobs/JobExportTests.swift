import Carillon
import CarillonTriggers
import Testing

/// Jobs outside of any store.
@Suite struct JobExportTests {
    /// Every kind of trigger, with what it does not have by default.
    static func triggers() throws -> [Trigger] {
        let berlin = try Zone("Europe/Berlin")
        let start = at(0.123456).date
        let everyMinute = try Trigger.interval(minutes: 1, start: start, in: berlin)
        return [
            .date(start),
            try .date("2027-03-28T02:30:00", in: berlin),
            try .interval(weeks: 1, days: 2, hours: 3, minutes: 4, seconds: 5, start: start, end: at(9e6).date),
            try .interval(hours: 1, start: start, jitter: .seconds(7)),
            try .interval(hours: 1, in: berlin, firstRun: .afterInterval).anchored(at: at(0.123456)),
            try .cron(hour: 2, minute: 30, dayOfWeek: "mon-fri", start: start, in: berlin, gap: .skip, fold: .both),
            try .crontab("*/5 9-17 * * 1-5", in: berlin, jitter: .seconds(3), weekdays: .apscheduler),
            try .calendarInterval(months: 1, days: 1, hour: 6, in: berlin, gap: .shift).anchored(at: at(5)),
            .any(of: everyMinute, try .cron(hour: 9, in: .utc)),
            .all(of: everyMinute, try .cron(hour: 9, in: berlin)),
        ]
    }

    static let policies: [JobPolicies] = [
        JobPolicies(),
        .with {
            $0.misfireGrace = .seconds(30)
            $0.coalesce = .all
            $0.maxInstances = 4
            $0.atLimit = .replace
            $0.retry = RetryPolicy(
                count: 3, backoff: .exponential(first: .seconds(2), atMost: .seconds(60)), jitter: 0.25,
                errors: ["TimeoutError"])
            $0.timeout = .milliseconds(1500)
            $0.recovery = .markLost
            $0.priority = -5
            $0.history = History(runs: 7, days: 3)
            $0.onFailure = FailureTask("tell", arguments: .object([]))
        },
        .with {
            $0.coalesce = .earliest
            $0.atLimit = .queue
            $0.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(10)))
        },
    ]

    @Test("Every trigger, policy and state comes back as it was")
    func roundTrip() throws {
        var export = JobExport(jobs: [])
        for (place, trigger) in try Self.triggers().enumerated() {
            for (number, policies) in Self.policies.enumerated() {
                let definition = JobDefinition(
                    task: TaskName("tásk"),
                    arguments: Array(#"{"to":["all",2.50],"quote":"\"\\"}"#.utf8),
                    trigger: trigger,
                    policies: policies,
                    tags: ["b", "a"],
                    executor: "processes",
                    origin: number == 0 ? nil : "jobs.yaml"
                )
                export.jobs.append(
                    JobExport.Entry(
                        id: try JobID("jøb \(place)/\(number)"),
                        store: number == 0 ? "default" : "other",
                        state: JobFilter.State.allCases[number],
                        definition: definition
                    )
                )
            }
        }
        let bytes = try export.json()
        let read = try JobExport(json: bytes)
        #expect(read.jobs.count == export.jobs.count)
        for (read, written) in zip(read.jobs, export.jobs) {
            #expect(
                [read.id.description, read.store, read.state.rawValue] == [
                    written.id.description, written.store, written.state.rawValue,
                ])
            #expect(read.definition.policies == written.definition.policies)
            #expect(read.definition.arguments == written.definition.arguments)
            #expect(read.definition.tags == written.definition.tags)
            #expect(read.definition.executor == written.definition.executor)
            #expect(read.definition.origin == written.definition.origin)
            #expect(read.definition.trigger.json == written.definition.trigger.json)
            // The same times, to the microsecond: the phase is kept.
            let times = (read.definition.trigger, written.definition.trigger)
            #expect(times.0.next(after: at(1e6)) == times.1.next(after: at(1e6)))
            #expect(times.0.jitter == times.1.jitter)
        }
        #expect(try read.json() == bytes)
    }

    @Test("What is not said is the default, and the trigger of a job by hand has no zone of its own")
    func byHand() throws {
        let text = #" {"jobs":[{"id":"a","task":"t","trigger":{"type":"interval","hours":1}}],"carillon":1} "#
        let job = try #require(try JobExport(json: Array(text.utf8)).jobs.first)
        #expect(
            job
                == JobExport.Entry(
                    id: JobID("a"),
                    definition: JobDefinition(task: TaskName("t"), trigger: try .interval(hours: 1))
                ))
        #expect(try JobExport(json: try JobExport(jobs: []).json()).jobs == [])
    }

    private static let good = #"{"id":"good","task":"t","trigger":{"type":"cron","hour":1}}"#

    @Test(
        "What is wrong is said, with its place",
        arguments: [
            ("", ["not JSON", "column 1"]),
            ("[]", ["an object", "an array"]),
            ("{}", ["carillon", "missing"]),
            (#"{"carillon":1}"#, ["jobs", "missing"]),
            (#"{"carillon":2,"jobs":[],"more":1}"#, ["carillon", "'2'", "1 is"]),
            (#"{"carillon":"1","jobs":[]}"#, ["carillon", "1 is"]),
            (#"{"carillon":1,"job":[]}"#, ["did you mean 'jobs'?"]),
            (#"{"carillon":1,"jobs":[],"more":1}"#, ["'more'"]),
            (#"{"carillon":1,"jobs":{}}"#, ["jobs", "an object"]),
            (
                #"{"carillon":1,"jobs":[{"id":"a","task":"t","trigger":{"type":"cron","hour":1},"policies":{"coalesce":"latst"}}]}"#,
                ["jobs[0].policies.coalesce: 'latst' is not one of those there are; did you mean 'latest'?"]
            ),
            (#"{"carillon":1,"jobs":[\#(good),7]}"#, ["jobs[1]", "the number 7"]),
            (#"{"carillon":1,"jobs":[\#(good),{"task":"t"}]}"#, ["jobs[1].id", "missing"]),
            (#"{"carillon":1,"jobs":[{"id":"","task":"t"}]}"#, ["jobs[0].id", "1 to 200 bytes"]),
            (#"{"carillon":1,"jobs":[\#(good),\#(good)]}"#, ["jobs[1].id", "jobs[0]", "job 'good'"]),
            (
                #"{"carillon":1,"jobs":[{"id":"x","task":"t","trigger":{"type":"cron","minute":61}}]}"#,
                ["jobs[0].trigger.minute", "'61'", "job 'x'"]
            ),
            (
                #"{"carillon":1,"jobs":[{"id":"x","store":1,"task":"t","trigger":{"type":"cron","hour":1}}]}"#,
                ["jobs[0].store", "the number 1"]
            ),
            (
                #"{"carillon":1,"jobs":[{"id":"x","state":"asleep","task":"t","trigger":{"type":"cron","hour":1}}]}"#,
                ["jobs[0].state", "paused"]
            ),
            (
                #"{"carillon":1,"jobs":[{"id":"x","stat":"paused","task":"t","trigger":{"type":"cron","hour":1}}]}"#,
                ["jobs[0]", "did you mean 'state'?"]
            ),
            (
                #"{"carillon":1,"jobs":[{"id":"x","task":"t","trigger":{"type":"cron","hour":1},"#
                    + #""policies":{"max_instances":0}}]}"#,
                ["jobs[0].policies.max_instances", "'0'"]
            ),
        ] as [(String, [String])])
    func refused(_ text: String, _ words: [String]) throws {
        let error = #expect(throws: CarillonError.self) { try JobExport(json: Array(text.utf8)) }
        #expect(error?.code == .invalidExport)
        for word in words { #expect(error?.reason.contains(word) == true, "\(error?.reason ?? "")") }
    }

    @Test("A text that is too long is refused before it is read")
    func huge() throws {
        let error = #expect(throws: CarillonError.self) {
            try JobExport(json: Array(repeating: UInt8(ascii: "["), count: 101), byteLimit: 100)
        }
        #expect(error?.reason.contains("at most 100 bytes, not 101") == true)
        #expect(throws: CarillonError.self) {
            try JobExport(json: Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test("A job whose arguments are no JSON cannot be exported, and is named")
    func noJSON() throws {
        let definition = JobDefinition(task: TaskName("t"), arguments: [0x7B], trigger: .date(at(0).date))
        let export = JobExport(jobs: [JobExport.Entry(id: JobID("broken"), definition: definition)])
        let error = #expect(throws: CarillonError.self) { try export.json() }
        #expect(error?.reason.contains("job 'broken'") == true)
    }
}
