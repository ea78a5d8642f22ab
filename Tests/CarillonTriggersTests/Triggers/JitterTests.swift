import CarillonTriggers
import Testing

@Suite struct JitterTests {
    @Test func sameForSameJobAndTime() throws {
        let trigger = try Trigger.crontab("*/10 * * * *", jitter: 120)
        let other = try Trigger.interval(minutes: 10, jitter: 120).anchored(at: Instant(seconds: 0))
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
        let trigger = try Trigger.crontab("* * * * *", jitter: 30)
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
        let trigger = try Trigger.crontab("*/5 * * * * *", jitter: 3600)
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
            #"{"type": "or", "triggers": [{"type": "cron", "hour": 3, "end_date": "2025-01-04T03:00:10", "jitter": 3600}]}"#,
        ]
        for text in texts {
            let trigger = try trigger(text)
            #expect(trigger.jitter == 3600)
            let last = try instant("2025-01-04T03:00:00Z")
            let end = try instant("2025-01-04T03:00:10Z")
            for job in 0..<200 {
                let due = trigger.due(scheduled: last, jobID: "job-\(job)")
                #expect(due >= last && due <= end, "\(text)")
            }
        }
    }

    @Test func noneAsked() throws {
        let time = Instant(seconds: 1_000_000_000)
        #expect(try Trigger.crontab("* * * * *").due(scheduled: time, jobID: "x") == time)
        #expect(Trigger.date(time.date).due(scheduled: time, jobID: "x") == time)
        #expect(try Trigger.crontab("* * * * *", jitter: 86_400).jitter == 86_400)
        expectRefusal(of: "jitter", saying: ["jitter", "'86401'", "86400"]) {
            _ = try Trigger.crontab("* * * * *", jitter: 86_401)
        }
    }
}
