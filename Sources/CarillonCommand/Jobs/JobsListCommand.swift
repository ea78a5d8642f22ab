#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon jobs list`.
struct JobsListCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists jobs.",
        discussion: """
            EXAMPLES
              carillon jobs list
              carillon jobs list --state paused --tag night
              carillon jobs list --sort due --limit 10
            """
    )

    /// What jobs are ordered by.
    enum Order: String, CaseIterable {
        case id, due
    }

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions
    @OptionGroup var page: PageOptions

    @Option(
        help: "Only jobs in this state: \(Choice.list(of: JobFilter.State.self)).",
        completion: Choice.completion(JobFilter.State.self), transform: Choice.read
    )
    var state: JobFilter.State?

    @Option(help: "Only jobs with this tag.")
    var tag: String?

    @Option(help: "Only jobs whose id contains this text.")
    var text: String?

    @Option(help: "Only jobs of this task.")
    var task: String?

    @Flag(help: "Only parked jobs: no node that lives has their task.")
    var parked = false

    @Option(
        help: "What they are ordered by: id (the default) or due.",
        completion: Choice.completion(Order.self), transform: Choice.read
    )
    var sort = Order.id

    func execute() async throws(CommandFailure) {
        let given = try filter()
        let opened = try await store.opened(for: .looking)
        let now = SystemClock().now
        var list = JobList(opened, display: display, now: now)
        var filter = given
        var remarks: [String] = []
        if parked {
            let known = try await CommandFailure.catching { () throws(CarillonError) in
                try await KnownTasks(in: opened.store, lease: opened.lease)
            }
            filter.exceptTasks = known.present
            if !display.json { remarks = try await self.remarks(in: opened, given, known) }
        }
        let found = try await pages(of: opened, filter)
        for listing in found.listings { try list.append(listing) }
        try list.end()
        if !display.json, found.listings.isEmpty {
            try CommandFailure.say(isFiltered ? "There are no such jobs." : "There are no jobs.")
        }
        if !remarks.isEmpty {
            let width = Terminal.output.width
            let lines = remarks.flatMap { $0.printable.wrapped(to: width, indent: 4) }
            try CommandFailure.say(([""] + lines).joined(separator: "\n"))
        }
        if found.hasMore, let last = found.listings.last { PageOptions.hint(last.id) }
    }

    private func filter() throws(CommandFailure) -> JobFilter {
        var filter = JobFilter()
        filter.state = state
        filter.tag = tag
        filter.text = text
        if let task {
            do throws(CarillonError) {
                filter.tasks = [try TaskName(task)]
            } catch {
                throw CommandFailure(error)
            }
        }
        return filter
    }

    /// Whether there may be other jobs than those asked for.
    private var isFiltered: Bool {
        state != nil || tag != nil || text != nil || task != nil || parked || page.after != nil
    }

    /// The most jobs that are looked at for their tasks for failed runs.
    private static let mostJobs = 10_000

    /// What is said of jobs that are not parked, and wait all the same once a run of them has failed.
    private func remarks(
        in opened: OpenedStore, _ filter: JobFilter, _ known: KnownTasks
    ) async throws(CommandFailure) -> [String] {
        let waiting = try await CommandFailure.catching { () throws(CarillonError) in
            try await known.jobsToWait(in: opened.store, filter, atMost: Self.mostJobs)
                .filter { !known.isMissing($0.job.definition.task) }
        }
        let lines = waiting.prefix(page.limit).map { job, task in
            "Job '\(job.id.description.printable)' is not parked, but its task for failed runs waits for "
                + known.words(for: task)
        }
        let rest = waiting.count - lines.count
        return rest > 0 ? lines + ["and \(rest) more"] : lines
    }

    private func pages(
        of opened: OpenedStore, _ filter: JobFilter
    ) async throws(CommandFailure) -> (listings: [JobListing], hasMore: Bool) {
        try await CommandFailure.catching { () throws(CarillonError) in
            var cursor = try await start(in: opened.store)
            var listings: [JobListing] = []
            let progress = Progress("reading jobs")
            defer { progress.end() }
            // One more than asked for tells whether there are more.
            while listings.count <= page.limit {
                let wanted = min(1000, page.limit + 1 - listings.count)
                let next = try await opened.store.jobs(filter, page: Page(after: cursor, limit: wanted))
                listings += next
                cursor = next.last?.cursor(byDue: sort == .due)
                if next.count < wanted { break }
                if listings.count >= 5000 { progress.report(listings.count) }
            }
            let hasMore = listings.count > page.limit
            if hasMore { listings.removeLast(listings.count - page.limit) }
            return (listings, hasMore)
        }
    }

    /// Where the page begins.
    private func start(in store: any JobStore) async throws(CarillonError) -> JobCursor? {
        guard let after = page.after else { return sort == .due ? .beginningByDue : nil }
        guard sort == .due else { return .id(after) }
        return .due(try await store.snapshot(try JobID(after), at: SystemClock().now).job.next?.due, after)
    }
}

extension JobListing {
    /// The id as the store has it.
    var id: String {
        switch self {
        case .job(let job): job.id.description
        case .unreadable(let id, _, _): id
        }
    }
}

/// Jobs as a table or as JSON.
struct JobList {
    private let opened: OpenedStore
    private let display: DisplayOptions
    private let times: ShownTime
    private var json: JSONList?
    private var table = Table([
        Table.Column("ID", shortest: 12, isName: true),
        Table.Column("NAME", rank: 2, shortest: 12),
        Table.Column("STATE"),
        Table.Column("NEXT", rank: 3),
        Table.Column("WHEN", rank: 5),
        Table.Column("TRIGGER", rank: 4, shortest: 16),
        Table.Column("TASK", rank: 1, shortest: 12),
        Table.Column("TAGS", rank: 0, shortest: 12),
    ])

    init(_ opened: OpenedStore, display: DisplayOptions, now: Instant) {
        self.opened = opened
        self.display = display
        times = ShownTime(now: now)
        json = display.json ? JSONList() : nil
    }

    mutating func append(_ listing: JobListing) throws(CommandFailure) {
        switch listing {
        case .job(let job):
            let form = JobForm(job, in: opened, zone: display.timezone)
            guard json == nil else { return try json?.append(form.json) ?? () }
            // Nobody fires it, or with some delay.
            let isOverdue = form.state == .active && job.next.map { $0.due < times.now } ?? false
            // A job that is paused does not fire at the time that it stands at.
            let next = form.state == .paused ? nil : job.next?.due
            table.append([
                Table.Cell(job.id.description), Table.Cell(job.definition.name ?? ""), form.stateCell,
                Table.Cell(job.state == .ended ? "never" : times.clock(next, in: form.zone)),
                Table.Cell(times.distance(next), isOverdue ? .yellow : nil),
                Table.Cell(job.definition.trigger.summary),
                Table.Cell(job.definition.task.description), Table.Cell(job.definition.tags.joined(separator: ", ")),
            ])
        case .unreadable(let id, let due, let reason):
            let form = JobForm.unreadable(id: id, due: due, reason: reason, store: opened.alias)
            guard json == nil else { return try json?.append(form) ?? () }
            table.append([
                Table.Cell(id), Table.Cell(""), Table.Cell("unreadable", .red), Table.Cell(""), Table.Cell(""),
                Table.Cell(reason),
                Table.Cell(""), Table.Cell(""),
            ])
        }
    }

    mutating func end() throws(CommandFailure) {
        guard json == nil else { return try json?.end() ?? () }
        if !table.isEmpty { try CommandFailure.say(table.lines(for: .output).joined(separator: "\n")) }
    }
}
#endif
