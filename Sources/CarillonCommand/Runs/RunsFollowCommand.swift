import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon runs follow`.
struct RunsFollowCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Writes a line when a run starts and when it ends, or the output of one run while it runs.",
        discussion: """
            Of all runs, or those of a job, it tells until Ctrl-C, looking once a second. With --json, each line is an \
            object with the key 'event' (started or ended) and the keys of a run.

            Of one run it writes the output to standard output, and how the run stands to standard error, until the run \
            ends. The exit status is 0 where it succeeded and 1 where it did not. Output comes some two seconds after it \
            was written; of more than 64 KiB in such a time the end is shown. With --json, each line is an object with \
            the key 'event' (started, output, progress, recovered or ended).

            EXAMPLES
              carillon runs follow backup
              carillon runs follow backup/1/2026-11-22T16:00:00+00:00/scheduled/0/1
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    @Argument(help: ArgumentHelp("Only runs of this job, or only this run.", valueName: "job-or-run"))
    var target: String?

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        if let target, let id = try? Run.ID(reading: target) {
            var follower = RunFollower(id, display: display)
            return try await follower.follow(opened)
        }
        let job = try target.map { (text) throws(CommandFailure) in try CommandFailure.jobID(text) }
        if let job {
            // A job that is not there is more often misspelt than still to come.
            _ = try await CommandFailure.catching { () throws(CarillonError) in
                try await opened.store.snapshot(job, at: SystemClock().now)
            }
        }
        var watch = RunWatch(store: opened.store, job: job, since: SystemClock().now)
        while !Task.isCancelled {
            let current = watch
            let (next, events) = try await CommandFailure.catching { () throws(CarillonError) in
                var next = current
                let events = try await next.look()
                return (next, events)
            }
            watch = next
            for event in events { try say(event, opened) }
            do {
                try await Task.sleep(for: .seconds(1))
            } catch {
                return
            }
        }
    }

    private func say(_ event: RunWatch.Event, _ opened: OpenedStore) throws(CommandFailure) {
        let zone = display.timezone ?? opened.zone
        let form = RunForm(event.run, zone: zone)
        if display.json {
            return try CommandFailure.say(form.json(event: event.hasEnded ? "ended" : "started").description)
        }
        let terminal = Terminal.output
        let time = event.hasEnded ? event.run.finished : event.run.started
        let clock = ShownTime(now: SystemClock().now).clock(time, in: zone)
        let word = event.hasEnded ? form.word : "started"
        let took = event.hasEnded && !form.duration.isEmpty ? ", took \(form.duration)" : ""
        let error = event.hasEnded ? event.run.error?.printableLines.first.map { ": \($0)" } ?? "" : ""
        try CommandFailure.say(
            "\(clock)  \(terminal.painted(word, event.hasEnded ? form.colour : .cyan))  "
                + "\(event.run.id.description.printable)\(took)\(error)")
    }
}

/// Notices which runs start and end, by looking again and again.
struct RunWatch {
    /// What happened to a run.
    struct Event {
        let run: Run
        let hasEnded: Bool
    }

    /// How many of the latest runs are looked through for such as started and ended between two looks.
    private static let latest = 500

    private let store: any JobStore
    private let job: JobID?
    private let since: Instant
    private var running: Set<Run.ID> = []
    private var told: Set<Run.ID> = []

    init(store: any JobStore, job: JobID?, since: Instant) {
        self.store = store
        self.job = job
        self.since = since
    }

    /// What has happened since the look before, in the order of its times.
    mutating func look() async throws(CarillonError) -> [Event] {
        var filter = RunFilter()
        filter.job = job
        filter.state = .running
        let now = try await store.runs(filter, page: Page(limit: 1000))
        filter.state = .finished(nil)
        let latest = try await store.runs(filter, page: Page(limit: Self.latest))
        let known = Set(latest.map(\.id))
        var ended = latest.filter { ($0.finished ?? .earliest) >= since && !told.contains($0.id) }
        let missing = running.subtracting(now.map(\.id)).subtracting(known).subtracting(told)
        for id in missing {
            if let run = try await store.run(id), !run.isOpen { ended.append(run) }
        }
        var events = now.filter { !running.contains($0.id) }.map { Event(run: $0, hasEnded: false) }
        for run in ended {
            if !running.contains(run.id), run.started != nil { events.append(Event(run: run, hasEnded: false)) }
            events.append(Event(run: run, hasEnded: true))
        }
        // A run that is taken again after its node died is told of again; one that has ended is not.
        told = told.intersection(known).union(ended.map(\.id))
        running = Set(now.map(\.id))
        func place(_ event: Event) -> (Instant, Int) {
            let time = event.hasEnded ? event.run.finished : event.run.started
            return (time ?? .earliest, event.hasEnded ? 1 : 0)
        }
        return events.sorted { place($0) < place($1) }
    }
}
