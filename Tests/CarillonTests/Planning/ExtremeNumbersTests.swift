import Carillon
import CarillonTriggers
import Testing

/// A store may hold any number, by damage or by somebody's hand; none of them may end the process.
@Suite struct ExtremeNumbersTests {
    private static let numbers: [Int64] = [.min, .min + 1, -1, 0, 1, 9_300_000_000_000_000, .max - 1, .max]

    private func policies(_ number: Int) throws -> JobPolicies {
        let task = TaskName("tell")
        return .with {
            $0.misfireGrace = .seconds(number)
            $0.maxInstances = number
            $0.retry = RetryPolicy(
                count: number, backoff: .exponential(first: .seconds(number), atMost: .seconds(number)),
                jitter: .infinity)
            $0.history = History(runs: number, days: number)
            $0.onFailure = FailureTask(task)
        }
    }

    private func snapshot(_ number: Int64, _ policies: JobPolicies) throws -> JobSnapshot {
        let id = JobID("job")
        let definition = JobDefinition(
            task: TaskName("work"), trigger: try .interval(seconds: 10, start: at(0).date), policies: policies)
        let job = Job(
            id: id,
            generation: number,
            definition: definition,
            state: .active,
            next: Job.Next(scheduled: at(0), due: at(0)),
            added: at(0),
            definitionVersion: number,
            stateVersion: number
        )
        let states: [Run.State] = [
            .waiting, .ready, .running(node: try NodeID("node")), .running(node: try NodeID("dead")),
        ]
        let open = states.enumerated().map { index, state in
            let occurrence = Occurrence(
                job: id, generation: number, scheduled: at(Double(index)), kind: .manual, number: Int(number))
            var run = Run(id: Run.ID(occurrence, attempt: Int(number)), state: state, due: at(0), available: at(0))
            run.fence = number
            run.recoveries = Int(number)
            return run
        }
        return JobSnapshot(job: job, open: open, fenceFloor: number)
    }

    @Test("A plan is made whatever the numbers are", arguments: numbers)
    func plan(_ number: Int64) throws {
        for policies in [try policies(Int(number)), try policies(5), JobPolicies()] {
            let snapshot = try snapshot(number, policies)
            for room in [Int(number), 9] {
                let input = Planner.Input(
                    now: at(100),
                    node: try NodeID("node"),
                    tasks: [TaskName("work"), TaskName("tell")],
                    slots: room,
                    ahead: room,
                    dead: [try NodeID("dead")]
                )
                for outcome in Outcome.allCases {
                    // The run of the dead node is left to be recovered.
                    let completions = snapshot.open.dropLast().map {
                        Completion(run: $0.id, fence: $0.fence, finished: at(50), result: .ended(outcome))
                    }
                    let plan = Planner.plan(snapshot, completions: completions, input)
                    // A fence that cannot rise any more would let two nodes end one run.
                    #expect(plan.taken.allSatisfy { $0.fence > number })
                }
            }
        }
    }

    @Test("Whatever somebody asks for is answered", arguments: numbers)
    func edits(_ number: Int64) throws {
        for policies in [try policies(Int(number)), try policies(5), JobPolicies()] {
            let snapshot = try snapshot(number, policies)
            var definition = snapshot.job.definition
            definition.trigger = try .interval(seconds: 7)
            definition.policies = JobPolicies()
            #expect(try snapshot.modified(definition, at: at(100))?.job.definitionVersion != number)
            #expect(snapshot.ranNow(at: at(100)).runs.count == 1)
            #expect(snapshot.turnedBack(to: at(-1000)) != nil)
            for var run in snapshot.open {
                #expect(snapshot.cancelled(run.id, at: at(100)) != nil)
                run.state = .finished(.failed)
                let again = JobSnapshot(job: snapshot.job).retried(run, at: at(100))
                #expect((again == nil) == (number == .max), "there is no attempt behind the last number")
            }
        }
    }

    @Test("A range that grows counts as far as numbers go")
    func count() throws {
        func range(_ count: Int) throws -> ReasonRange {
            ReasonRange(
                job: JobID("job"), generation: 1, first: at(0), last: at(0), count: count, reason: .missed,
                recorded: at(0))
        }
        #expect(try range(.max).extended(by: try range(1)).count == .max)
        #expect(try range(2).extended(by: try range(3)).count == 5)
    }
}
