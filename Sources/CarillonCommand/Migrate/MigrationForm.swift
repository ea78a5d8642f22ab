#if Command
import Carillon
import CarillonConfiguration
import CarillonTriggers

/// What a migration has done, as commands show it.
struct MigrationForm {
    let source: StoreAddress
    let target: StoreAddress
    let isJSON: Bool
    let zone: Zone

    // MARK: A migration

    func say(_ report: TransferReport, took duration: Duration) throws(CommandFailure) {
        if isJSON { return try CommandFailure.say(json(report, duration).description) }
        warn(report.left)
        let took = ShownTime.duration(
            from: Instant(microseconds: 0), to: Instant(microseconds: duration.wholeMicroseconds))
        let times = ShownTime(now: SystemClock().now)
        switch report.end {
        case .interrupted:
            return Self.remark(
                "Interrupted after \(took), in which \(report.written) were moved to \(target).".printable,
                "The same command goes on with it.")
        case .wasComplete(let since):
            try CommandFailure.tell(
                "Nothing to do: all of \(source) was moved to \(target) by \(times.both(since, in: zone)).".printable)
        case .complete:
            var head = "Moved \(source) to \(target) in \(took)"
            if let continued = report.continued {
                head +=
                    "; it was begun \(times.both(continued, in: zone)), and \(report.written) were still to be moved"
            }
            try CommandFailure.tell("\(head).".printable)
        }
        var table = Table([Table.Column("MOVED"), Table.Column("COUNT"), Table.Column("CHECKSUM OF BOTH")])
        for (name, tally) in report.digest.kinds {
            table.append([Table.Cell(name), Table.Cell("\(tally.count)"), Table.Cell(tally.checksumText)])
        }
        if report.notes > 0 { table.append([Table.Cell("notes"), Table.Cell("\(report.notes)"), Table.Cell("")]) }
        if report.auditEntries > 0 {
            table.append([Table.Cell("audit log"), Table.Cell("\(report.auditEntries)"), Table.Cell("")])
        }
        try CommandFailure.say(table.lines(for: .output).joined(separator: "\n"))
    }

    private func json(_ report: TransferReport, _ duration: Duration) -> JSONValue {
        var form = JSONForm()
        form.add("from", "\(source)")
        form.add("to", "\(target)")
        form.add("dry_run", false)
        var since: Instant?
        switch report.end {
        case .complete: form.add("result", "moved")
        case .interrupted: form.add("result", "interrupted")
        case .wasComplete(let time):
            form.add("result", "unchanged")
            since = time
        }
        form.add("begun", report.continued, in: zone)
        form.add("ended", since, in: zone)
        form.add("seconds", Int(duration.wholeMicroseconds / 1_000_000))
        let written = [report.written.jobs, report.written.runs, report.written.reasons]
        for ((name, tally), written) in zip(report.digest.kinds, written) {
            var kind = JSONForm()
            kind.add("count", tally.count)
            kind.add("checksum", tally.checksumText)
            kind.add("written", written)
            form.add(name, kind.value)
        }
        form.add("notes", report.notes)
        form.add("audit_entries", report.auditEntries)
        var left = JSONForm()
        left.add("unreadable", report.left.unreadable)
        left.add("not_held", report.left.notHeld.total)
        left.add("audit_entries", report.left.auditEntries)
        left.add("pruned_runs", report.left.prunedRuns)
        left.add("lines", report.left.lines)
        form.add("left", left.value)
        return form.value
    }

    /// Says something on standard error that is not what was asked for.
    private static func remark(_ sentences: String...) {
        var output = OutputBuffer(descriptor: 2)
        let width = Terminal.errors.width
        for line in sentences.flatMap({ $0.wrapped(to: width, indent: 4) }) { output.append(line + "\n") }
        // Of no weight for what was done.
        try? output.flush()
    }

    // MARK: What is left

    private func warn(_ left: TransferRemainder) {
        var lines = left.lines
        let further = left.count - lines.count
        if further > 0 { lines.append("and \(further) more are not moved") }
        if left.auditEntries > 0 {
            lines.append("\(left.auditEntries) entries of the audit log are not moved: \(target) keeps none")
        }
        if left.prunedRuns > 0 {
            lines.append(
                "\(left.prunedRuns) runs that the history does not have any more are counted at \(source) alone: counts "
                    + "are made anew from the history")
        }
        CommandFailure.warn(lines)
    }

    /// Why a migration that has left something did not succeed.
    static func refusal(of left: TransferRemainder) -> String {
        var parts: [String] = []
        if left.unreadable > 0 { parts.append("\(left.unreadable) that cannot be read") }
        if left.notHeld.total > 0 { parts.append("\(left.notHeld) that the target cannot hold") }
        return "all is moved but \(parts.joined(separator: " and "))"
    }

    // MARK: A dry run

    func say(_ plan: StoreTransfer.Plan) throws(CommandFailure) {
        if isJSON {
            var form = JSONForm()
            form.add("from", "\(source)")
            form.add("to", "\(target)")
            form.add("dry_run", true)
            form.add("begun", plan.continued, in: zone)
            form.add("ended", plan.completed, in: zone)
            form.add("source", Self.json(plan.source))
            form.add("target", Self.json(plan.target))
            return try CommandFailure.say(form.value.description)
        }
        let times = ShownTime(now: SystemClock().now)
        if let completed = plan.completed {
            return try CommandFailure.tell(
                "All of \(source) was moved to \(target) by \(times.both(completed, in: zone)).".printable,
                "Without --dry-run it is looked whether they are still the same.")
        }
        var lines = ["\(plan.source) would be moved from \(source) to \(target)."]
        if let continued = plan.continued {
            lines.append(
                "\(plan.target) are there, from a migration that was begun \(times.both(continued, in: zone)) and would be "
                    + "gone on with.")
        }
        try CommandFailure.tell(lines.map(\.printable).joined(separator: " "))
    }

    private static func json(_ counts: TransferCounts) -> JSONValue {
        var form = JSONForm()
        form.add("jobs", counts.jobs)
        form.add("runs", counts.runs)
        form.add("reasons", counts.reasons)
        return form.value
    }
}
#endif
