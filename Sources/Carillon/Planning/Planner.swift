package import CarillonTriggers

/// Decides what becomes of one job at one moment: a pure function of the job, its open runs, the time and what is known
/// of ended runs. Everything that policies mean is decided here and nowhere else.
///
/// The steps, in this order, since each needs the room that the one before it made:
/// 1. completions are accepted or refused by their fence, and retries planned;
/// 2. runs of dead nodes are recovered;
/// 3. waiting runs move up into free instances, since they came first;
/// 4. due occurrences become runs or reasons, and the job advances;
/// 5. ready runs are taken for the node that asks, while it has room.
///
/// Of a job that was removed, runs end and nothing follows from it. While the node's scheduler is paused, the last two are
/// left out. A node that fires no more, since it stops, leaves
/// out the fourth.
package struct Planner: ~Copyable {
    /// What a node brings to the plan of a job.
    package struct Input: Sendable {
        /// What is the same for all jobs of a pass, apart: an input is copied for each of them.
        private final class Situation: Sendable {
            let now: Instant
            let node: NodeID
            let tasks: Set<TaskName>
            /// The only one of the tasks; `nil` where there are several. Comparing is quicker than hashing.
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
        /// For how many more runs the node has a worker free.
        package var slots: Int
        /// How many more runs the node takes before it has a worker for them. A run that is lost when its node dies is
        /// never taken ahead.
        package var ahead: Int

        /// The wall clock's time.
        package var now: Instant { situation.now }
        /// The node that asks.
        package var node: NodeID { situation.node }
        /// The tasks that the node can run. A job of another task does not fire; of its runs, those whose nodes are dead
        /// are recovered, and those that wait move up.
        package var tasks: Set<TaskName> { situation.tasks }
        /// Whether the node can run a task.
        func canRun(_ task: TaskName) -> Bool {
            if let only = situation.onlyTask { only == task } else { situation.tasks.contains(task) }
        }

        /// Nodes known to be dead.
        package var dead: Set<NodeID> { situation.dead }
        /// The latest pause of the node's scheduler, where there was one: see `SchedulerPause`.
        package var pause: SchedulerPause? { situation.pause }
        /// Whether due occurrences become runs. A node that stops leaves them to others, and to its next start.
        package var fires: Bool { situation.fires }
        /// Whether the plan says what happened. Nobody may want to know.
        package var wantsEvents: Bool { situation.wantsEvents }
        /// Fire times that have run already though the clock does not show them yet, since it was set back.
        package var ranAhead: RanAhead { situation.ranAhead }
        /// Whether a due occurrence that the trigger does not name is left to be looked at: see `Plan.isMisplaced`.
        package var movesNext: Bool { situation.movesNext }
        /// Draws numbers from 0 up to 1, for the jitter of retries.
        package var random: @Sendable () -> Double { situation.random }
        /// Since when the node has been awake and its store has answered: what is due from then on is fired however late
        /// it has become, since a live node could fire it in time. What was due before is judged by the misfire grace;
        /// everything is where this is `nil`.
        package var awakeSince: Instant? { situation.awakeSince }
        /// Runs that others may have taken over and that the node is still at work on: it does not take them anew.
        package var atWork: Set<Run.ID> { situation.atWork }
        /// Whether a running run may have ended without the store knowing it yet. A job that is at its limit by such a
        /// run stays due.
        package var mayHaveEnded: (@Sendable (Run) -> Bool)? { situation.mayHaveEnded }

        /// Puts an input together.
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

    /// What was decided for one job.
    package struct Plan: Sendable {
        /// What few plans have, apart: a plan is handed on many times.
        struct Rest: Sendable {
            var refused: [Completion] = []
            var cancelled: [Run.ID] = []
            var events: [PlanEvent] = []
            var isMisplaced = false
            var isHeldOff = false
            var removesJob = false
            var backlog = 0
        }

        /// What the store is to write; nothing where nothing changes.
        package internal(set) var change: JobChange?
        /// The runs that are the node's, once the change is accepted.
        package internal(set) var taken: [Run] = []
        var rest: Rest?

        /// Completions that do not count: the run was taken by somebody else, or has ended.
        package var refused: [Completion] { rest?.refused ?? [] }
        /// The runs at work on the node that asks that it is to cancel, once the change is accepted. Other nodes learn of
        /// theirs by their heartbeats.
        package var cancelled: [Run.ID] { rest?.cancelled ?? [] }
        /// What happened, in order.
        package var events: [PlanEvent] { rest?.events ?? [] }
        /// Whether the job is due at a time that is none of its trigger's, by newer rules of its zone, say. It has not
        /// fired, and `JobStore.recheck` finds its next time.
        package var isMisplaced: Bool { rest?.isMisplaced ?? false }
        /// Whether the job stays due, since it is not known whether it is at its limit.
        package var isHeldOff: Bool { rest?.isHeldOff ?? false }
        /// How many occurrences wait where one more has just joined them; 0 where none has.
        package var backlog: Int { rest?.backlog ?? 0 }
    }

    let input: Input
    let fenceFloor: Int64
    /// See `JobSnapshot.isRemoved`.
    let isRemoved: Bool
    /// The job as it was.
    let job: Job
    /// The occurrence that comes next, once the job has fired.
    var next: Job.Next?
    var hasFired = false
    var open: OpenRuns
    var reasons: [NewReason] = []
    /// Where the runs stand that are taken.
    var taken: [Int] = []
    var rest: Plan.Rest?

    /// Notes what few plans have.
    mutating func changeRest(_ change: (inout Plan.Rest) -> Void) {
        var changed = rest.take() ?? Plan.Rest()
        change(&changed)
        rest = changed
    }

    /// Says what happened; asked for only where somebody wants to know.
    mutating func tell(_ event: PlanEvent) { changeRest { $0.events.append(event) } }

    /// Decides what becomes of a job.
    ///
    /// - Parameters:
    ///   - snapshot: The job and its open runs.
    ///   - completions: What is known of its runs, in the order it happened.
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
        // Mostly it is the only run of its job.
        let taken = taken.isEmpty ? [] : changed.count == 1 ? changed : taken.map { open[$0] }
        var change = JobChange(job: job, runs: changed, reasons: reasons)
        if job.isOver, !isRemoved, open.instanceCount == 0, open.waitingCount == 0 {
            change.removesJob = true
            changeRest { $0.removesJob = true }
        }
        return Plan(change: change, taken: taken, rest: rest)
    }
}
