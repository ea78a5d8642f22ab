#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon nodes`.
struct NodesCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "Lists the schedulers that share a store.",
        discussion: """
            A node is alive where its last heartbeat is not older than the lease of the configuration, and silent where it \
            is. One is dead whose process has ended on this machine; that of another machine is alive until its lease \
            ends. The exit status is that of 'carillon jobs'.
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        let (time, nodes) = try await CommandFailure.catching { () throws(CarillonError) in
            try await opened.store.glance()
        }
        let zone = display.timezone ?? opened.zone
        let forms = nodes.map { NodeForm(record: $0, storeTime: time, lease: opened.lease, zone: zone) }
        if display.json {
            var list = JSONList()
            for form in forms { try list.append(form.json) }
            return try list.end()
        }
        var table = Table([
            Table.Column("NODE", shortest: 16, isName: true), Table.Column("STATE"), Table.Column("HEARTBEAT", rank: 1),
            Table.Column("LEASE ENDS", rank: 4), Table.Column("HOST", rank: 2, shortest: 12),
            Table.Column("PROCESS", rank: 0),
            Table.Column("TASKS", rank: 3, shortest: 12),
        ])
        for form in forms { table.append(form.row) }
        if forms.isEmpty { return try CommandFailure.tell("No node shares this store: nobody runs its jobs.") }
        try CommandFailure.say(table.lines(for: .output).joined(separator: "\n"))
    }
}

/// A node as commands show it.
struct NodeForm {
    let record: NodeRecord
    let storeTime: Instant
    let lease: Duration
    let zone: Zone

    /// Until when the node is believed alive if nothing more is heard of it.
    private var leaseEnd: Instant { record.leaseEnd(lease) }

    /// The word of `docs/commands.md`, with its colour.
    private var state: (word: String, colour: Colour) {
        if record.isDead { return ("dead", .red) }
        return record.isAlive(at: storeTime, lease: lease) ? ("alive", .green) : ("silent", .yellow)
    }

    private var tasks: [String] { record.report.tasks.sorted().map(\.description) }

    var json: JSONValue {
        var form = JSONForm()
        form.add("id", record.report.id.description)
        form.add("state", state.word)
        form.add("last_heartbeat", record.lastHeartbeat, in: zone)
        form.add("lease_until", leaseEnd, in: zone)
        form.add("host", record.report.host)
        form.add("process", Int(record.report.process))
        form.add("tasks", tasks)
        return form.value
    }

    var row: [Table.Cell] {
        let times = ShownTime(now: storeTime)
        return [
            Table.Cell(record.report.id.description),
            Table.Cell(state.word, state.colour),
            Table.Cell(times.distance(record.lastHeartbeat)), Table.Cell(times.distance(leaseEnd)),
            Table.Cell(record.report.host), Table.Cell("\(record.report.process)"),
            Table.Cell(tasks.joined(separator: ", ")),
        ]
    }
}
#endif
