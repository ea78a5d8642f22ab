#if Command
import Carillon
import CarillonCommand
import CarillonTriggers
import Testing

@Suite("What 'runs follow' tells of all runs")
struct RunWatchTests {
    /// A store with a job that is due once, and somebody who looks at it again and again.
    private struct Scene {
        let store = MemoryJobStore()
        private let start = Instant(seconds: 1_800_000_000)
        private var watch: RunWatch

        init(_ policies: JobPolicies = JobPolicies()) async throws {
            let definition = JobDefinition(task: TaskName("t"), trigger: .date(start.date), policies: policies)
            _ = try await store.insert([NewJob(id: JobID("a"), definition: definition, added: start)])
            watch = RunWatch(store: store, job: nil, kind: nil, since: start)
        }

        func time(_ seconds: Int64) -> Instant { start.advanced(byMicroseconds: seconds * 1_000_000) }

        /// A node's pass: what it took.
        @discardableResult
        func pass(
            _ node: String, at seconds: Int64, takes: Bool = true, dead: [String] = [], _ ends: [Completion] = []
        ) async throws -> Run? {
            var pass = StorePass(now: time(seconds), node: try NodeID(node), tasks: [TaskName("t")])
            pass.slots = takes ? 1 : 0
            pass.dead = Set(try dead.map { try NodeID($0) })
            pass.completions = ends
            return try await pass.run(on: store).taken.first
        }

        func take(_ node: String, at seconds: Int64, dead: [String] = [], _ ends: [Completion] = []) async throws -> Run
        {
            try #require(try await pass(node, at: seconds, dead: dead, ends))
        }

        func end(_ run: Run, _ result: Completion.Result, at seconds: Int64) -> Completion {
            Completion(run: run.id, fence: run.fence, finished: time(seconds), result: result)
        }

        /// What has happened since the look before.
        mutating func news() async throws -> [String] { try await watch.look().map(\.kind.rawValue) }
    }

    @Test("A run that a stop interrupts, and that is run again")
    func interrupted() async throws {
        var scene = try await Scene()
        let first = try await scene.take("n1", at: 0)
        #expect(try await scene.news() == ["started"])
        #expect(try await scene.news() == [])
        try await scene.pass("n1", at: 1, takes: false, [scene.end(first, .interrupted(), at: 1)])
        #expect(try await scene.news() == ["interrupted"])
        #expect(try await scene.news() == [])
        let second = try await scene.take("n2", at: 2)
        #expect(try await scene.news() == ["started"])
        try await scene.pass("n2", at: 3, [scene.end(second, .ended(.succeeded), at: 3)])
        #expect(try await scene.news() == ["ended"])
        #expect(try await scene.news() == [])
    }

    @Test("The same within one look")
    func interruptedAtOnce() async throws {
        var scene = try await Scene()
        let first = try await scene.take("n1", at: 0)
        #expect(try await scene.news() == ["started"])
        let second = try await scene.take("n2", at: 1, [scene.end(first, .interrupted(), at: 1)])
        #expect(try await scene.news() == ["interrupted", "started"])
        try await scene.pass("n2", at: 3, [scene.end(second, .ended(.failed), at: 3)])
        #expect(try await scene.news() == ["ended"])
    }

    @Test(
        "A run whose node died, and that is run again, whether or not it has ended by then", arguments: [false, true])
    func died(hasEnded: Bool) async throws {
        var scene = try await Scene()
        _ = try await scene.take("n1", at: 0)
        #expect(try await scene.news() == ["started"])
        let second = try await scene.take("n2", at: 20, dead: ["n1"])
        if !hasEnded { #expect(try await scene.news() == ["recovered", "started"]) }
        try await scene.pass("n2", at: 21, [scene.end(second, .ended(.succeeded), at: 21)])
        #expect(try await scene.news() == (hasEnded ? ["recovered", "started", "ended"] : ["ended"]))
    }

    @Test("One that is run again and fails, in words of its own that are those of a stop, was not interrupted")
    func ownWords() async throws {
        var scene = try await Scene()
        _ = try await scene.take("n1", at: 0)
        #expect(try await scene.news() == ["started"])
        let second = try await scene.take("n2", at: 20, dead: ["n1"])
        let end = Completion.Result.ended(.failed, error: "interrupted by the stop of the mains")
        try await scene.pass("n2", at: 21, [scene.end(second, end, at: 21)])
        #expect(try await scene.news() == ["recovered", "started", "ended"])
    }

    @Test("A run that nobody had when its job was removed did not start", arguments: [false, true])
    func removed(isInterrupted: Bool) async throws {
        var scene = try await Scene()
        if isInterrupted {
            let run = try await scene.take("n1", at: 0)
            #expect(try await scene.news() == ["started"])
            try await scene.pass("n1", at: 1, takes: false, [scene.end(run, .interrupted(), at: 1)])
            #expect(try await scene.news() == ["interrupted"])
        } else {
            try await scene.pass("n1", at: 1, takes: false)
            #expect(try await scene.news() == [])
        }
        #expect(try await scene.store.remove([JobID("a")], at: scene.time(2)) == [true])
        #expect(try await scene.news() == ["ended"])
    }

    @Test("A run that is given back, and taken by another node")
    func givenBack() async throws {
        var scene = try await Scene()
        let run = try await scene.take("n1", at: 0)
        #expect(try await scene.news() == ["started"])
        try await scene.pass("n1", at: 1, takes: false, [scene.end(run, .givenBack, at: 1)])
        #expect(try await scene.news() == ["givenBack"])
        _ = try await scene.take("n2", at: 2)
        #expect(try await scene.news() == ["started"])
    }

    @Test("A run that starts and ends between two looks, and one that is lost")
    func short() async throws {
        var scene = try await Scene()
        let run = try await scene.take("n1", at: 0)
        try await scene.pass("n1", at: 1, [scene.end(run, .ended(.succeeded), at: 1)])
        #expect(try await scene.news() == ["started", "ended"])
        var policies = JobPolicies()
        policies.recovery = .markLost
        var other = try await Scene(policies)
        _ = try await other.take("n1", at: 0)
        #expect(try await other.news() == ["started"])
        try await other.pass("n2", at: 20, dead: ["n1"])
        #expect(try await other.news() == ["ended"])
    }

    @Test("Of a kind, and of no other")
    func kinds() async throws {
        let scene = try await Scene()
        try await scene.store.runNow(JobID("a"), at: scene.time(0))
        let run = try await scene.take("n1", at: 0)
        for kind in Occurrence.Kind.allCases {
            var watch = RunWatch(store: scene.store, job: nil, kind: kind, since: scene.time(0))
            #expect(try await watch.look().count == (kind == run.id.occurrence.kind ? 1 : 0))
        }
    }
}
#endif
