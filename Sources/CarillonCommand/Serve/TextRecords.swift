#if Command
import Carillon
import CarillonTriggers

/// Records as lines for people.
struct TextRecords {
    let zone: Zone
    /// What they are written for.
    let terminal: Terminal
    /// How many columns the ids of jobs have, so that outcomes stand below each other.
    var jobWidth = 0

    /// Longer ids push the rest of their lines to the right.
    private static let mostJobWidth = 24

    /// How many columns jobs take.
    static func width(of jobs: some Sequence<String>) -> Int {
        jobs.reduce(0) { width, job in
            let columns = job.columns
            return columns > mostJobWidth ? width : max(width, columns)
        }
    }

    /// What goes on from a line of the banner stands below its text.
    private static let bannerIndent = 9

    /// The most names that a line tells.
    private static let nameLimit = 20

    /// What becomes of a run that has no outcome: until it is begun, a later occurrence may take its place.
    private static let again = "waits to be run again"

    /// One line or more, the last one ended too.
    func text(_ record: ServeRecord, at now: Instant) -> String {
        switch record {
        case .started(let banner): text(banner)
        case .began(let id):
            line(now, id.occurrence.job, "started") + (id.attempt > 1 ? "  attempt \(id.attempt)" : "")
                + text(of: id.occurrence, now) + "\n"
        case .ended(let id, let outcome, let error, let run): text(id, outcome, error, run, now)
        case .notRun(let range): line(now, range.job, range.reason.rawValue) + text(range, now) + "\n"
        case .retrying(let id, let time):
            line(now, id.occurrence.job, "retrying") + "  attempt \(id.attempt) at \(text(time))\n"
        case .recovered(let id):
            line(now, id.occurrence.job, "recovered") + "  its node is gone; the run of "
                + "\(text(id.occurrence.scheduled)) \(Self.again)\n"
        case .interrupted(let id, let isKept):
            line(now, id.occurrence.job, "interrupted") + "  by the stop of the server; the run of "
                + "\(text(id.occurrence.scheduled)) \(isKept ? Self.again : "is forgotten with its store in memory")\n"
        case .reloaded(let difference, let sources):
            "\(text(now))  reloaded \(Self.list(sources)): \(Self.text(difference))\n"
        case .stopping(let runs, let deadline):
            "\(text(now))  stopping\(Self.wait(for: runs, deadline))\n"
        case .forced(let runs):
            "\(text(now))  stopping now" + (runs.isEmpty ? "\n" : ": ending \(Self.count(runs.count, "run"))\n")
        case .stopped(let left, let unwritten): "\(text(now))  stopped\(Self.rest(left, unwritten))\n"
        case .untold(let count): "\(text(now))  \(Self.count(count, "event")) not shown: too many at once\n"
        }
    }

    private func text(_ banner: ServeBanner) -> String {
        let sources = banner.sources.isEmpty ? "the jobs of its store" : Self.list(banner.sources)
        var lines = ["carillon \(BuiltIn.version) serves \(sources)"]
        for store in banner.stores {
            lines.append("  store  \(banner.stores.count > 1 ? "\(store.alias): " : "")\(store.address)")
        }
        lines.append("  zone   \(banner.zone.identifier)")
        lines.append("  node   \(banner.node)")
        lines.append("  tasks  \(banner.tasks.joined(separator: ", "))")
        // A server without a configuration leaves the jobs of its store as they are.
        if banner.difference != JobsDifference() || !banner.sources.isEmpty {
            lines.append("  jobs   \(banner.jobCount): \(Self.text(banner.difference))")
        }
        let width = Self.width(of: banner.next.map(\.id.description.printable))
        for (index, job) in banner.next.enumerated() {
            let time = job.next.map { text($0.due).prefix(19) } ?? ""
            let id = Self.padded(job.id.description.printable, to: width)
            lines.append("  \(index == 0 ? "next" : "    ")   \(time)  \(id)  \(job.definition.trigger.summary)")
        }
        return lines.flatMap { $0.printable.wrapped(to: terminal.width, indent: Self.bannerIndent) }
            .joined(separator: "\n") + "\n"
    }

    /// `3 added, 1 changed (a), 1 removed (b), 4 unchanged`.
    private static func text(_ difference: JobsDifference) -> String {
        var parts: [String] = []
        for (ids, word) in [
            (difference.added, "added"), (difference.changed, "changed"), (difference.removed, "removed"),
            (difference.takenOver, "taken over from another origin"), (difference.unreadable, "unreadable"),
        ] where !ids.isEmpty {
            parts.append("\(ids.count) \(word) (\(list(ids.map(\.description))))")
        }
        if difference.unchangedCount > 0 || parts.isEmpty { parts.append("\(difference.unchangedCount) unchanged") }
        return parts.joined(separator: ", ")
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(nameLimit).map(\.printable).joined(separator: ", ")
        return names.count > nameLimit ? "\(shown) and \(names.count - nameLimit) more" : shown
    }

    private static func jobs(_ runs: [Run.ID]) -> String { list(runs.map(\.occurrence.job.description)) }

    /// What a stop waits for.
    private static func wait(for runs: [Run.ID], _ deadline: Duration) -> String {
        guard !runs.isEmpty else { return "" }
        let (they, them) = runs.count == 1 ? ("it is", "it") : ("they are", "them")
        return ": waiting for \(count(runs.count, "run")) (\(jobs(runs))); \(they) asked to end in "
            + "\(seconds(deadline)) s; interrupt again to end \(them) at once"
    }

