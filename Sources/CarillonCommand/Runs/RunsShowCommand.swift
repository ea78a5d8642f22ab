#if Command
import ArgumentParser
import Carillon
import CarillonTriggers
import Foundation

/// `carillon runs show`.
struct RunsShowCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one run with its error, its result and the end of its log.",
        discussion: """
            Of a run that is running, progress and log are shown as far as they have come; 'runs follow' goes on from \
            there.

            EXAMPLES
              carillon runs show backup
              carillon runs show backup/2026-11-22
              carillon runs show backup/2026-11-22T17:00+01:00
              carillon runs show backup/2026-11-22T17:00+01:00 --log > log.txt
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var display: DisplayOptions

    @Argument(help: ArgumentHelp("The run, or a job, whose last run is shown.", valueName: "run-or-job"))
    var run: String

    @Option(
        name: .customLong("lines"), parsing: .unconditional,
        help: "How many of the log's last lines are shown, 0 to 100000.")
    var lineCount = 40

    @Flag(help: "Write the log alone, as far as it is kept: byte for byte to a file or a pipe.")
    var log = false

    @OptionGroup var output: RawOption

    func validate() throws {
        guard (0...100_000).contains(lineCount) else {
            throw ValidationError("--lines: '\(lineCount)' is not a number from 0 to 100000")
        }
        if output.raw, !log { throw ValidationError("--raw is for --log: give both") }
        if log, display.json { throw ValidationError("--log writes the log alone: leave out --json") }
    }

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        let run = try await opened.runOrLast(of: run, zone: display.timezone)
        if log {
            let log = run.log ?? []
            let shown = output.terminalText.map { (text) in
                var text = text
                return text.bytes(of: log) + text.end
            }
            return try CommandFailure.writing { () throws(POSIXFailure) in
                var output = OutputBuffer(descriptor: 1)
                output.append(shown ?? log)
                try output.flush()
            }
        }
        let job = run.id.occurrence.job
        let now = SystemClock().now
        let (zones, unreadable, waits, name) = try await CommandFailure.catching { () throws(CarillonError) in
            (
                try await opened.zones(of: [job]),
                try await opened.store.unreadableHistory(of: job, from: .earliest, through: .latest),
                run.isOpen ? try await RunWaits.of(job, in: opened, now: now)?.words(of: run.id) : nil,
                try await opened.name(of: run.id, zone: display.timezone)
            )
        }
        let form = RunForm(run, zone: display.timezone ?? zones[job] ?? opened.zone)
        // Of another time or attempt: which is not always to be told.
        let place = "of the history of job '\(job)', which may be later runs and attempts,"
        if let words = UnreadableHistory.sentence(unreadable, place) { CommandFailure.warn([words]) }
        guard display.json else {
            return try CommandFailure.say(lines(form, name, waits, ShownTime(now: now)).joined(separator: "\n"))
        }
        guard case .object(let members) = form.json(isWhole: true) else { return }
        let wait = JSONValue.Member("waits", waits.map { .string($0) } ?? .null)
        try CommandFailure.say(JSONValue.object(members + [wait]).description)
    }

    /// - Parameter waits: Why it waits, where it does.
    private func lines(_ form: RunForm, _ name: String, _ waits: String?, _ times: ShownTime) -> [String] {
        let terminal = Terminal.output
        let run = form.run
        var facts = Facts()
        facts.add("run", whole: name)
        if name != run.id.description { facts.add("id", whole: run.id.description) }
        facts.add("job", run.id.occurrence.job.description)
        let wish =
            run.isCancelRequested && run.isOpen
            ? "; its node has been asked to cancel it" : waits.map { "; it \($0)" } ?? ""
        facts.add(run.isOpen ? "state" : "outcome", form.word, form.colour, wish)
        facts.add("scheduled", times.both(run.id.occurrence.scheduled, in: form.zone))
        if run.id.occurrence.kind != .scheduled { facts.add("kind", run.id.occurrence.kind.rawValue) }
        if run.id.attempt > 1 { facts.add("attempt", "\(run.id.attempt)") }
        if run.due != run.id.occurrence.scheduled { facts.add("due", times.clock(run.due, in: form.zone)) }
        if run.started == nil, run.isOpen { facts.add("available", times.both(run.available, in: form.zone)) }
        if let started = run.started {
            let late = run.lateStart.map { ", \(ShownTime.duration(from: $0, to: started)) late" }
            facts.add("started", times.clock(started, in: form.zone) + (late ?? ""))
        }
        if let finished = run.finished {
            let took = form.duration
            facts.add("finished", times.clock(finished, in: form.zone) + (took.isEmpty ? "" : ", took \(took)"))
        }
        if let node = run.node { facts.add("node", node.description) }
        if let progress = run.progress { facts.add("progress", progress.words) }
        if let noted = run.noted { facts.add("said last", times.both(noted, in: form.zone)) }
        if let task = run.task { facts.add("task", task.description) }
        if run.recoveries > 0 { facts.add("recoveries", "its node died or stopped \(run.recoveryCount)") }
        for (name, text) in run.result?.words(named: "result") ?? [] { facts.add(name, whole: text) }
        if let error = form.remark {
            let rows = error.printableLines
            // Of an open run it says what became of it before, or what is to become of it.
            facts.add(
                run.isOpen ? "remark" : "error", rows.first ?? "", run.isOpen ? .yellow : .red,
                rows.count > 1 ? " …" : "")
        }
        var lines = facts.lines(for: terminal)
        if let error = form.remark, error.printableLines.count > 1 { lines += ["", "Error"] + error.printableLines }
        if let log = run.log, !log.isEmpty, lineCount > 0 {
            var rows = String(decoding: log, as: UTF8.self).printableLines
            if rows.last == "" { rows.removeLast() }
            let left = rows.count - min(rows.count, lineCount)
            let title = run.isOpen ? "Log so far" : "Log"
            lines += ["", left > 0 ? "\(title) (the last \(lineCount) of \(rows.count) lines)" : title]
            lines += rows.suffix(lineCount)
        }
        return lines
    }
}
#endif
