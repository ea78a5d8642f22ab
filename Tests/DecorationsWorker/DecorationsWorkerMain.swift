import Carillon
import CarillonMacros
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation

/// A program with decorated functions, which the tests run: what is in a test would be in all of them.
///
///     DecorationsWorker SCENARIO [DATABASE [HOUR]]
@main
struct DecorationsWorker {
    static func main() async {
        #if Macros
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            let scheduler = try await scheduler(arguments.dropFirst().first, hour: arguments.dropFirst(2).first)
            try await perform(arguments.first ?? "", scheduler)
            await scheduler.shutdown()
        } catch {
            print("error: \(error)")
        }
        #endif
    }

    #if Macros
    /// Returns a scheduler by a clock of its own, which begins some hours after 2027-01-15 08:00.
    private static func scheduler(_ path: String?, hour: String?) async throws -> ManualScheduler {
        let start = Instant(seconds: 1_800_000_000 + 3600 * (hour.flatMap { Int64($0) } ?? 0))
        let clock = ManualClock(now: start)
        var options = SchedulerOptions()
        if let path { options.stores["default"] = try await SQLiteJobStore(path: path, clock: { clock.now }) }
        options.stores["second"] = MemoryJobStore { clock.now }
        options.executors["second"] = DebugExecutor()
        return ManualScheduler(clock, options)
    }

    private static func perform(_ scenario: String, _ scheduler: ManualScheduler) async throws {
        switch scenario {
        case "list":
            try await scheduler.start()
            try await list(scheduler)
        case "run":
            try await scheduler.start()
            await scheduler.advance(by: .seconds(60))
            try await list(scheduler)
        case "other origins":
            try scheduler.register("task") { (_: TaskContext) in }
            try await scheduler.addJob(id: "own", task: "task", trigger: .interval(minutes: 60))
            let job = JobDefinition(task: "task", trigger: try .interval(minutes: 60), origin: "file")
            _ = try await scheduler.keepJobs(
                ofOrigins: ["file"], equalTo: [OriginJob(id: "of a file", definition: job)])
            try await scheduler.start()
            try await list(scheduler)
        case "policies":
            try await scheduler.start()
            let job = try await scheduler.job("all policies")
            print(job)
            print(job.job.definition.policies)
            print(job.job.definition.tags, job.job.definition.executor, job.store)
            print(String(decoding: try JSONEncoder().encode(job.job.definition.trigger), as: UTF8.self))
        case "two schedulers":
            try await scheduler.start()
            let second = try await Self.scheduler(nil, hour: nil)
            do { try await second.start() } catch { print(error) }
            await scheduler.shutdown()
            try await second.start()
            print("started after the first")
            await second.shutdown()
        case "added later":
            try await scheduler.start()
            try await scheduler.addJob(id: "later", trigger: .interval(minutes: 60)) { print("later") }
            await scheduler.advance(by: .seconds(1))
        case "tasks":
            try await scheduler.start()
            try await addTasks(scheduler)
            await scheduler.advance(by: .seconds(60))
            for id in ["deep", "full", "none", "main", "member"] {
                for run in try await scheduler.runs(of: JobID(id)) {
                    print(run, run.result.map { String(decoding: $0, as: UTF8.self) } ?? "-")
                }
            }
            print(try await String(decoding: scheduler.job("r").job.definition.arguments, as: UTF8.self))
        case "stored tasks":
            try await scheduler.start()
            await scheduler.advance(by: .seconds(1))
            for job in try await scheduler.jobs() where job.job.id.description.hasPrefix("stored") { print(job) }
        case "groups":
            try await scheduler.add(Mailer(smtp: "a"))
            try await scheduler.add(Cleaner())
            try await scheduler.add(Tally())
            try await scheduler.add(Window())
            try await scheduler.add(Boxed(value: 3))
            try await scheduler.start()
            await scheduler.advance(by: .seconds(2000))
            try await list(scheduler)
        case "group again":
            try await scheduler.start()
            try await scheduler.add(Mailer(smtp: "a"))
            await scheduler.advance(by: .seconds(1))
            print(try await scheduler.add(Mailer(smtp: "b")).isEmpty)
            await scheduler.advance(by: .seconds(3600))
        default: print("no scenario '\(scenario)'")
        }
    }

    private static func list(_ scheduler: ManualScheduler) async throws {
        for job in try await scheduler.jobs() { print("\(job.job.id): \(job.job.definition.task), \(standing(job))") }
    }

    private static func standing(_ job: ListedJob) -> String {
        if let parked = job.parked { return "parked: \(parked)" }
        return job.job.next.map { "next \($0.scheduled.formatted(in: .utc))" } ?? "ended"
    }
    #endif
}
