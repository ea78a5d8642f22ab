#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon jobs backfill`.
struct JobsBackfillCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Runs a job once for each time that its trigger names in the past.",
        discussion: """
            The times from --from through --through are run, both included, the earliest first, whatever became of them \
            before; what is asked for twice runs twice. The runs are of the kind 'backfill' and wait like others of the \
            job; while some wait, what falls due is at the job's limit. A job has at most 1000 of them at a time.

            EXAMPLES
              carillon jobs backfill report --from 2026-11-01 --through 2026-11-07
              carillon jobs backfill import --from 6h --through now
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    @Argument(help: "The job.")
    var id: String

    @Option(
        help: ArgumentHelp("The first time that is meant: a date and time, or \(ToldTime.words).", valueName: "time"),
        transform: { try ToldTime($0) })
    var from: ToldTime

    @Option(
        help: ArgumentHelp(
            "The last time that is meant; a day, a minute or a second is meant to its end. Without it: now.",
            valueName: "time"),
        transform: { try ToldTime($0) })
    var through: ToldTime?

    func execute() async throws(CommandFailure) {
        let id = try CommandFailure.jobID(id)
        let opened = try await store.opened(for: .changing)
        let now = SystemClock().now
        let trigger = try await CommandFailure.catching { () throws(CarillonError) in
            try await opened.store.snapshot(id, at: now).job.definition.trigger
        }
        let zone = display.timezone ?? trigger.ownZone ?? opened.zone
        let first = from.instant(in: zone, now: now)
        let last = through.map { $0.end(in: zone, now: now, latest: now) } ?? now
        let runs = try await CommandFailure.catching { () throws(CarillonError) in
            try await opened.store.backfill(id, from: first, through: last, at: now)
        }
        if display.json {
            var form = JSONForm()
            form.add("job", id.description)
            form.add("from", first, in: zone)
            form.add("through", last, in: zone)
            form.add("runs", runs.map(\.description))
            return try CommandFailure.say(form.value.description)
        }
        let times = ShownTime(now: now)
        let stretch = "from \(times.clock(first, in: zone)) through \(times.clock(last, in: zone))"
        guard let earliest = runs.first, let latest = runs.last else {
            return try CommandFailure.say(
                "Nothing to run: the trigger of '\(id.description.printable)' names no time \(stretch)")
        }
        if let waits = try? await RunWaits.of(id, in: opened, now: SystemClock().now),
            let name = try? await opened.lastingName(of: earliest, zone: display.timezone),
            let warning = waits.warning(of: earliest, called: name)
        {
            CommandFailure.warn([warning])
        }
        try CommandFailure.tell(
            "\(runs.count) run\(runs.count == 1 ? "" : "s") of '\(id.description.printable)' "
                + "\(runs.count == 1 ? "is" : "are") to come, for "
                + (runs.count == 1
                    ? times.clock(earliest.occurrence.scheduled, in: zone)
                    : "\(times.clock(earliest.occurrence.scheduled, in: zone)) to \(times.clock(latest.occurrence.scheduled, in: zone))")
        )
    }
}
#endif
