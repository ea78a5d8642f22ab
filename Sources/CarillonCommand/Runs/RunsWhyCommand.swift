#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon runs why`.
struct RunsWhyCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tells why a job ran at a time, or did not.",
        discussion: """
            A time without an offset is read in the job's zone. A second or a minute means what begins within it. A date \
            alone means midnight where the job fires then, or else its only time of that day; where there are several, \
            they are told. Other runs of that time, such as those that people asked for, are shown below. With \
            --through, lists all runs and all reasons of a stretch of time.

            EXAMPLES
              carillon runs why backup 2026-11-22
              carillon runs why backup 2026-11-22T02:30
              carillon runs why backup/2026-11-22T02:30+01:00
              carillon runs why backup 2026-11-01 --through 2026-11-30
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    @Argument(
        help: ArgumentHelp(
            "The job, which may have been removed; or a run, which stands for its job and its time.",
            valueName: "job-or-run"))
    var job: String

    @Argument(
        help: "The scheduled time: a date and time, or \(ToldTime.words).", transform: { try ToldTime($0) })
    var time: ToldTime?

    @Option(
        help: ArgumentHelp(
            "The end of a stretch that begins with the time; a day, a minute or a second is meant to its end.",
            valueName: "time"),
        transform: { try ToldTime($0) })
    var through: ToldTime?

    func validate() throws {
        if time == nil, RunName(job) == nil, (try? Run.ID(reading: job)) == nil {
            throw ValidationError(
                "give a time as well, such as \(StoreFile.quoted(job.printable)) 2026-11-22T02:30, or the name of a run, "
                    + "such as backup/2026-11-22T02:30+01:00")
        }
    }

    /// What is asked about: a job and a time, or a run, by its id or its name.
    private func question() throws(CommandFailure) -> (job: JobID, time: ToldTime, kind: Occurrence.Kind?) {
        if let time { return (try CommandFailure.jobID(job), time, nil) }
        if let name = RunName(job) { return (name.job, ToldTime(name.moment, name.precision), name.kind) }
        let occurrence = try Run.ID(reading: job).occurrence
        return (occurrence.job, ToldTime(Moment(occurrence.scheduled), .length(1)), occurrence.kind)
    }

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        let (job, time, kind) = try question()
        let (zones, reading) = try await CommandFailure.catching { () throws(CarillonError) in
            (
                try await opened.zones(of: [job]),
                display.timezone == nil ? try await opened.reading(of: time.moment(in: opened.zone), for: job) : nil
            )
        }
        let zone = display.timezone ?? zones[job] ?? opened.zone
        let now = SystemClock().now
        let stretch = time.stretch(in: zone, now: now)
        do throws(CommandFailure) {
            if let through {
                let last = through.end(in: zone, now: now)
                guard stretch.lowerBound <= last else {
                    throw CommandFailure(.usage, "--through: is earlier than the time")
                }
                return try await say(job, stretch.lowerBound...last, opened, zone)
            }
            let form = try await CommandFailure.catching { () throws(CarillonError) in
                let meant = try await MeantOccurrence(of: job, kind, in: stretch, time.precision, opened, now: now)
                return try await Self.form(of: meant, job, zone, opened, now)
            }
            try CommandFailure.say(display.json ? form.json.description : form.lines.joined(separator: "\n"))
        } catch {
            guard error.code == .jobNotFound, let reading else { throw error }
            throw CommandFailure(error.status, "\(error); the \(reading)", code: error.code)
        }
    }

    private static func form(
        of meant: MeantOccurrence, _ job: JobID, _ zone: Zone, _ opened: OpenedStore, _ now: Instant
    ) async throws(CarillonError) -> ExplanationForm {
        var form = ExplanationForm(
            job: job, scheduled: meant.scheduled, explanation: meant.explanation, zone: zone, now: now)
        if let several = meant.several {
            form.several = several
            return form
        }
        form.others = meant.others
        form.waits = try await RunWaits.of(job, in: opened, now: now)
        form.unreadable = try await opened.store.unreadableHistory(
            of: job, from: meant.stretch.lowerBound, through: meant.stretch.upperBound)
        let told = (form.runs + form.others).map(\.id) + (form.waits?.troubled ?? [])
        form.names = try await opened.names(of: told, zone: zone, [:])
        if case .notRun(let range) = meant.explanation {
            form.coalescedInto = try await CoalescedInto.of(range, in: opened.store, now: now)
        }
        return form
    }

    private static let mostRows = 1000

    private func say(
        _ job: JobID, _ stretch: ClosedRange<Instant>, _ opened: OpenedStore, _ zone: Zone
    ) async throws(CommandFailure) {
        let (runs, names, reasons, unreadable) = try await CommandFailure.catching { () throws(CarillonError) in
            var filter = RunFilter()
            filter.job = job
            filter.scheduled = stretch
            let runs = try await opened.store.runs(filter, page: Page(limit: Self.mostRows))
            let reasons = try await opened.store.reasons(
                job, from: stretch.lowerBound, through: stretch.upperBound, limit: Self.mostRows)
            let unreadable = try await opened.store.unreadableHistory(
                of: job, from: stretch.lowerBound, through: stretch.upperBound)
            if runs.isEmpty, reasons.isEmpty, unreadable == 0 {
                _ = try await opened.store.snapshot(job, at: SystemClock().now)
            }
            return (
                runs.map { RunForm($0, zone: zone) },
                try await opened.names(of: display.json ? [] : runs.map(\.id), zone: zone, [:]),
                reasons.map { ReasonForm(range: $0, zone: zone) }, unreadable
            )
        }
        if display.json {
            var form = JSONForm()
            form.add("job", job.description)
            form.add("from", stretch.lowerBound, in: zone)
            form.add("through", stretch.upperBound, in: zone)
            form.add("runs", .array(runs.map { $0.json(isWhole: false) }))
            form.add("reasons", .array(reasons.map(\.json)))
            form.add("unreadable", unreadable)
            return try CommandFailure.say(form.value.description)
        }
        let now = SystemClock().now
        var lines: [String] = []
        if runs.isEmpty { lines.append("There are no runs of that time.") }
        if !runs.isEmpty { lines += RunTable(runs, names, now: now).lines }
        if reasons.isEmpty {
            let words = "There are no reasons of that time why it was not run."
            lines += [""] + words.wrapped(to: Terminal.output.width, indent: 4)
        } else {
            var table = Table([
                Table.Column("REASON"), Table.Column("COUNT"), Table.Column("FIRST", mayStandBelow: true),
                Table.Column("LAST", mayStandBelow: true), Table.Column("RECORDED", rank: 0),
            ])
            for reason in reasons { table.append(reason.row(ShownTime(now: now))) }
            lines += ["", "Not run"] + table.lines(for: .output)
        }
        let width = Terminal.output.width
        if let words = UnreadableHistory.sentence(unreadable, "of the history of that time") {
            lines += [""] + words.wrapped(to: width, indent: 4)
        }
        if runs.count == Self.mostRows || reasons.count == Self.mostRows {
            let words = "There may be more: only the latest \(Self.mostRows) are shown."
            lines += [""] + words.wrapped(to: width, indent: 4)
        }
        try CommandFailure.say(lines.joined(separator: "\n"))
    }
}
#endif
