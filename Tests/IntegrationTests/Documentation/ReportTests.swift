import Carillon
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

// The Swift of docs/testing-jobs.md.

/// Sends mail.
protocol Mailer: Sendable {
    func send(_ text: String, to recipient: String) async throws
}

/// Keeps what it is to send, and fails as often as it is told to.
final class FakeMailer: Mailer {
    struct Failure: Error {}

    private let state = Mutex<(sent: [String], failures: Int)>(([], 0))

    var sent: [String] { state.withLock { $0.sent } }
    var failures: Int {
        get { state.withLock { $0.failures } }
        set { state.withLock { $0.failures = newValue } }
    }

    func send(_ text: String, to recipient: String) async throws {
        try state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                throw Failure()
            }
            state.sent.append("\(text) to \(recipient)")
        }
    }
}

struct Report: Codable {
    var recipient: String
}

/// Registers the tasks of the shop.
func registerTasks(_ host: some TaskHost, mailer: some Mailer) throws {
    try host.register("report") { (report: Report, _) async throws in
        try await mailer.send("The report", to: report.recipient)
    }
}

/// Adds the jobs of the shop.
func addJobs(to scheduler: some Scheduler) async throws {
    let retry = RetryPolicy(count: 2, backoff: .constant(.seconds(60)))
    try await scheduler.addJob(
        id: "report", task: "report", arguments: Report(recipient: "ops"),
        trigger: .cron(hour: 9), JobOptions(policies: JobPolicies(retry: retry)))
}

@Suite struct ReportTests {
    let mailer = FakeMailer()
    let scheduler = ManualScheduler()  // its clock stands at 2027-01-15, 08:00 UTC

    @Test func sendsAReportEachMorning() async throws {
        try registerTasks(scheduler, mailer: mailer)
        try await addJobs(to: scheduler)
        try await scheduler.start()
        await scheduler.advance(by: .seconds(7 * 86_400))
        #expect(mailer.sent.count == 7)
        #expect(try await scheduler.runs(of: "report").allSatisfy { $0.outcome == .succeeded })
        await scheduler.shutdown()
    }

    @Test func triesAgainAfterAMinute() async throws {
        mailer.failures = 1
        try registerTasks(scheduler, mailer: mailer)
        try await addJobs(to: scheduler)
        try await scheduler.start()
        await scheduler.advance(by: .seconds(86_400))
        let outcomes = try await scheduler.runs(of: "report").map(\.outcome)
        #expect(outcomes == [.succeeded, .failed])  // the latest first
        await scheduler.shutdown()
    }
}

extension ReportTests {
    @Test func endsWhatTakesTooLong() async throws {
        try scheduler.register("import") { (context: TaskContext) async throws in
            while true {
                try await context.sleep(for: .seconds(5))
                context.progress(0.5)
            }
        }
        let policies = JobPolicies(timeout: .seconds(60))
        try await scheduler.addJob(id: "import", task: "import", JobOptions(policies: policies, ifExists: .keep))
        try await scheduler.start()
        await scheduler.advance(by: .seconds(61))
        #expect(try await scheduler.runs(of: "import").first?.outcome == .timedOut)
        await scheduler.shutdown()
    }

    @Test func makesUpForWhatWasMissed() async throws {
        try registerTasks(scheduler, mailer: mailer)
        try await addJobs(to: scheduler)
        try await scheduler.start()
        await scheduler.shutdown()
        scheduler.clock.advance(by: .seconds(3 * 86_400))
        try await scheduler.start()
        #expect(mailer.sent.count == 1)  // the latest of three; the others are coalesced
        await scheduler.shutdown()
    }

    @Test func survivesTheClockChange() async throws {
        let berlin = try Zone("Europe/Berlin")
        let evening = try #require(Trigger.date("2027-03-27T20:00:00", in: berlin).next(after: .earliest))
        let scheduler = ManualScheduler(ManualClock(now: evening))
        try await scheduler.addJob(id: "nightly", trigger: .cron(hour: 2, minute: 30, in: berlin)) {}
        try await scheduler.start()
        await scheduler.advance(by: .seconds(86_400))
        let run = try #require(await scheduler.runs(of: "nightly").first)
        #expect(run.id.occurrence.scheduled.formatted(in: berlin) == "2027-03-28T03:00:00+02:00")
        await scheduler.shutdown()
    }
}
