import Carillon
import CarillonTriggers
import Testing

/// The life of one job under random policies, passes, completions, deaths and edits. After every step all that is
/// promised of a job is looked at.
struct RandomLife {
    private var random: SeededGenerator
    private var scene: SimulatedJob
    private var now: Int64
    /// Runs that nodes hold, also those that were taken from them since.
    private var held: [Run] = []
    private var lives = [0, 0, 0]
    private var accepted: Set<Run.ID> = []
    private var byHand = 0
    /// Since the trigger began: its first occurrence, and what of the runs and reasons is older.
    private var first: Instant
    private var runsBefore: Set<Run.ID> = []
    private var reasonsBefore = 0

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        now = at(0).microseconds
        let (trigger, policies) = (try Self.trigger(&random), Self.policies(&random, TaskName("tell")))
        scene = try SimulatedJob(trigger, policies, id: "job\(seed)", isPaused: random.isOnce(in: 8))
        first = scene.job.next?.scheduled ?? at(0)
    }

    /// Lives for so many steps, and answers how much was checked.
    mutating func live(steps: Int) throws -> Int {
        for _ in 0..<steps {
            advance()
            try step()
            checkState()
        }
        checkAccounts(upTo: scene.job.next?.scheduled ?? .latest)
        return scene.checks
    }

    private mutating func advance() {
        let longest: Int64 = random.isOnce(in: 40) ? 3_000_000_000 : 25_000_000
        now += Int64.random(in: 0...longest, using: &random)
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<24, using: &random) {
        case 0: scene.commitIfAny(scene.snapshot.paused(at: time))
        case 1...2: scene.commitIfAny(scene.snapshot.resumed(at: time))
        case 3:
            byHand += 1
            scene.commit(scene.snapshot.ranNow(at: time))
        case 4:
            let open = scene.snapshot.open
            if let run = open.min(by: {
                ($0.id.occurrence.scheduled, $0.fence) < ($1.id.occurrence.scheduled, $1.fence)
            }) {
                scene.commit(scene.snapshot.cancelled(run.id, at: time))
            }
        case 5: retryByHand()
        case 6: try modifyPolicies()
        case 7: try modifyTrigger()
        default: try pass()
        }
    }

    private var time: Instant { Instant(microseconds: now) }

    // MARK: Passes

    private mutating func pass() throws {
        let before = scene.job
        var dead: Set<NodeID> = []
        if random.isOnce(in: 12) {
            let number = Int.random(in: 0..<3, using: &random)
            dead = [try node(number)]
            lives[number] += 1
        }
        let draw = Double.random(in: 0..<1, using: &random)
        let input = Planner.Input(
            now: time,
            node: try node(Int.random(in: 0..<3, using: &random)),
            tasks: Set(try (random.isOnce(in: 6) ? ["other"] : ["work", "tell"]).map { try TaskName($0) }),
            slots: Int.random(in: 0...4, using: &random),
            ahead: Int.random(in: 0...2, using: &random),
            dead: dead,
            random: { draw }
        )
        let completions = completions()
        let instances = instances
        let plan = scene.pass(input, completions)
        held += plan.taken
        for completion in completions where !plan.refused.contains(completion) {
            guard case .ended = completion.result else { continue }
            scene.require(accepted.insert(completion.run).inserted, "one outcome is accepted for an attempt")
        }
        scene.require(plan.taken.count <= input.slots + input.ahead, "a node takes no more than it can")
        scene.require(self.instances <= max(instances, policies.maxInstances), "no more instances than there may be")
        if input.tasks.contains(before.definition.task) {
            scene.require(
                scene.job.state != .active || (scene.job.next?.due ?? .latest) > time,
                "after a pass the job is not due"
            )
        } else {
            scene.require(
                scene.job.next == before.next && plan.change?.reasons.isEmpty != false,
                "a node without the task fires nothing"
            )
        }
        if scene.job.state == .active || scene.job.state == .ended {
            scene.require(waiting == 0 || self.instances >= policies.maxInstances, "nobody waits where there is room")
        } else {
            scene.require(plan.taken.isEmpty && plan.change?.reasons.isEmpty != false, "a paused job does nothing")
        }
        checkGrace(of: plan, before)
    }

    private func node(_ number: Int) throws -> NodeID { try NodeID("node\(number).\(lives[number])") }

    /// What nodes say: mostly the truth, sometimes twice or too late.
    private mutating func completions() -> [Completion] {
        var completions: [Completion] = []
        for (position, run) in held.enumerated().reversed() where random.isOnce(in: 3) {
            let outcomes: [Outcome] = [.succeeded, .succeeded, .failed, .timedOut, .cancelled]
            let isGivenBack = random.isOnce(in: 8)
            let result: Completion.Result =
                isGivenBack
                ? (random.isOnce(in: 2) ? .givenBack : .interrupted())
                : .ended(outcomes.randomElement(using: &random) ?? .failed, mayRetry: !random.isOnce(in: 5))
            completions.append(Completion(run: run.id, fence: run.fence, finished: time, result: result))
            if !random.isOnce(in: 5) { held.remove(at: position) }
        }
        return completions
    }

    /// What was missed was too late when it was recorded, and what runs was not.
    private mutating func checkGrace(of plan: Planner.Plan, _ before: Job) {
        guard let grace = before.definition.policies.misfireGrace, let next = before.next else { return }
        let limit = now - grace.wholeMicroseconds
        let isHeldBack = next.due > due(next.scheduled)
        for event in plan.events {
            switch event {
            case .queued(let id) where id.occurrence.kind == .scheduled && !isHeldBack:
                scene.require(due(id.occurrence.scheduled).microseconds >= limit, "\(id) runs within its grace")
            case .notRun(let range) where range.reason == .missed:
                scene.require(due(range.last).microseconds < limit, "\(range) had passed its grace")
            case .notRun(let range) where !isHeldBack:
                scene.require(due(range.first).microseconds >= limit, "\(range) was within its grace")
            default: break
            }
        }
    }

    private func due(_ scheduled: Instant) -> Instant {
        scene.job.definition.trigger.due(scheduled: scheduled, jobID: scene.job.id.description)
    }

    // MARK: Edits

    private mutating func retryByHand() {
        guard let run = scene.ordered.last(where: { !$0.isOpen }) else { return }
        let latest = scene.ordered.last { $0.id.occurrence == run.id.occurrence } ?? run
        guard let change = scene.snapshot.retried(latest, at: time) else { return }
        byHand += 1
        scene.commit(change)
    }

    private mutating func modifyPolicies() throws {
        var definition = scene.job.definition
        definition.policies = Self.policies(&random, TaskName("tell"))
        scene.commitIfAny(try scene.snapshot.modified(definition, at: time))
    }

    private mutating func modifyTrigger() throws {
        let old = scene.job
        var definition = old.definition
        definition.trigger = try Self.trigger(&random)
        guard let change = try scene.snapshot.modified(definition, at: time) else { return }
        // Of the old trigger all that has fired, and all whose time has come, has a run or a reason by now.
        var end = old.next?.scheduled ?? .latest
        if end <= time { end = old.definition.trigger.next(after: time) ?? .latest }
        scene.commit(change)
        guard change.job.next != old.next || change.job.definition.trigger != old.definition.trigger else { return }
        checkAccounts(upTo: end, of: old.definition.trigger)
        runsBefore = Set(scene.runs.keys)
        reasonsBefore = scene.reasons.count
        first = scene.job.next?.scheduled ?? .latest
    }

    // MARK: What is promised

    private var policies: JobPolicies { scene.job.definition.policies }
    private var instances: Int { scene.runs.values.count { $0.isInstance } }
    private var waiting: Int { scene.runs.values.count { $0.state == .waiting } }

    private mutating func checkState() {
        scene.require(waiting <= JobPolicies.catchUpLimit + byHand, "no more wait than may")
        for run in scene.runs.values where run.id.attempt > 1 {
            let before = scene.runs[Run.ID(run.id.occurrence, attempt: run.id.attempt - 1)]
            scene.require(before?.isOpen == false, "an attempt follows one that has ended")
        }
    }

    /// Every occurrence of the trigger since it began, and before a time, has a run or one reason, and never both.
    private mutating func checkAccounts(upTo end: Instant, of trigger: Trigger? = nil) {
        let trigger = trigger ?? scene.job.definition.trigger
        var accounts: [Instant: Int] = [:]
        for run in scene.runs.values where run.id.attempt == 1 && run.id.occurrence.kind == .scheduled {
            if !runsBefore.contains(run.id) { accounts[run.id.occurrence.scheduled, default: 0] += 1 }
        }
        let reasons = scene.reasons[reasonsBefore...]
        let before = Instant(microseconds: first.microseconds - 1)
        let last = Instant(microseconds: end.microseconds - 1)
        let expected = first < end ? trigger.count(after: before, through: last) : 0
        let found = accounts.values.reduce(0, +) + reasons.reduce(0) { $0 + $1.count }
        scene.require(found == expected, "\(expected) occurrences, and \(found) runs and reasons")
        guard expected <= 20_000 else { return }
        for range in reasons {
            var covered = 0
            for time in trigger.fireTimes(after: Instant(microseconds: range.first.microseconds - 1)) {
                guard time <= range.last else { break }
                accounts[time, default: 0] += 1
                covered += 1
            }
            scene.require(covered == range.count, "\(range) covers \(covered)")
        }
        for time in trigger.fireTimes(after: before) {
            guard time <= last else { break }
            scene.require(accounts.removeValue(forKey: time) == 1, "\(seconds(time)) has one account")
        }
        scene.require(accounts.isEmpty, "nothing is accounted for that is no occurrence")
    }

    // MARK: Random jobs

    private static func trigger(_ random: inout SeededGenerator) throws -> Trigger {
        let period = [1, 1, 5, 10, 30].randomElement(using: &random) ?? 1
        let jitter = random.isOnce(in: 3) ? Int.random(in: 1...20, using: &random) : 0
        let end = random.isOnce(in: 8) ? at(Double.random(in: 0...2000, using: &random)).date : nil
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return try .cron(minute: "*", second: CronField("*/\(period)"), end: end, jitter: .seconds(jitter))
        case 1: return .any(of: try .interval(seconds: 7), try .crontab("* * * * *"))
        case 2: return .date(at(Double.random(in: -500...2000, using: &random).rounded()).date)
        default: return try .interval(seconds: period, end: end, jitter: .seconds(jitter))
        }
    }

    private static func policies(_ random: inout SeededGenerator, _ task: TaskName) -> JobPolicies {
        .with {
            if random.isOnce(in: 2) { $0.misfireGrace = .seconds(Int.random(in: 0...60, using: &random)) }
            $0.coalesce = Coalesce.allCases.randomElement(using: &random) ?? .latest
            $0.maxInstances = [1, 1, 2, 5].randomElement(using: &random) ?? 1
            $0.atLimit = AtLimit.allCases.randomElement(using: &random) ?? .skip
            $0.recovery = random.isOnce(in: 3) ? .markLost : .rerun
            if random.isOnce(in: 2) {
                $0.retry = RetryPolicy(
                    count: 2, backoff: .exponential(first: .seconds(3), atMost: .seconds(5)), jitter: 0.5)
            }
            if random.isOnce(in: 3) { $0.onFailure = FailureTask(task) }
        }
    }
}
