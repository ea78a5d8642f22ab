import CarillonTriggers
import Testing

@Suite struct JitterTests {
    @Test func sameForSameJobAndTime() throws {
        let trigger = try Trigger.crontab("*/10 * * * *", jitter: .seconds(120))
        let other = try Trigger.interval(minutes: 10, jitter: .seconds(120)).anchored(at: Instant(seconds: 0))
        var differs = 0
        for scheduled in trigger.fireTimes(after: Instant(seconds: 1_000_000_000)).prefix(50) {
            let due = trigger.due(scheduled: scheduled, jobID: "report")
            #expect(due == trigger.due(scheduled: scheduled, jobID: "report"))
            // Drawn from the job and the time alone.
            #expect(due == other.due(scheduled: scheduled, jobID: "report"))
            if trigger.due(scheduled: scheduled, jobID: "backup") != due { differs += 1 }
        }
        #expect(differs > 45)
    }

    /// Uniform over the whole of the range: every tenth of it gets its share, the mean is in the middle.
    @Test(arguments: ["a", "job", "a job with a long name, and with 日本語 in it"])
    func spread(jobID: String) throws {
        let trigger = try Trigger.crontab("* * * * *", jitter: .seconds(30))
        var tenths = [Int](repeating: 0, count: 10)
        var sum = 0.0
        let count = 20_000
        for scheduled in trigger.fireTimes(after: Instant(seconds: 1_700_000_000)).prefix(count) {
            let due = trigger.due(scheduled: scheduled, jobID: jobID)
            let delay = Double(due.microseconds - scheduled.microseconds) / 30_000_000
            #expect(delay >= 0 && delay <= 1)
            tenths[min(9, Int(delay * 10))] += 1
            sum += delay
        }
        for tenth in tenths { #expect((1800...2200).contains(tenth), "\(tenths)") }
        #expect(abs(sum / Double(count) - 0.5) < 0.01)
    }

    @Test func staysBeforeTheNextFireTime() throws {
        let trigger = try Trigger.crontab("*/5 * * * * *", jitter: .seconds(3600))
        var longest: Int64 = 0
        for scheduled in trigger.fireTimes(after: Instant(seconds: 1_700_000_000)).prefix(2000) {
            let due = trigger.due(scheduled: scheduled, jobID: "tight")
            let next = try #require(trigger.next(after: scheduled))
            #expect(due >= scheduled && due < next)
            longest = max(longest, due.microseconds - scheduled.microseconds)
        }
        #expect(longest > 4_900_000)
    }

    @Test func staysWithinTheEnd() throws {
        let texts = [
            #"{"type": "cron", "hour": 3, "end_date": "2025-01-04T03:00:10", "jitter": 3600}"#,
            #"{"type": "interval", "days": 1, "start_date": "2025-01-01T03:00:00", "end_date": "2025-01-04T03:00:10", "jitter": 3600}"#,
            #"{"type": "and", "triggers": [{"type": "cron", "hour": 3, "end_date": "2025-01-04T03:00:10", "jitter": 3600}, {"type": "cron", "hour": 3}]}"#,
            #"{"type": "and", "triggers": [{"type": "cron", "hour": 3, "end_date": "2025-01-04T03:00:10", "jitter": 3600}, {"type": "cron", "hour": 3, "end_date": "2025-01-05T03:00:10"}]}"#,
            #"{"type": "or", "triggers": [{"type": "cron", "hour": 3, "end_date": "2025-01-04T03:00:10", "jitter": 3600}]}"#,
        ]
        for text in texts {
            let trigger = try trigger(text)
            #expect(trigger.jitter == .seconds(3600))
            let last = try instant("2025-01-04T03:00:00Z")
            let end = try instant("2025-01-04T03:00:10Z")
            for job in 0..<200 {
                let due = trigger.due(scheduled: last, jobID: "job-\(job)")
                #expect(due >= last && due <= end, "\(text)")
            }
        }
    }

    /// The end of one part does not hold back the others.
    @Test(arguments: [
        #"{"type": "cron", "hour": 3, "end_date": "2025-01-09T03:00:10"}"#, #"{"type": "cron", "hour": 3}"#,
    ])
    func unionEndsWithTheLast(other: String) throws {
        let ended = #"{"type": "cron", "hour": 3, "end_date": "2025-01-04T03:00:10", "jitter": 3600}"#
        let trigger = try trigger(#"{"type": "or", "triggers": [\#(ended), \#(other)]}"#)
        let scheduled = try instant("2025-01-06T03:00:00Z")
        let delays = (0..<200).map {
            trigger.due(scheduled: scheduled, jobID: "job-\($0)").microseconds - scheduled.microseconds
        }
        #expect(delays.allSatisfy { $0 >= 0 && $0 <= 3_600_000_000 })
        #expect(delays.max() ?? 0 > 3_000_000_000)
    }

    /// The largest jitter of the parts is that of the whole.
    @Test func jitterOfCombinations() throws {
        let parts = [10, 3600, 60].map { #"{"type": "cron", "hour": 3, "jitter": \#($0)}"# }.joined(separator: ", ")
        for kind in ["or", "and"] {
            #expect(try trigger(#"{"type": "\#(kind)", "triggers": [\#(parts)]}"#).jitter == .seconds(3600))
        }
    }

    /// The last microsecond before the next fire time may be drawn, the next fire time may not.
    @Test(arguments: [(1, [0]), (2, [0, 1]), (3, [0, 1, 2])] as [(Int, Set<Int64>)])
    func lastMicrosecond(distance: Int, delays: Set<Int64>) throws {
        let trigger = try Trigger.any(
            of: .cron(hour: 3, jitter: .seconds(60)), .date("2025-01-01T03:00:00.00000\(distance)", in: .utc))
        let scheduled = try instant("2025-01-01T03:00:00Z")
        let drawn = (0..<100).map {
            trigger.due(scheduled: scheduled, jobID: "job-\($0)").microseconds - scheduled.microseconds
        }
        #expect(Set(drawn) == delays)
    }

    @Test func noneAsked() throws {
        let time = Instant(seconds: 1_000_000_000)
        #expect(try Trigger.crontab("* * * * *").due(scheduled: time, jobID: "x") == time)
        #expect(Trigger.date(time.date).due(scheduled: time, jobID: "x") == time)
        #expect(try Trigger.crontab("* * * * *", jitter: .seconds(86_400)).jitter == .seconds(86_400))
        expectRefusal(of: "jitter", saying: ["jitter", "'86401'", "86400"]) {
            _ = try Trigger.crontab("* * * * *", jitter: .seconds(86_401))
        }
    }
}
