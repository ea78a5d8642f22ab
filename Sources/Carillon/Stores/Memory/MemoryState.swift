import CarillonTriggers

/// The contents of a memory store. Jobs, runs and tasks have numbers, which are indexes of arrays; the numbers of jobs
/// and runs that are gone are reused.
struct MemoryState: Sendable {
    /// The most finished runs that are kept.
    static let finishedRunLimit = 10_000
    /// The most reasons that are kept.
    static let reasonLimit = 100_000

    // Jobs
    var jobs: [JobRecord?] = []
    var unusedJobs: [UInt32] = []
    var jobTable = NumberTable()
    var jobCount = 0
    var order = OrderedJobs()
    /// The highest generation of any job, past or present. New ones are higher, so that no two jobs share one.
    var lastGeneration: Int64 = 0
    /// Removed jobs that still have open runs; mostly none.
    var removedUnits: [UnitKey: UInt32] = [:]

    // What jobs share
    var shapes = SharedValues<JobShape>()
    var triggers = SharedValues<Trigger>(hash: \.quickHash)
    var taskNumbers: [TaskName: Int] = [:]

    var recentDefinition = RecentDefinition()

    /// The number of zone rule replacements at the last renewal of triggers.
    var replacedRules = ZoneRules.replacements

    // Indexes of jobs: due times by task, and jobs whose waiting runs have room
    var due: [IndexedHeap<Int64>] = []
    var duePositions = HeapPositions()
    var roomy = IndexedHeap<Int64>()
    var roomyPositions = HeapPositions()

    // Runs
    var runs: [RunRecord?] = []
    var unusedRuns: [UInt32] = []
    var runTable = NumberTable()

    // Indexes of runs: ready ones by task and priority, running ones by node, finished ones by the time they ended
    var ready: [[Int: IndexedHeap<Int64>]] = []
    var readyPositions = HeapPositions()
    var running = NodeRuns()
    var finished = TimeOrder()

    /// The notes of running runs, by their numbers.
    var noted: [UInt32: NotedRun] = [:]

    // History
    /// The ended runs of each removed job; see `addPast`.
    var pastsOfRemoved = PastsOfRemoved()
    var outlook = PruningOutlook.empty
    var reasons: [JobID: [ReasonRange]] = [:]
    var reasonCount = 0
    /// Counts of how runs have ended, including runs that are no longer kept.
    var outcomes = OutcomeLedger()

    // Nodes
    var nodes: [NodeID: NodeRecord] = [:]
    /// See `Heartbeat.nodesVersion`.
    var nodesVersion: Int64 = 0
    /// The jobs that a query finds, while it runs; empty in between.
    var found = NumberSet()
    /// Whether something has changed that sleeping nodes should know: see `ChangeNotifying`.
    var hasNews = false

    /// Makes all triggers use the newest rules of their zones, so that no job has to renew its own whenever it is read.
    mutating func renewTriggers() {
        let replaced = ZoneRules.replacements
        guard replaced != replacedRules else { return }
        replacedRules = replaced
        triggers.renew(\.current)
        recentDefinition.forget()
    }

    /// Returns the number of a job; `nil` if there is none with the id.
    func number(of id: JobID) -> UInt32? {
        jobTable.find(hash: id.tableHash) { jobs[Int($0)]?.id == id }
    }

    /// Returns the number of a unit, whether or not its job was removed.
    func number(of unit: UnitKey) -> UInt32? {
        if !removedUnits.isEmpty, let removed = removedUnits[unit] { return removed }
        return number(of: unit.job).flatMap { jobs[Int($0)]?.generation == unit.generation ? $0 : nil }
    }

    /// Returns the number of a run; `nil` if there is none with the id.
    func number(of id: Run.ID) -> UInt32? {
        runTable.find(hash: id.tableHash) { runs[Int($0)]?.run.id == id }
    }

    /// Returns the number of a task, and gives it one if it has none.
    mutating func number(of task: TaskName) -> Int {
        if let number = taskNumbers[task] { return number }
        let number = due.count
        taskNumbers[task] = number
        due.append(IndexedHeap())
        ready.append([:])
        return number
    }

    /// Returns the numbers of the given tasks that have one; those of all tasks if `tasks` is `nil`.
    func numbers(of tasks: Set<TaskName>?) -> [Int] {
        tasks.map { $0.compactMap { taskNumbers[$0] } } ?? Array(due.indices)
    }

    /// Returns a job with its open runs; `nil` if it is gone.
    mutating func snapshot(_ number: UInt32) -> JobSnapshot? {
        guard let (job, numbers, isRemoved) = jobs[Int(number)]?.asItIs(shapes, triggers, &recentDefinition)
        else { return nil }
        var open: [Run] = []
        for number in numbers { if let run = runs[Int(number)]?.asItIs() { open.append(run) } }
        return JobSnapshot(job: job, open: open, isRemoved: isRemoved)
    }
}
