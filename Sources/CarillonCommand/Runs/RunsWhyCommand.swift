import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon runs why`.
struct RunsWhyCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tells why a job ran at a time, or did not.",
        discussion: """
            A time without an offset is read in the job's zone. A date alone means midnight where the job fires then, or \
            else its only time of that day; where there are several, they are told. With --through, lists all runs and all \
            reasons of a stretch of time.

            EXAMPLES
              carillon runs why backup 2026-11-22
              carillon runs why backup 2026-11-22T02:30
              carillon runs why backup 2026-11-01 --through 2026-11-30T23:59
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    @Argument(help: "The job; it may have been removed.")
    var job: String

    @Argument(
        help: "The scheduled time: a date and time, or \(ToldTime.words).", transform: { try ToldTime($0) })
    var time: ToldTime

    @Option(
        help: ArgumentHelp("The end of a stretch that begins with the time.", valueName: "time"),
        transform: { try ToldTime($0) })
    var through: ToldTime?

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        let job = try CommandFailure.jobID(job)
        let zones = try await CommandFailure.catching { () throws(CarillonError) in
            try await opened.zones(of: [job])
        }
        let zone = display.timezone ?? zones[job] ?? opened.zone
        let now = SystemClock().now
        let time = time.moment(in: zone, now: now)
        let first = time.instant(in: zone)
        if let through {
            let last = through.instant(in: zone, now: now)
            guard first <= last else { throw CommandFailure(.usage, "--through: is earlier than the time") }
            return try await say(job, first...last, opened, zone)
        }
        let form = try await CommandFailure.catching { () throws(CarillonError) -> ExplanationForm in
            let day = time.hasTime ? nil : try await DayOccurrences(of: job, on: time, in: zone, opened)
            if let day, day.meant == nil, !day.times.isEmpty {
                return ExplanationForm(
                    job: job, scheduled: first, explanation: .notScheduled, zone: zone, now: now, day: day)
            }
            var scheduled = day?.meant ?? first
            if try await !Self.isKnown(scheduled, of: job, opened, now),
                let shown = try await Self.occurrence(of: job, shownAs: scheduled, opened)
            {
                scheduled = shown
            }
            let explanation = try await opened.store.why(job, at: scheduled, now: now)
            var form = ExplanationForm(job: job, scheduled: scheduled, explanation: explanation, zone: zone, now: now)
            form.waits = try await RunWaits.of(job, in: opened, now: now)
            form.unreadable = try await opened.store.unreadableHistory(of: job, from: scheduled, through: scheduled)
            let told = form.runs.map(\.id) + (form.waits?.troubled ?? [])
            form.names = try await opened.names(of: told, zone: zone, [:])
            if case .notRun(let range) = explanation {
                form.coalescedInto = try await CoalescedInto.of(range, in: opened.store, now: now)
            }
            return form
        }
        try CommandFailure.say(display.json ? form.json.description : form.lines.joined(separator: "\n"))
    }

    /// Whether something is known of that very time: of a job that was removed, what its history has.
    private static func isKnown(
        _ time: Instant, of job: JobID, _ opened: OpenedStore, _ now: Instant
    ) async throws(CarillonError) -> Bool {
        do throws(CarillonError) {
            if case .notScheduled = try await opened.store.why(job, at: time, now: now) { return false }
            return true
        } catch {
            guard error.code == .jobNotFound else { throw error }
            return false
        }
    }

    /// The occurrence that is shown as a time: lists cut times to seconds, and the server to milliseconds.
    private static func occurrence(
        of job: JobID, shownAs time: Instant, _ opened: OpenedStore
    ) async throws(CarillonError) -> Instant? {
        let width: Int64 = time.microseconds % 1_000_000 == 0 ? 1_000_000 : time.microseconds % 1000 == 0 ? 1000 : 1
        let last = time.advanced(byMicroseconds: width - 1)
        var filter = RunFilter()
        filter.job = job
        filter.scheduled = time...last
        if let run = try await opened.store.runs(filter, page: Page(limit: 1)).first {
            return run.id.occurrence.scheduled
        }
        if let range = try await opened.store.reasons(job, from: time, through: last, limit: 1).first,
            range.first >= time
        {
            return range.first
        }
        let snapshot = try await opened.store.found(job, at: SystemClock().now)
        return snapshot?.job.definition.trigger.next(after: time).flatMap { $0 <= last ? $0 : nil }
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