    /// What a stop leaves to be recovered.
    private static func rest(_ left: [Run.ID], _ unwritten: [Run.ID]) -> String {
        var parts: [String] = []
        if !left.isEmpty {
            parts.append("\(count(left.count, "run")) did not end (\(jobs(left))) and will be recovered")
        }
        if unwritten.count == 1 {
            parts.append("the outcome of 1 run (\(jobs(unwritten))) could not be written, so it will be recovered")
        } else if !unwritten.isEmpty {
            parts.append(
                "the outcomes of \(unwritten.count) runs (\(jobs(unwritten))) could not be written, so they will be "
                    + "recovered")
        }
        return parts.isEmpty ? "" : ": \(parts.joined(separator: "; "))"
    }

    private static func seconds(_ time: Duration) -> String {
        let seconds = time / .seconds(1)
        return seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }

    private static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

    // MARK: Runs

    private func text(_ id: Run.ID, _ outcome: Outcome, _ error: String?, _ run: Run?, _ now: Instant) -> String {
        let job = id.occurrence.job
        // One that waited when it ended may have been begun before.
        let started = run?.node == nil ? nil : run?.started
        // Lines are stamped with when they are told, so that they stand in the order of their times.
        var line = line(now, job, outcome.rawValue)
        if let run, let started {
            if let time = run.workTime { line += "  \(Self.length(from: time.began, to: time.ended))" }
            if let due = run.lateStart { line += "  (\(Self.length(from: due, to: started)) late)" }
        }
        if id.attempt > 1 { line += "  attempt \(id.attempt)" }
        line += text(of: id.occurrence, now)
        let problem = (run?.error ?? error ?? "").printableLines
        if let first = problem.first, !first.isEmpty { line += "  \(first)" }
        while line.last == " " { line.removeLast() }
        line += "\n"
        for rest in problem.dropFirst() { line += "    \(rest)\n" }
        if let log = run?.log {
            var output = String(decoding: log, as: UTF8.self).printableLines
            // What ends with a line end has no line behind it.
            if output.last?.isEmpty == true { output.removeLast() }
            let head = terminal.painted("    \(job.description.printable) |", .faint)
            if log.count >= Run.payloadLimit { line += "\(head) ... (the last \(log.count) bytes)\n" }
            for text in output { line += "\(head) \(text)\n" }
        }
        return line
    }

    /// Why there is a run that the job's trigger did not name.
    private func text(of occurrence: Occurrence, _ now: Instant) -> String {
        switch occurrence.kind {
        case .scheduled: ""
        case .manual: "  manual"
        case .backfill: "  backfill of \(short(occurrence.scheduled, now))"
        case .onFailure: "  after failure of \(short(occurrence.scheduled, now))"
        }
    }

    private func text(_ range: ReasonRange, _ now: Instant) -> String {
        range.count == 1
            ? "  for \(short(range.first, now))"
            : "  \(range.count) occurrences, \(short(range.first, now)) to \(short(range.last, now))"
    }

    /// A time without the day where that is the one that the line begins with.
    private func short(_ time: Instant, _ now: Instant) -> String {
        let text = text(time)
        return text.hasPrefix(self.text(now).prefix(10)) ? String(text.dropFirst(11)) : text
    }

    private func line(_ time: Instant, _ job: JobID, _ word: String) -> String {
        let colour: Colour =
            switch word {
            case Outcome.succeeded.rawValue: .green
            case Outcome.failed.rawValue, Outcome.timedOut.rawValue, Outcome.lost.rawValue: .red
            default: .yellow
            }
        let padding = String(repeating: " ", count: max(0, Self.usualWordWidth - word.count))
        let id = Self.padded(job.description.printable, to: jobWidth)
        return "\(text(time))  \(id)  \(terminal.painted(word, colour))\(padding)"
    }

    /// As long as `succeeded`.
    private static let usualWordWidth = 9

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.columns))
    }

    /// Date and time of day to the millisecond, as a clock in the zone shows it, and with the offset where that clock shows
    /// the time twice.
    private func text(_ time: Instant) -> String {
        let milliseconds = String(1000 + (time.microseconds - time.flooredSeconds * 1_000_000) / 1000).dropFirst()
        let text = Instant(seconds: time.flooredSeconds).formatted(in: zone)
        let parts = text.prefix(19).split(separator: "T")
        return "\(parts.joined(separator: " ")).\(milliseconds)" + (isShownTwice(time) ? " \(text.dropFirst(19))" : "")
    }

    /// Whether clocks are set back within a day of a time by so much that they show it once more, before or after it.
    private func isShownTwice(_ time: Instant) -> Bool {
        let day: Int64 = 86_400 * 1_000_000
        guard let change = zone.nextClockChange(after: time.advanced(byMicroseconds: -day)) else { return false }
        let overlap = Int64(change.offsetBefore - change.offsetAfter) * 1_000_000
        let distance = time.microseconds - change.instant.microseconds
        return overlap > 0 && distance >= -overlap && distance < overlap
    }

    /// Milliseconds, or a coarser unit where they say little.
    private static func length(from start: Instant, to end: Instant) -> String {
        let milliseconds = max(0, end.microseconds - start.microseconds) / 1000
        return switch milliseconds {
        case ..<10_000: "\(milliseconds) ms"
        case ..<600_000: "\(milliseconds / 1000) s"
        case ..<7_200_000: "\(milliseconds / 60_000) min"
        case ..<172_800_000: "\(milliseconds / 3_600_000) h"
        default: "\(milliseconds / 86_400_000) days"
        }
    }
}
#endif
