package import CarillonTriggers

/// Decides what to do with one job at one moment: a pure function of the job, its open runs, the time and the known
/// completions. What policies mean is decided here alone.
///
/// The steps, in this order, since each needs the room that the one before it made:
/// 1. completions are accepted or refused by their fence, and retries planned;
/// 2. runs of dead nodes are recovered;
/// 3. waiting runs move up into free instances, since they came first;
/// 4. due occurrences become runs or reasons, and the job advances;
/// 5. ready runs are taken for the node that asks, while it has room.
///
/// The runs of a removed job end, and nothing follows from that. While the node's scheduler is paused, the last two
/// steps are left out. A node that no longer fires, since it stops, leaves out the fourth.
package struct Planner: ~Copyable {
    /// The situation of the node for which a job is planned.
    package struct Input: Sendable {
        /// What is the same for all jobs of a pass, stored apart since an input is copied for each of them.
        private final class Situation: Sendable {
            let now: Instant
            let node: NodeID
            let tasks: Set<TaskName>
            /// The only task; `nil` if there is not exactly one. Comparing is faster than hashing.
            let onlyTask: TaskName?
            let dead: Set<NodeID>
            let pause: SchedulerPause?
            let fires: Bool
            let wantsEvents: Bool
            let ranAhead: RanAhead
            let movesNext: Bool
            let random: @Sendable () -> Double
            let awakeSince: Instant?
            let atWork: Set<Run.ID>
            let mayHaveEnded: (@Sendable (Run) -> Bool)?

            init(
                _ now: Instant,
                _ node: NodeID,
                _ tasks: Set<TaskName>,
                _ dead: Set<NodeID>,
                _ pause: SchedulerPause?,
                _ fires: Bool,
                _ wantsEvents: Bool,
                _ ranAhead: RanAhead,
                _ movesNext: Bool,
                _ random: @escaping @Sendable () -> Double,
                _ awakeSince: Instant?,
                _ atWork: Set<Run.ID>,
                _ mayHaveEnded: (@Sendable (Run) -> Bool)?
            ) {
                self.now = now
                self.node = node
                self.tasks = tasks
                onlyTask = tasks.count == 1 ? tasks.first : nil
                self.dead = dead
                self.pause = pause
                self.fires = fires
                self.wantsEvents = wantsEvents
                self.ranAhead = ranAhead
                self.movesNext = movesNext
                self.random = random
                self.awakeSince = awakeSince
                self.atWork = atWork
                self.mayHaveEnded = mayHaveEnded
            }
        }

        private let situation: Situation
        /// The number of further runs that the node has free workers for.
        package var slots: Int
        /// The number of further runs that the node takes before it has workers for them. A run that is lost when its
        /// node dies is never taken ahead.
        package var ahead: Int

        /// The time of the wall clock.
        package var now: Instant { situation.now }
        /// The node that asks.
        package var node: NodeID { situation.node }
        /// The tasks that the node can run. A job of another task does not fire; its runs of dead nodes are recovered,
        /// and its waiting runs move up.
        package var tasks: Set<TaskName> { situation.tasks }
        /// Whether the node can run a task.
        func canRun(_ task: TaskName) -> Bool {
            if let only = situation.onlyTask { only == task } else { situation.tasks.contains(task) }
        }

        /// Nodes known to be dead.
        package var dead: Set<NodeID> { situation.dead }
        /// The latest pause of the node's scheduler; `nil` if there was none. See `SchedulerPause`.
        package var pause: SchedulerPause? { situation.pause }
        /// Whether due occurrences become runs. A node that stops leaves them to other nodes, and to its next start.
        package var fires: Bool { situation.fires }
        /// Whether the plan lists its events, which may not be wanted.
        package var wantsEvents: Bool { situation.wantsEvents }
        /// Fire times that have run already, though they are in the future since the clock was set back.
        package var ranAhead: RanAhead { situation.ranAhead }
        /// Whether a due occurrence that is none of the trigger's times is left to a recheck: see `Plan.isMisplaced`.
        package var movesNext: Bool { situation.movesNext }
        /// Returns a random number in 0..<1, for the jitter of retries.
        package var random: @Sendable () -> Double { situation.random }
        /// The time since which the node has been awake and its store has answered. Occurrences due from then on are
        /// fired however late, since a live node could fire them in time. Those due before are subject to the misfire
        /// grace; all are if this is `nil`.
        package var awakeSince: Instant? { situation.awakeSince }
        /// Runs that other nodes may have taken over while this node still executes them: it does not take them again.
        package var atWork: Set<Run.ID> { situation.atWork }
        /// Whether a running run may have ended before the store knows. A job that such a run keeps at its limit stays
        /// due.
        package var mayHaveEnded: (@Sendable (Run) -> Bool)? { situation.mayHaveEnded }

        /// Creates an input.
        package init(
            now: Instant,
            node: NodeID,
            tasks: Set<TaskName>,
            slots: Int,
            ahead: Int = 0,
            dead: Set<NodeID> = [],
            pause: SchedulerPause? = nil,
            fires: Bool = true,
            wantsEvents: Bool = true,
            ranAhead: RanAhead = RanAhead(),
            movesNext: Bool = false,
            random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
            awakeSince: Instant? = nil,
            atWork: Set<Run.ID> = [],
            mayHaveEnded: (@Sendable (Run) -> Bool)? = nil
        ) {
            situation = Situation(
                now, node, tasks, dead, pause, fires, wantsEvents, ranAhead, movesNext, random, awakeSince, atWork,
                mayHaveEnded)
            self.slots = slots
            self.ahead = ahead
        }
    }

    /// The decisions for one job.
    package struct Plan: Sendable {
        /// The parts that few plans have, stored apart since plans are copied often.
        struct Rest: Sendable {
            var refused: [Completion] = []
            var cancelled: [Run.ID] = []
            var events: [PlanEvent] = []
            var isMisplaced = false
            var isHeldOff = false
            var removesJob = false
            var backlog = 0
        }

        /// What the store is to write; `nil` if nothing changes.
        package internal(set) var change: JobChange?
        /// The runs that the node has, once the change is accepted.
        package internal(set) var taken: [Run] = []
        var rest: Rest?

        /// Completions that do not count: another node has taken the run, or it has ended.
        package var refused: [Completion] { rest?.refused ?? [] }
        /// The runs that this node executes and is to cancel once the change is accepted. Other nodes learn of theirs
        /// from their heartbeats.
        package var cancelled: [Run.ID] { rest?.cancelled ?? [] }
        /// The events, in order.
        package var events: [PlanEvent] { rest?.events ?? [] }
        /// Whether the job is due at a time that is none of its trigger's, for example by newer rules of its zone. It
        /// has not fired, and `JobStore.recheck` finds its next time.
        package var isMisplaced: Bool { rest?.isMisplaced ?? false }
        /// Whether the job stays due, since it is not known whether it is at its limit.
        package var isHeldOff: Bool { rest?.isHeldOff ?? false }
        /// The number of waiting runs if an occurrence has just joined them; 0 otherwise.
        package var backlog: Int { rest?.backlog ?? 0 }
    }

    let input: Input
    let fenceFloor: Int64
    /// See `JobSnapshot.isRemoved`.
    let isRemoved: Bool
    /// The job before the plan.
    let job: Job
    /// The next occurrence, once the job has fired.
    var next: Job.Next?
    var hasFired = false
    var open: OpenRuns
    var reasons: [NewReason] = []
    /// The positions of the runs that are taken.
    var taken: [Int] = []
    var rest: Plan.Rest?

    /// Changes the parts that few plans have.
    mutating func changeRest(_ change: (inout Plan.Rest) -> Void) {
        var changed = rest.take() ?? Plan.Rest()
        change(&changed)
        rest = changed
    }

    /// Records an event; called only if events are wanted.
    mutating func tell(_ event: PlanEvent) { changeRest { $0.events.append(event) } }

    /// Plans a job.
    ///
    /// - Parameters:
    ///   - snapshot: The job and its open runs.
    ///   - completions: The known completions of its runs, in the order they happened.
    ///   - input: The time, the node and what it can do.
    package static func plan(_ snapshot: JobSnapshot, completions: [Completion] = [], _ input: Input) -> Plan {
        plan(snapshot, completions: completions[...], input)
    }

    static func plan(_ snapshot: JobSnapshot, completions: ArraySlice<Completion>, _ input: Input) -> Plan {
        var planner = Planner(snapshot, input)
        for completion in completions { planner.complete(completion) }
        planner.recover()
        planner.promote()
        planner.fire()
        planner.take()
        return planner.finished()
    }

    private init(_ snapshot: JobSnapshot, _ input: Input) {
        self.input = input
        fenceFloor = snapshot.fenceFloor
        isRemoved = snapshot.isRemoved
        job = snapshot.job
        open = OpenRuns(snapshot.open)
    }

    private consuming func finished() -> Plan {
        let changed = open.changed
        guard hasFired || !changed.isEmpty else { return Plan(rest: rest) }
        var job = job
        if hasFired {
            job.next = next
            if next == nil { job.state = .ended }
        }
        // A taken run is mostly the only run of its job.
        let taken = taken.isEmpty ? [] : changed.count == 1 ? changed : taken.map { open[$0] }
        var change = JobChange(job: job, runs: changed, reasons: reasons)
        if job.isOver, !isRemoved, open.instanceCount == 0, open.waitingCount == 0 {
            change.removesJob = true
            changeRest { $0.removesJob = true }
        }
        return Plan(change: change, taken: taken, rest: rest)
    }
}
