import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Logging
import Synchronization
import Testing

/// A thousand jobs on a clock that is moved, for some days; for a year in `scripts/check-year`.
@Suite(.timeLimit(.minutes(60))) struct SimulationTests {
    private struct History {
        var events = 0
        var runs = 0
        /// FNV-1a of all events as text.
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func append(_ event: SchedulerEvent) {
            events += 1
            if case .runEnded = event.kind { runs += 1 }
            for byte in "\(event)\n".utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
    }

    private static func trigger(_ random: inout SeededRandom) throws -> Trigger {
        let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
        let zone = try Zone(zones.randomElement(using: &random) ?? "UTC")
        let hour = CronField(Int.random(in: 0...23, using: &random))
        let minute = CronField(Int.random(in: 0...59, using: &random))
        return switch Int.random(in: 0..<6, using: &random) {
        case 0: try .interval(hours: Int.random(in: 6...200, using: &random), jitter: .seconds(60))
        case 1: try .cron(hour: hour, minute: minute, in: zone)
        case 2: try .cron(hour: hour, minute: minute, dayOfWeek: "mon-fri", in: zone)
        case 3: try .crontab("\(Int.random(in: 0...59, using: &random)) */6 * * *", in: zone)
        case 4: try .calendarInterval(days: Int.random(in: 1...40, using: &random), in: zone)
        default: try .any(of: .cron(day: "last", hour: hour, in: zone), .interval(days: 3))
        }
    }

    private func events(seed: UInt64, jobs: Int, days: Int) async throws -> History {
        struct Trouble: Error {}
        var random = SeededRandom(seed: seed)
        var options = SchedulerOptions()
        options.logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        let draws = Mutex(SeededRandom(seed: seed))
        options.random = { draws.withLock { Double.random(in: 0..<1, using: &$0) } }
        let scheduler = ManualScheduler(ManualClock(now: SchedulerBench.start), options)
        let history = Mutex(History())
        scheduler.engine.addSynchronousListener { event in history.withLock { $0.append(event) } }
        try scheduler.register("work") { (context: TaskContext) in
            // Some fail, by their identity alone.
            if (context.scheduled.microseconds / 1_000_000) % 37 == 0, context.attempt == 1 { throw Trouble() }
        }
        for number in 0..<jobs {
            var options = JobOptions()
            options.policies = JobPolicies()
            if number % 3 == 0 {
                options.policies?.retry = RetryPolicy(count: 2, backoff: .constant(.seconds(30)), jitter: 0.5)
            }
            if number % 5 == 0 { options.policies?.coalesce = .all }
            try await scheduler.addJob(id: "job \(number)", task: "work", trigger: Self.trigger(&random), options)
        }
        try await scheduler.start()
        for day in 0..<days {
            await scheduler.advance(by: .seconds(86_400))
            if day == 1 { await scheduler.stepWall(by: .seconds(-1800)) }
            if day == 3 { await scheduler.stepWall(by: .seconds(7200)) }
        }
        await scheduler.shutdown()
        return history.withLock { $0 }
    }

    @Test func theSameSeedMakesTheSameEvents() async throws {
        let days = ProcessInfo.processInfo.environment["CARILLON_SIMULATION_DAYS"].flatMap { Int($0) } ?? 5
        let clock = ContinuousClock()
        var first: History?
        let time = try await clock.measure { first = try await self.events(seed: 1, jobs: 1000, days: days) }
        let year = try #require(first)
        let memory =
            (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("VmRSS") }.map(String.init) ?? "unknown"
        print(
            "\(days) days of 1,000 jobs: \(year.runs) runs, \(year.events) events, \(time), the process has \(memory)")
        #expect(year.runs > 1000 * days)
        let again = try await self.events(seed: 1, jobs: 1000, days: days)
        #expect(again.digest == year.digest)
        #expect(again.events == year.events)
        let other = try await self.events(seed: 2, jobs: 1000, days: 5)
        #expect(other.digest != year.digest)
    }
}
