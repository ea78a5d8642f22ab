import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

@Suite("Definitions")
struct DefinitionTests {
    private let file: StoreFile

    init() throws { file = try StoreFile() }

    private static let triggers: [@Sendable () throws -> Trigger] = [
        { try .crontab("*/5 9-17 * * mon-fri") },
        { try .cron(hour: 9, minute: 30) },
        { try .interval(hours: 3) },
        { try .date("2030-01-01T09:00:00") },
        { try .calendarInterval(months: 1, hour: 9) },
        { .any(of: try .crontab("0 9 * * *"), try .interval(days: 2)) },
        { try .crontab("0 9 * * *", in: Zone("Asia/Tokyo")) },
    ]

    @Test("A trigger keeps the scheduler's zone where it has none of its own", arguments: 0..<triggers.count)
    func zones(index: Int) async throws {
        let trigger = try Self.triggers[index]().resolved(defaultZone: try Zone("Europe/Berlin"))
        let definition = JobDefinition(task: TaskName("work"), trigger: trigger)
        let new = NewJob(id: JobID("a"), definition: definition, added: TestJobs.start)
        let added = try await file.open().insert([new])
        let read = try await file.open().snapshot(JobID("a"), at: TestJobs.start).job
        #expect(read == added.first)
    }

    @Test("Another handle's change of a definition is seen at once")
    func versions() async throws {
        let first = try await file.open()
        let second = try await file.open()
        _ = try await first.insert([try TestJobs.job("a")])
        for seconds in 1...5 {
            let definition = JobDefinition(task: TaskName("work"), trigger: try .interval(seconds: seconds))
            try await second.modify(JobID("a"), definition, at: TestJobs.start)
            let read = try await first.snapshot(JobID("a"), at: TestJobs.start).job.definition.trigger
            #expect(read.json["seconds"] == .integer(Int64(seconds)))
        }
    }

    @Test("A definition that could not be written is not remembered")
    func rolledBack() async throws {
        let store = try await SQLiteJobStore(path: file.path, settings: ["PRAGMA max_page_count = 60"])
        _ = try await store.insert([try TestJobs.job("a")])
        var large = JobDefinition(task: TaskName("other"), trigger: try .interval(seconds: 5))
        large.arguments = Array(repeating: 0x20, count: 1_000_000)
        let id = JobID("a")
        #expect(await failure(.storeFull) { try await store.modify(id, large, at: TestJobs.start) } != nil)
        large.arguments = []
        try await file.open().modify(id, large, at: TestJobs.start)
        #expect(try await store.snapshot(id, at: TestJobs.start).job.definition.arguments == [])
    }
}
