#if Command
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

    /// The same with those of a node that knows its own.
    func with(_ own: Set<TaskName>) -> KnownTasks { KnownTasks(live: live.union(own), all: all.union(own)) }

    private init(live: Set<TaskName>, all: Set<TaskName>) {
        self.live = live
        self.all = all
    }

    /// Jobs of other tasks are parked. Where no node lives, a task that was seen before is not missed: all runs wait then.
    var present: Set<TaskName> { live.isEmpty ? all : live }

    /// Whether a run of a task waits for a node that nobody has seen.
    func isMissing(_ task: TaskName) -> Bool { !present.contains(task) }

    /// The task that may have been meant.
    func nearest(to task: TaskName) -> String? {
        let name = task.description
        let near = CarillonTriggers.nearest(to: name, among: all.map(\.description).sorted())
        return near == name ? nil : near
    }

    /// Such as `a node that has the task 'shel'; did you mean 'shell'?`.
    func words(for task: TaskName) -> String {
        "a node that has the task '\(task.description.printable)'"
            + (nearest(to: task).map { "; did you mean '\($0.printable)'?" } ?? "")
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
        let more = lines.count - warningLimit
        CommandFailure.warn(lines.prefix(warningLimit) + (more > 0 ? ["and \(more) more"] : []))
    }

    private func warnings(of id: JobID, _ definition: JobDefinition) -> [String] {
        var lines: [String] = []
        let name = "job '\(id.description.printable)'"
        if !all.contains(definition.task) { lines.append("\(name) waits for \(words(for: definition.task))") }
        if let task = definition.policies.onFailure?.task, !all.contains(task) {
            let advice =
                task.description.contains(" ")
                ? #"; a command is given by --on-failure shell --on-failure-arguments '{"command": "…"}'"# : ""
            lines.append("\(name): its task for failed runs waits for \(words(for: task))\(advice)")
        }
        return lines
    }
}
#endif
