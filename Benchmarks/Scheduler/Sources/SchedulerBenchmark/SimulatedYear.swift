import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation

/// A thousand mixed jobs on a clock that is moved.
struct SimulatedYear {
    let days: Int

    /// Seconds of CPU time.
    func measure() async throws -> Double {
        let scheduler = ManualScheduler(ManualClock())
        try scheduler.register("work") { (_: TaskContext) in }
        var random = SeededRandom(seed: 1)
        for number in 0..<1000 {
            try await scheduler.addJob(id: "job \(number)", task: "work", trigger: Self.trigger(&random))
        }
        try await scheduler.start()
        let cpu = processorTime()
        for _ in 0..<days { await scheduler.advance(by: .seconds(86_400)) }
        let used = processorTime() - cpu
        await scheduler.shutdown()
        return used
    }

    private static func trigger(_ random: inout SeededRandom) throws -> Trigger {
        let zone = try Zone(["UTC", "Europe/Berlin", "America/New_York"].randomElement(using: &random) ?? "UTC")
        let hour = CronField(Int.random(in: 0...23, using: &random))
        let minute = CronField(Int.random(in: 0...59, using: &random))
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: try .interval(hours: Int.random(in: 6...200, using: &random))
        case 1: try .cron(hour: hour, minute: minute, in: zone)
        case 2: try .crontab("\(Int.random(in: 0...59, using: &random)) */6 * * *", in: zone)
        default: try .calendarInterval(days: Int.random(in: 1...40, using: &random), in: zone)
        }
    }
}
