#if Command
import Carillon
import CarillonTriggers

/// Why a run waits that no node has: what all commands say of it.
enum RunWait {
    /// Its job is paused.
    case pause
    /// As many runs of its job are open as may be.
    case others
    /// No node has its task.
    case task(TaskName)
    /// Some node is to take it.
    case node

    /// Nothing where a node has it, it has ended, or its time has not come.
    ///
    /// - Parameter task: That of its job, as far as it is known.
    init?(_ run: Run, task: TaskName?, isPaused: Bool, _ known: KnownTasks, now: Instant) {
        switch run.state {
        case .running, .finished: return nil
        case .waiting where isPaused, .ready where isPaused: self = .pause
        case .waiting: self = .others
        case .ready:
            guard run.available <= now else { return nil }
            self = Self.missingTask(of: run, task, known, now).map { .task($0) } ?? .node
        }
    }

    /// The task of a ready run that no node has, whether or not its job is paused.
    static func missingTask(of run: Run, _ task: TaskName?, _ known: KnownTasks, _ now: Instant) -> TaskName? {
        guard run.state == .ready, run.available <= now, let task = run.task ?? task else { return nil }
        return known.isMissing(task) ? task : nil
    }

    /// Whether it does not end by itself.
    var isTrouble: Bool {
        switch self {
        case .pause, .task: true
        case .others, .node: false
        }
    }

    /// Such as `waits until the job is resumed`.
    func words(_ known: KnownTasks) -> String {
        switch self {
        case .pause: "waits until the job is resumed"
        case .others: "waits for other runs of the job to end"
        case .task(let task): "waits for \(known.words(for: task))"
        case .node: "waits for a node to take it"
        }
    }

    /// The same, with how it stands: `is ready and waits for a node to take it`.
    func sentence(_ known: KnownTasks) -> String {
        switch self {
        case .pause, .others: words(known)
        case .task, .node: "is ready and \(words(known))"
        }
    }
}

/// What a job and its open runs wait for.
struct RunWaits {
    /// The job's task, where no node has it: the job does not fire.
    let job: TaskName?
    private let waits: [(run: Run, wait: RunWait)]
    private let missing: [(run: Run.ID, task: TaskName)]
    private let known: KnownTasks

    /// The most runs that are told of.
    private static let mostTold = 5

    init(_ snapshot: JobSnapshot, _ known: KnownTasks, now: Instant) {
        let task = snapshot.job.definition.task
        let isPaused = snapshot.job.isPaused
        self.known = known
        job = known.isMissing(task) ? task : nil
        waits = snapshot.open.compactMap { run in
            RunWait(run, task: task, isPaused: isPaused, known, now: now).map { (run, $0) }
        }
        missing = snapshot.open.compactMap { run in
            RunWait.missingTask(of: run, task, known, now).map { (run.id, $0) }
        }
    }

    /// Looks at the job of a run; nothing where it is gone.
    static func of(_ job: JobID, in opened: OpenedStore, now: Instant) async throws(CarillonError) -> RunWaits? {
        guard let snapshot = try await opened.store.found(job, at: now) else { return nil }
        return RunWaits(snapshot, try await KnownTasks(in: opened.store, lease: opened.lease), now: now)
    }

    /// What goes on from `waits for`.
    func words(for task: TaskName) -> String { known.words(for: task) }

    /// Why a run waits: `waits until the job is resumed`.
    func words(of run: Run.ID) -> String? { waits.first { $0.run.id == run }?.wait.words(known) }

    /// The same with how it stands.
    func sentence(of run: Run.ID) -> String? { waits.first { $0.run.id == run }?.wait.sentence(known) }

    /// The runs that wait for what does not come by itself.
    var troubled: [Run.ID] { waits.filter(\.wait.isTrouble).map(\.run.id) }

    /// A sentence for each run that waits for what does not come by itself, but for one that has been told of.
    ///
    /// - Parameter names: What the runs are called.
    func lines(_ names: RunNames, without told: Run.ID? = nil) -> [String] {
        let troubles = waits.filter { $0.wait.isTrouble && $0.run.id != told }
        let lines = troubles.prefix(Self.mostTold).map { run, wait in
            "Run '\(names[run.id].printable)' \(wait.sentence(known))"
        }
        let rest = troubles.count - lines.count
        return rest > 0 ? lines + ["and \(rest) more run\(rest == 1 ? " waits" : "s wait") like that"] : lines
    }

    /// What to warn whoever asked for a run of: nothing where it only has to wait for its turn.
    func warning(of run: Run.ID, called name: String) -> String? {
        let isTroubled = job != nil || waits.contains { $0.run.id == run && $0.wait.isTrouble }
        guard isTroubled, let words = sentence(of: run) else { return nil }
        return "run '\(name.printable)' \(words)"
    }

    /// The ready runs of tasks that no node has: the array that `docs/commands.md` describes.
    var json: JSONValue {
        .array(
            missing.map { run, task in
                var form = JSONForm()
                form.add("run", run.description)
                form.add("task", task.description)
                return form.value
            })
    }
}
#endif
