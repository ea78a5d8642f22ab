#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon tasks`.
struct TasksCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "Lists the tasks that nodes have, and those that jobs want.",
        discussion: """
            A task that no node has parks its jobs: they do not fire until a node with it is there. docs/tasks.md has the \
            arguments of the tasks that every server has, shell and http. The exit status is that of 'carillon jobs'.
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    /// The most tasks without a node that are looked for.
    private static let mostParked = 1000
    /// The most jobs whose tasks for failed runs are looked at.
    private static let mostJobs = 10_000

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        let lease = opened.lease
        let (nodes, known, parked, listeners) = try await CommandFailure.catching {
            () throws(CarillonError) -> ([TaskName: [NodeID]], KnownTasks, [TaskName], Set<TaskName>) in
            let (time, nodes) = try await opened.store.glance()
            var found: [TaskName: [NodeID]] = [:]
            for record in nodes where record.isAlive(at: time, lease: lease) {
                for task in record.report.tasks { found[task, default: []].append(record.report.id) }
            }
            return (
                found, try await KnownTasks(in: opened.store, lease: lease),
                try await tasksWithoutNode(in: opened.store, besides: Set(found.keys)),
                try await tasksForFailedRuns(in: opened.store)
            )
        }
        let tasks = Set(nodes.keys).union(parked).union(listeners).sorted()
        let alone = listeners.subtracting(nodes.keys).subtracting(parked)
        if form.json {
            var list = JSONList()
            for task in tasks {
                var form = JSONForm()
                form.add("name", task.description)
                form.add("nodes", (nodes[task] ?? []).map(\.description))
                form.add("parked", known.isMissing(task))
                try list.append(form.value)
            }
            return try list.end()
        }
        var table = Table([
            Table.Column("TASK", shortest: 16, isName: true), Table.Column("NODES"), Table.Column("", shortest: 12),
        ])
        for task in tasks {
            let wait = alone.contains(task) ? "its runs wait: only on_failure wants it" : "its jobs are parked"
            table.append([
                Table.Cell(task.description), Table.Cell("\(nodes[task]?.count ?? 0)"),
                known.isMissing(task) ? Table.Cell(wait, .yellow) : Table.Cell(""),
            ])
        }
        if tasks.isEmpty { return try CommandFailure.tell("No node shares this store, and there are no jobs.") }
        try CommandFailure.say(table.lines(for: .output).joined(separator: "\n"))
    }

    /// The tasks that jobs have for their failed runs.
    private func tasksForFailedRuns(in store: any JobStore) async throws(CarillonError) -> Set<TaskName> {
        let jobs = try await store.jobs(JobFilter(), atMost: Self.mostJobs)
        return Set(jobs.compactMap { $0.definition.policies.onFailure?.task })
    }

    /// The tasks of jobs that no node has: each look leaves out what is known and finds one more.
    private func tasksWithoutNode(in store: any JobStore, besides tasks: Set<TaskName>) async throws(CarillonError)
        -> [TaskName]
    {
        var filter = JobFilter()
        filter.exceptTasks = tasks
        var parked: [TaskName] = []
        var cursor: JobCursor?
        while parked.count < Self.mostParked {
            let page = try await store.jobs(filter, page: Page(after: cursor, limit: 1))
            guard let listing = page.first else { break }
            // All before it are of tasks that are known. An id that is no text may be no place to go on from.
            let former = cursor
            cursor = listing.cursor(byDue: false)
            guard cursor != former else { break }
            guard case .job(let job) = listing, filter.exceptTasks.insert(job.definition.task).inserted else {
                continue
            }
            parked.append(job.definition.task)
        }
        return parked
    }
}
#endif
