import Carillon
import CarillonTriggers
import Testing

/// The memory store ends most runs by itself. What comes of that is what the planner makes of the same completion.
@Suite struct RunEndTests {
    enum Scene: CaseIterable {
        case alone, ofARemovedJob, cancelRequested
        // The planner is asked.
        case beforeAWaitingRun, whereTheJobIsDue, failed, ofAnotherFence

        /// When the run ends, in seconds; the job is due every minute.
        var end: Int64 {
            switch self {
            case .alone, .ofARemovedJob, .cancelRequested, .failed, .ofAnotherFence: 2
            case .whereTheJobIsDue: 60
            case .beforeAWaitingRun: 61
            }
        }

        var isShort: Bool {
            switch self {
            case .alone, .ofARemovedJob, .cancelRequested: true
            case .beforeAWaitingRun, .whereTheJobIsDue, .failed, .ofAnotherFence: false
            }
        }
    }

    private let start = Instant(seconds: 1_800_000_000)

    @Test(arguments: Scene.allCases)
    func anEndIsTheSameAsWhereItIsPlanned(scene: Scene) async throws {
        let later = start.advanced(byMicroseconds: scene.end * 1_000_000)
        let short = try await run(scene, later)
        let planned = try await run(scene, later)
        var pass = try self.pass(at: later)
        pass.fires = false
        pass.completions = [short.completion]
        let result = try await pass.run(on: short.store)

        var query = JobQuery(now: later)
        query.units = [planned.completion.run.occurrence.unit]
        let input = Planner.Input(
            now: later, node: try NodeID("node"), tasks: [TaskName("work")], slots: 1000, fires: false)
        _ = try await planned.store.pass(query) { snapshots in
            snapshots.map { Planner.plan($0, completions: [planned.completion], input).change }
        }

        #expect((result.planned == 0) == scene.isShort)
        #expect(short.completion == planned.completion)
        for id in [short.completion.run] + result.taken.map(\.id) {
            let ended = try await short.store.run(id)
            #expect(ended != nil)
            #expect(try await planned.store.run(id) == ended)
        }
        #expect(try await short.store.jobs(JobFilter(), page: Page()) == planned.store.jobs(JobFilter(), page: Page()))
        #expect(try await short.store.runs(RunFilter(), page: Page()) == planned.store.runs(RunFilter(), page: Page()))
        #expect(try await short.store.find(query) == planned.store.find(query))
        #expect(
            try await short.store.earliest(of: nil) == planned.store.earliest(of: nil))
        let wasEnded = try await short.store.run(short.completion.run)?.isOpen == false
        #expect(wasEnded == (scene != .ofAnotherFence))
        #expect(result.events.first == (wasEnded ? .ended(short.completion.run, outcome(scene)) : nil))
        #expect(result.refused == (wasEnded ? [] : [short.completion]))
    }

    private func outcome(_ scene: Scene) -> Outcome { scene == .failed ? .failed : .succeeded }

    private func pass(at now: Instant) throws -> StorePass {
        StorePass(now: now, node: try NodeID("node"), tasks: [TaskName("work")])
    }

    /// A store with a run at work, and what becomes of the run.
    private func run(_ scene: Scene, _ later: Instant) async throws -> (store: MemoryJobStore, completion: Completion) {
        let store = MemoryJobStore()
        var definition = JobDefinition(task: TaskName("work"), trigger: try .interval(seconds: 60))
        definition.policies.atLimit = .queue
        let id = JobID("a")
        _ = try await store.insert([NewJob(id: id, definition: definition, added: start)])
        let run = try #require(try await pass(at: start).run(on: store).taken.first)
        switch scene {
        case .beforeAWaitingRun:
            _ = try await pass(at: start.advanced(byMicroseconds: 60_000_000)).run(on: store)
        case .ofARemovedJob: _ = try await store.remove([id], at: start)
        case .cancelRequested:
            var change = JobChange(job: try await store.snapshot(id, at: start).job)
            var cancelled = run
            cancelled.isCancelRequested = true
            change.runs = [cancelled]
            #expect(try await store.commit([change]) == [.accepted])
        case .alone, .whereTheJobIsDue, .failed, .ofAnotherFence: break
        }
        let error = scene == .failed ? "no" : nil
        return (
            store,
            Completion(
                run: run.id, fence: scene == .ofAnotherFence ? run.fence + 1 : run.fence, started: start,
                finished: later,
                result: .ended(outcome(scene), error: error, result: Array("1".utf8), log: Array("a line".utf8)))
        )
    }
}
