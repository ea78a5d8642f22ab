import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

/// How many statements passes and commits are, whatever is in them, and what is announced.
@Suite("Statements")
struct StatementTests {
    private let file: StoreFile
    private let session: SQLSession
    private let connection: CountingConnection
    private let tasks: Set<TaskName>

    init() async throws {
        file = try StoreFile()
        await (try file.open()).close()
        connection = try CountingConnection(file.path)
        session = SQLSession(
            connection, definitions: DefinitionCache(), unreadable: UnreadableJobs(), clock: { TestJobs.start })
        tasks = Set(try (0..<40).map { try TaskName("task \($0)") })
    }

    private func time(_ seconds: Int64) -> Instant { TestJobs.start.advanced(byMicroseconds: seconds * 1_000_000) }

    private func add(_ count: Int, of tasks: Int = 1, prefix: String = "job", at seconds: Int64 = 0) throws {
        let new = try (0..<count).map { number in
            var definition = JobDefinition(
                task: try TaskName("task \(number % tasks)"), trigger: try .interval(minutes: 1))
            definition.tags = ["a", "b"]
            definition.policies.priority = number % 3
            return NewJob(id: try JobID("\(prefix) \(number)"), definition: definition, added: time(seconds))
        }
        #expect(try session.insert(new).count == count)
    }

    /// Fires and takes what is due, and ends what is brought along.
    @discardableResult
    private func pass(_ seconds: Int64, slots: Int = 1000, completing runs: [Run] = []) throws -> [Run] {
        let node = try NodeID("node")
        var query = JobQuery(now: time(seconds))
        query.tasks = tasks
        query.dueLimit = 1000
        query.readyLimit = 1000
        query.sweepsWaiting = true
        query.units = runs.map(\.id.occurrence.unit)
        let input = Planner.Input(now: time(seconds), node: node, tasks: tasks, slots: slots)
        var taken: [Run] = []
        _ = try session.pass(query) { batch in
            batch.map { snapshot in
                let own = runs.filter { $0.id.occurrence.unit == snapshot.job.unit }.map { run in
                    Completion(run: run.id, fence: run.fence, finished: time(seconds), result: .ended(.succeeded))
                }
                let plan = Planner.plan(snapshot, completions: own, input)
                taken += plan.taken
                return plan.change
            }
        }
        return taken
    }

    @Test("Firing, taking and ending are as many statements for 200 jobs of 40 tasks as for one")
    func passes() throws {
        try add(1)
        var runs = try pass(0)
        // Its task, its node and what it counts as have rows from now on.
        try pass(1, completing: runs)
        let fire = try connection.noting { runs = try pass(60) }
        let end = try connection.noting { try pass(61, completing: runs) }
        #expect(runs.count == 1 && fire.count <= 11 && end.count <= 10, "\(fire) \(end)")
        try add(200, of: 40, prefix: "other", at: 60)
        runs = try pass(60)
        try pass(61, completing: runs)
        let fires = try connection.noting { runs = try pass(120) }
        let ends = try connection.noting { try pass(121, completing: runs) }
        #expect(runs.count == 201)
        #expect(fires.count <= fire.count && ends.count <= end.count, "\(fires) \(ends)")
    }

    @Test("Runs that are ready, of 40 tasks and three priorities, are found by as many statements as those of one")
    func ready() throws {
        try add(1)
        try pass(0, slots: 0)
        var taken: [Run] = []
        let one = try connection.noting { taken = try pass(1) }
        #expect(taken.count == 1)
        try add(200, of: 40, prefix: "other")
        try pass(2, slots: 0)
        let many = try connection.noting { taken = try pass(3) }
        #expect(taken.count == 200)
        // Forty tasks with three priorities are asked in two parts.
        #expect(many.count <= one.count + 1, "\(many)")
    }

    @Test("Pausing, editing and adding tagged jobs with open runs are as many statements for 50 as for one")
    func edits() throws {
        let single = try connection.noting { try add(1) }
        let several = try connection.noting { try add(50, prefix: "other") }
        #expect(several.count == single.count, "\(several)")
        try pass(0, slots: 0)
        var query = JobQuery(now: time(1))
        for (count, prefix) in [(1, "job"), (50, "other")] {
            query.ids = try (0..<count).map { try JobID("\(prefix) \($0)") }
            let found = try session.find(query)
            #expect(found.count == count)
            var statuses: [CommitStatus] = []
            let pause = try connection.noting {
                statuses = try session.commit(found.compactMap { $0.paused(at: time(1)) })
            }
            let paused = try session.find(query)
            let edit = try connection.noting {
                let changes = try paused.compactMap { snapshot in
                    var definition = snapshot.job.definition
                    definition.policies.priority = 7
                    definition.tags = ["c"]
                    return try snapshot.modified(definition, at: time(2))
                }
                statuses += try session.commit(changes)
            }
            #expect(statuses == Array(repeating: .accepted, count: 2 * count))
            #expect(pause.count <= 10 && edit.count <= 12, "\(pause) \(edit)")
        }
    }

    @Test("What others had best look at is announced once a transaction, and nothing else is")
    func announcements() throws {
        connection.dialect.announcement = "SELECT 'announced'"
        func announced(_ work: () throws -> Void) throws -> Int {
            try connection.noting(work).count { $0 == "SELECT 'announced'" }
        }
        #expect(try announced { try add(3) } == 1)
        var runs: [Run] = []
        #expect(try announced { runs = try pass(0) } == 0)
        #expect(try announced { try pass(1, completing: runs) } == 0)
        #expect(try announced { try pass(60, slots: 0) } == 1)
        #expect(try announced { runs = try pass(61) } == 0)
        var query = JobQuery(now: time(62))
        query.ids = [JobID("job 0")]
        func change(_ change: (JobSnapshot) throws -> JobChange?) throws -> Int {
            let found = try session.find(query)
            return try announced { _ = try session.commit(found.compactMap { try change($0) }) }
        }
        let run = try #require(runs.first { $0.id.occurrence.job.description == "job 0" })
        #expect(try change { $0.cancelled(run.id, at: time(62)) } == 1)
        #expect(try announced { try pass(63, completing: runs) } == 0)
        #expect(try change { $0.ranNow(at: time(63)) } == 1)
        #expect(try change { $0.paused(at: time(64)) } == 0)
        #expect(try change { $0.resumed(at: time(65)) } == 1)
        #expect(try announced { _ = try session.remove([JobID("job 1")], at: time(66)) } == 0)
    }
}
