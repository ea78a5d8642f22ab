#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon runs list`.
struct RunsListCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists runs, the latest scheduled first.",
        discussion: """
            EXAMPLES
              carillon runs list --job backup --limit 10
              carillon runs list --outcome failed --since 2026-11-22
              carillon runs list --since 6h
              carillon runs list --state running
              carillon runs list --kind manual
            """
    )

    /// Where a run stands.
    enum State: String, CaseIterable {
        case waiting, ready, running, finished

        fileprivate var filter: RunFilter.State {
            switch self {
            case .waiting: .waiting
            case .ready: .ready
            case .running: .running
            case .finished: .finished(nil)
            }
        }
    }

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions
    @OptionGroup var page: PageOptions

    @Option(help: "Only runs of this job; it may have been removed.")
    var job: String?

    @Option(
        help: "Only runs that ended like this: \(Choice.list(of: Outcome.self)).",
        completion: Choice.completion(Outcome.self), transform: Choice.read
    )
    var outcome: Outcome?

    @Option(
        help: "Only runs in this state: \(Choice.list(of: State.self)).",
        completion: Choice.completion(State.self), transform: Choice.read
    )
    var state: State?

    @Option(help: RunKind.help, completion: RunKind.completion, transform: RunKind.read)
    var kind: Occurrence.Kind?

    @Option(help: "Only runs that this node runs now.")
    var node: String?

    @Option(
        help: ArgumentHelp(
            "Only runs scheduled at this time or later: a date and time, or \(ToldTime.words).", valueName: "time"),
        transform: { try ToldTime($0) })
    var since: ToldTime?

    @Option(
        help: ArgumentHelp(
            "Only runs scheduled at this time or earlier; a day, a minute or a second is meant to its end.",
            valueName: "time"),
        transform: { try ToldTime($0) })
    var until: ToldTime?

    func validate() throws {
        if outcome != nil, let state, state != .finished {
            throw ValidationError("a run that is \(state.rawValue) has no outcome: leave out --state or --outcome")
        }
    }

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        let filter = try filter(in: display.timezone ?? opened.zone)
        let after: Run.ID? = if let text = page.after { try await cursor(text, in: opened) } else { nil }
        let (runs, unreadable, zones, names) = try await CommandFailure.catching { () throws(CarillonError) in
            var runs: [Run] = []
            var unreadable = 0
            while runs.count <= page.limit {
                let wanted = min(1000, page.limit + 1 - runs.count)
                let next = try await opened.store.listing(
                    filter, page: Page(after: runs.last?.id ?? after, limit: wanted))
                runs += next.runs
                unreadable += next.unreadable
                if next.runs.count < wanted { break }
            }
            let zones = try await opened.zones(of: Set(runs.map(\.id.occurrence.job)))
            // Programs tell runs apart by their ids.
            let named = display.json ? runs.suffix(2) : runs[...]
            return (runs, unreadable, zones, try await opened.names(of: named.map(\.id), zone: display.timezone, zones))
        }
        let shown = runs.prefix(page.limit).map { run in
            RunForm(
                run, zone: display.timezone ?? zones[run.id.occurrence.job] ?? opened.zone)
        }
        if display.json {
            var list = JSONList()
            for run in shown { try list.append(run.json(isWhole: false)) }
            try list.end()
        } else {
            let table = RunTable(shown, names, now: SystemClock().now)
            try CommandFailure.say(
                table.isEmpty
                    ? isFiltered ? "There are no such runs." : "There are no runs."
                    : table.lines.joined(separator: "\n"))
        }
        if let words = UnreadableHistory.sentence(unreadable, "of these runs") {
            CommandFailure.warn(["\(words) 'carillon doctor' says of which jobs."])
        }
        if runs.count > page.limit, let last = shown.last { PageOptions.hint(names[last.run.id]) }
    }

    /// The run behind which the page begins; an id counts whether or not its run is there.
    private func cursor(_ text: String, in opened: OpenedStore) async throws(CommandFailure) -> Run.ID {
        if let id = try? Run.ID(reading: text) { return id }
        return try await opened.run(text, zone: display.timezone).id
    }

    /// Whether there may be other runs than those asked for.
    private var isFiltered: Bool {
        job != nil || outcome != nil || state != nil || kind != nil || node != nil || since != nil || until != nil
            || page.after != nil
    }

    private func filter(in zone: Zone) throws(CommandFailure) -> RunFilter {
        var filter = RunFilter()
        do throws(CarillonError) {
            filter.job = try job.map { (text) throws(CarillonError) in try JobID(text) }
            filter.node = try node.map { (text) throws(CarillonError) in try NodeID(text) }
        } catch {
            throw CommandFailure(error)
        }
        filter.kind = kind
        filter.state = outcome.map { .finished($0) } ?? state?.filter
        let first = since?.instant(in: zone) ?? .earliest
        let last = until?.end(in: zone) ?? .latest
        guard first <= last else { throw CommandFailure(.usage, "--since: is later than --until") }
        if since != nil || until != nil { filter.scheduled = first...last }
        return filter
    }
}
#endif
