#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon runs follow`.
struct RunsFollowCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Writes a line when a run starts and when it ends, or the output of one run while it runs.",
        discussion: """
            Of all runs, or those of a job, it tells until Ctrl-C, looking once a second; also of those that lose their node \
            and wait to be run again. With --json, each line is an object with the key 'event' (started, interrupted, \
            recovered, givenBack or ended) and the keys of a run.

            Of one run it writes the output to standard output, and how the run stands to standard error, until the run \
            ends. The exit status is 0 where it succeeded and 1 where it did not. Output comes some two seconds after it \
            was written; of more than 64 KiB in such a time the end is shown. With --json, each line is an object with \
            the key 'event' (started, output, progress, recovered or ended).

            EXAMPLES
              carillon runs follow backup
              carillon runs follow backup/2026-11-22T17:00+01:00
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    @OptionGroup var output: RawOption

    @Argument(help: ArgumentHelp("Only runs of this job, or only this run.", valueName: "job-or-run"))
    var target: String?

    @Option(help: RunKind.help, completion: RunKind.completion, transform: RunKind.read)
    var kind: Occurrence.Kind?

    func validate() throws {
        if kind != nil, let target, (try? Run.ID(reading: target)) != nil || RunName(target) != nil {
            throw ValidationError("--kind: chooses among the runs of jobs; leave it out where one run is named")
        }
    }

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        if let target, let run = try await opened.runUnlessJob(target, display.timezone) {
            var follower = RunFollower(run.id, display: display, raw: output)
            return try await follower.follow(opened)
        }
        let job = try target.map { (text) throws(CommandFailure) in try CommandFailure.jobID(text) }
        if let job {
            // A job that is not there is more often misspelt than still to come.
            _ = try await CommandFailure.catching { () throws(CarillonError) in
                try await opened.store.snapshot(job, at: SystemClock().now)
            }
        }
        var watch = RunWatch(store: opened.store, job: job, kind: kind, since: SystemClock().now)
        while !Task.isCancelled {
            let current = watch
            let (next, events) = try await CommandFailure.catching { () throws(CarillonError) in
                var next = current
                let events = try await next.look()
                return (next, events)
            }
            watch = next
            let (names, zones) = try await CommandFailure.catching { () throws(CarillonError) in
                let zones = try await opened.zones(of: Set(events.map(\.run.id.occurrence.job)))
                let runs = display.json ? [] : events.map(\.run.id)
                return (try await opened.names(of: runs, zone: display.timezone, zones), zones)
            }
            for event in events {
                try say(event, names, display.timezone ?? zones[event.run.id.occurrence.job] ?? opened.zone)
            }
            do {
                try await Task.sleep(for: .seconds(1))
            } catch {
                return
            }
        }
    }

    private func say(_ event: RunWatch.Event, _ names: RunNames, _ zone: Zone) throws(CommandFailure) {
        let run = event.run
        let form = RunForm(run, zone: zone)
        var sentence: String?
        if event.kind == .interrupted || event.kind == .recovered { sentence = run.recoveryWords }
        if display.json {
            return try CommandFailure.say(form.json(event: event.kind.rawValue, sentence: sentence).description)
        }
        let terminal = Terminal.output
        let clock = ShownTime(now: SystemClock().now).clock(event.time, in: zone)
        var (word, colour, more) = (event.kind.rawValue, Colour?.some(.yellow), "")
        switch event.kind {
        case .started: colour = .cyan
        case .interrupted, .recovered: more = sentence.map { ": \($0)" } ?? ""
        case .givenBack: (word, more) = ("given back", ": its node had no room for it")
        case .ended:
            (word, colour) = (form.word, form.colour)
            if !form.duration.isEmpty { more += ", took \(form.duration)" }
            if let error = run.error?.printableLines.first { more += ": \(error)" }
        }
        try CommandFailure.say("\(clock)  \(terminal.painted(word, colour))  \(names[run.id].printable)\(more)")
    }
}
#endif
