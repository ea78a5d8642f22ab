import Carillon
import CarillonTriggers

/// The tasks that schedulers on a store are known to have, to tell of jobs and runs that wait for others.
struct KnownTasks {
    /// Those of nodes that live.
    let live: Set<TaskName>
    /// Those, and of nodes that the store has heard of before, and what every server has.
    private let all: Set<TaskName>

    /// - Throws: As the store does.
    init(in store: any JobStore, lease: Duration) async throws(CarillonError) {
        let (time, nodes) = try await store.glance()
        live = nodes.filter { $0.isAlive(at: time, lease: lease) }.reduce(into: []) { $0.formUnion($1.report.tasks) }
        all = nodes.reduce(into: Self.builtIn) { $0.formUnion($1.report.tasks) }
    }

    /// What every `carillon serve` has.
    private static let builtIn = Set(BuiltIn.tasks.compactMap { try? TaskName($0) })

    /// Whether a run of a task waits for a node that nobody has seen. Where no node lives, a task that was seen before is
    /// not missed: all runs wait then.
    func isMissing(_ task: TaskName) -> Bool { live.isEmpty ? !all.contains(task) : !live.contains(task) }

    /// Such as `a node that has the task 'shel'; did you mean 'shell'?`.
    func words(for task: TaskName) -> String {
        let near = nearest(to: task.description, among: all.map(\.description).sorted())
        return "a node that has the task '\(task.description.printable)'"
            + (near == nil || near == task.description ? "" : "; did you mean '\(near?.printable ?? "")'?")
    }

    // MARK: Warnings

    /// The most jobs that a command warns of.
    private static let warningLimit = 20

    /// Warns on standard error of jobs that name tasks nobody is known to have: a node that has them may be still to come,
    /// but most likely they are misspelt. The jobs have been written, so what cannot be looked up is not told of.
    static func warn(of jobs: [(id: JobID, definition: JobDefinition)], in opened: OpenedStore) async {
        let isPlain = jobs.allSatisfy { job in
            builtIn.contains(job.definition.task)
                && job.definition.policies.onFailure.map { builtIn.contains($0.task) } ?? true
        }
        guard !isPlain, let known = try? await KnownTasks(in: opened.store, lease: opened.lease) else { return }
        let lines = jobs.flatMap { known.warnings(of: $0.id, $0.definition) }
        var output = OutputBuffer(descriptor: 2)
        for line in lines.prefix(warningLimit) { output.append("Warning: \(line)\n") }
        if lines.count > warningLimit { output.append("Warning: and \(lines.count - warningLimit) more\n") }
        // The jobs are what was asked for.
        try? output.flush()
    }

    private func warnings(of id: JobID, _ definition: JobDefinition) -> [String] {
        var lines: [String] = []
        let name = "job '\(id.description.printable)'"
        if !all.contains(definition.task) { lines.append("\(name) waits for \(words(for: definition.task))") }
        if let task = definition.policies.onFailure?.task, !all.contains(task) {
            lines.append("\(name): its task for failed runs waits for \(words(for: task))")
        }
        return lines
    }
}

/// What of a job waits for nodes that have its tasks.
struct TaskWaits {
    /// Ready runs of tasks that no node has, each with its task.
    let runs: [(run: Run.ID, task: TaskName)]
    /// The job's task, where no node has it: the job does not fire.
    let job: TaskName?
    private let known: KnownTasks

    init(_ snapshot: JobSnapshot, _ known: KnownTasks, now: Instant) {
        let task = snapshot.job.definition.task
        self.known = known
        job = known.isMissing(task) ? task : nil
        runs = snapshot.open.compactMap { run in
            let task = run.task ?? task
            guard run.state == .ready, run.available <= now, known.isMissing(task) else { return nil }
            return (run.id, task)
        }
    }

    /// What goes on from `waits for`.
    func words(for task: TaskName) -> String { known.words(for: task) }

    /// A sentence for each run, but for one that has been told of.
    func lines(without told: Run.ID? = nil) -> [String] {
        runs.filter { $0.run != told }.map { wait in
            "Run '\(wait.run.description.printable)' is ready and waits for \(words(for: wait.task))"
        }
    }

    /// The array that `docs/commands.md` describes.
    var json: JSONValue {
        .array(
            runs.map { wait in
                var form = JSONForm()
                form.add("run", wait.run.description)
                form.add("task", wait.task.description)
                return form.value
            })
    }
}
