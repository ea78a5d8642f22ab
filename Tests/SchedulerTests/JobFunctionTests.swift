import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// Functions that jobs are added with: they belong to their jobs, and to nobody else.
@Suite(.timeLimit(.minutes(10))) struct JobFunctionTests {
    typealias Storage = SchedulerBench.Storage

    /// Counts how many there are.
    private final class Token: Sendable {
        let living: Counter

        init(_ living: Counter) {
            self.living = living
            living.add()
        }

        deinit { living.subtract() }
    }

    @Test("A function under the name of a task leaves the task alone", arguments: Storage.allCases)
    func namesDoNotCollide(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let (task, function) = (Counter(), Counter())
        try bench.scheduler.register("cleanup") { (_: TaskContext) in task.add() }
        try await bench.scheduler.addJob(id: "cleanup", SchedulerBench.kept) { function.add() }
        try await bench.scheduler.addJob(id: "nightly", task: "cleanup")
        try await bench.start()
        #expect(task.value == 1 && function.value == 1)
        #expect(bench.scheduler.tasks == ["cleanup"])
        // Nor does a task that is registered later take its place.
        try await bench.scheduler.runJob("cleanup")
        await bench.advance(.seconds(1))
        #expect(task.value == 1 && function.value == 2)
        await bench.scheduler.shutdown()
    }

    @Test("No task can be registered, and no other job be added, under the name of a function")
    func reservedNames() async throws {
        let bench = try await SchedulerBench()
        #expect(throws: CarillonError.self) { try bench.scheduler.register("closure:a") { (_: TaskContext) in } }
        try await bench.scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) {}
        let error = await #expect(throws: CarillonError.self) {
            try await bench.scheduler.addJob(id: "b", task: "closure:a")
        }
        #expect(error?.code == .taskNotFound)
        let edit = await #expect(throws: CarillonError.self) {
            let task = TaskName("closure:b")
            try await bench.scheduler.modifyJob("a") { $0.task = task }
        }
        #expect(edit?.code == .taskNotFound)
    }

    @Test("An addition that is refused leaves nothing behind", arguments: Storage.allCases)
    func refusedAddition(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let (first, second, living) = (Counter(), Counter(), Counter())
        try await bench.scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) { first.add() }
        try await bench.start()
        for options in [JobOptions(), JobOptions(executor: "no"), JobOptions(store: "no")] {
            let token = Token(living)
            await #expect(throws: CarillonError.self) {
                try await bench.scheduler.addJob(id: "a", trigger: .interval(minutes: 1), options) {
                    withExtendedLifetime(token) { second.add() }
                }
            }
            await #expect(throws: CarillonError.self) {
                try await bench.scheduler.addJob(id: "b", trigger: .date(.now), JobOptions(executor: "no")) {
                    withExtendedLifetime(token) { second.add() }
                }
            }
        }
        #expect(living.value == 0)
        await bench.advance(.seconds(60))
        #expect(first.value == 2 && second.value == 0)
        await bench.scheduler.shutdown()
    }

    @Test("An addition that a store in trouble does not take leaves the function of the job that is there")
    func untakenAddition() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        var options = SchedulerOptions()
        options.stores["default"] = store
        let scheduler = ManualScheduler(clock, options)
        let (first, second) = (Counter(), Counter())
        try await scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) { first.add() }
        try await scheduler.start()
        store.get(into: .refusingWrites)
        await #expect(throws: CarillonError.self) {
            try await scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) { second.add() }
        }
        store.get(into: .none)
        await scheduler.advance(by: .seconds(60))
        #expect(first.value == 2 && second.value == 0)
        await scheduler.shutdown()
    }

    @Test("The function of a job that an origin has taken over goes with the job")
    func takenOver() async throws {
        let bench = try await SchedulerBench()
        try bench.scheduler.register("task") { (_: TaskContext) in }
        try await bench.scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) {}
        let (task, id) = (TaskName("task"), JobID("a"))
        let definition = JobDefinition(task: task, trigger: try .interval(minutes: 1), origin: "file")
        for jobs in [[OriginJob(id: id, definition: definition)], []] {
            _ = try await bench.scheduler.keepJobs(ofOrigins: ["file"], equalTo: jobs)
        }
        #expect(try await bench.scheduler.jobs().isEmpty)
        #expect(bench.scheduler.engine.knownNames == [task])
    }

    @Test("A function takes the place of the one before where its job is replaced", arguments: Storage.allCases)
    func replaced(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let (first, second, third) = (Counter(), Counter(), Counter())
        try await bench.scheduler.addJob(id: "a", trigger: .interval(minutes: 1)) { first.add() }
        try await bench.start()
        try await bench.scheduler.addJob(id: "a", trigger: .interval(minutes: 1), JobOptions(ifExists: .replace)) {
            second.add()
        }
        // The one that is there stays as it is.
        try await bench.scheduler.addJob(id: "a", trigger: .interval(minutes: 1), JobOptions(ifExists: .keep)) {
            third.add()
        }
        await bench.advance(.seconds(60))
        #expect(first.value == 1 && second.value == 1 && third.value == 0)
        // A task takes the place of a function.
        try bench.scheduler.register("task") { (_: TaskContext) in third.add() }
        try await bench.scheduler.addJob(
            id: "a", task: "task", trigger: .interval(minutes: 1), JobOptions(ifExists: .replace))
        #expect(bench.scheduler.engine.knownNames == [TaskName("task")])
        await bench.advance(.seconds(60))
        #expect(second.value == 1 && third.value == 1)
        await bench.scheduler.shutdown()
    }

    @Test("A job that a store has kept runs again with the function that it is added with anew")
    func keptByAStore() async throws {
        let file = DatabaseFile()
        let clock = ManualClock(now: SchedulerBench.start)
        let count = Counter()
        for ifExists in [IfExists.fail, .keep, .replace] {
            var options = SchedulerOptions()
            options.stores["default"] = try await SQLiteJobStore(path: file.path, clock: { clock.now })
            let scheduler = ManualScheduler(clock, options)
            try await scheduler.addJob(id: "a", trigger: .interval(minutes: 1), JobOptions(ifExists: ifExists)) {
                count.add()
            }
            try await scheduler.start()
            await scheduler.advance(by: .seconds(60))
            await scheduler.shutdown()
            // Up to version 0.1 the function was a task of the job's own name.
            for table in ["carillon_jobs", "carillon_definitions"] where ifExists == .fail {
                try file.execute("UPDATE \(table) SET task = 'a' WHERE id = 'a'")
            }
        }
        #expect(count.value == 4)
    }

    @Test("Functions and their names go with their jobs", arguments: Storage.allCases)
    func released(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let living = Counter()
        try await bench.start()
        func add(_ id: String, _ options: JobOptions = SchedulerBench.kept) async throws {
            let token = Token(living)
            try await bench.scheduler.addJob(id: id, options) { withExtendedLifetime(token) {} }
        }
        for number in 0..<20 { try await add("job \(number)") }
        // Those that are not kept go with their runs.
        for number in 20..<30 { try await add("job \(number)", JobOptions()) }
        await bench.advance(.seconds(1))
        #expect(living.value == 20)
        try await bench.scheduler.removeJob("job 0")
        #expect(living.value == 19)
        try await bench.scheduler.removeAllJobs()
        #expect(living.value == 0)
        #expect(bench.scheduler.engine.knownNames.isEmpty)
        // One whose job somebody else removes is released when history is next cleared.
        try await add("other")
        await bench.advance(.seconds(1))
        _ = try await bench.store.remove([JobID("other")], at: bench.clock.now)
        await bench.advance(.seconds(1200))
        #expect(living.value == 0)
        #expect(bench.scheduler.engine.knownNames.isEmpty)
        await bench.scheduler.shutdown()
    }

    @Test("The last run keeps the function until it has ended", arguments: Storage.allCases)
    func lastRun(_ storage: Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let (living, gate) = (Counter(), AsyncGate())
        func add() async throws {
            let token = Token(living)
            try await bench.scheduler.addJob(id: "a") {
                await gate.wait()
                withExtendedLifetime(token) {}
            }
        }
        try await add()
        try await (bench.scheduler as? AsyncScheduler)?.start()
        await bench.log.expect("it begins") { if case .runStarted = $0 { true } else { false } }
        try await bench.scheduler.removeJob("a")
        #expect(bench.scheduler.engine.knownNames.isEmpty && living.value == 1)
        gate.open()
        await bench.log.expect("it ends") { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        await bench.scheduler.shutdown()
        // The executor's worker may not have returned yet.
        for _ in 0..<100_000 where living.value > 0 { await Task.yield() }
        #expect(living.value == 0)
    }

    @Test("An id as long as ids may be has a name for its function")
    func longNames() async throws {
        let bench = try await SchedulerBench()
        let count = Counter()
        for letter in ["a", "b", "é"] {
            let id = String(repeating: "x", count: 198) + letter
            try await bench.scheduler.addJob(id: id, trigger: .date(SchedulerBench.start.date), SchedulerBench.kept) {
                count.add()
            }
        }
        try await bench.start()
        #expect(count.value == 3)
        let tasks = try await bench.scheduler.jobs().map(\.job.definition.task.description)
        #expect(Set(tasks).count == 3 && tasks.allSatisfy { $0.utf8.count <= 200 && $0.hasPrefix("closure:x") })
        await bench.scheduler.shutdown()
    }
}
