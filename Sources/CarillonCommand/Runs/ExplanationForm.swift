#if Command
import Carillon
import CarillonTriggers

/// What became of one time of a job, for people and as JSON.
struct ExplanationForm {
    let job: JobID
    let scheduled: Instant
    let explanation: OccurrenceExplanation
    let zone: Zone
    let now: Instant
    /// What the job and its runs wait for, where the job is there.
    var waits: RunWaits?
    /// The occurrence that it was made one with, where that is known.
    var coalescedInto: CoalescedInto?

    /// How many rows of the history of that time cannot be read.
    var unreadable = 0
    /// What the runs are called that are told of.
    var names: RunNames?

    /// The other runs of the stretch of time that was given, such as those that people asked for in that second.
    var others: [Run] = []

    /// The times of the day or the minute, where that has several and no more was given.
    var several: StretchOccurrences?

    private var times: ShownTime { ShownTime(now: now) }

    /// The case by its name.
    private var word: String {
        switch explanation {
        case .ran: "ran"
        case .queued: "queued"
        case .notRun: "notRun"
        case .perhapsNotRun: "perhapsNotRun"
        case .paused: "paused"
        case .upcoming: "upcoming"
        case .notScheduled: "notScheduled"
        case .beforeJob: "beforeJob"
        case .unreadable: "unreadable"
        case .unknown: "unknown"
        }
    }

    /// One sentence.
    private var sentence: String {
        let name = "'\(job.description.printable)'"
        let time = times.clock(scheduled, in: zone)
        switch explanation {
        case .ran(let runs):
            return "\(name) ran for \(time): \(words(of: runs))."
                + (runs.last?.recoveryWords.map { " \($0)" } ?? "")
        case .queued(let run):
            let again = run.recoveryWords.map { " \($0)" } ?? ""
            let words = waits?.sentence(of: run.id) ?? "is \(RunForm(run, zone: zone).word)"
            return "The run of \(name) for \(time) \(words)\(words.last == "?" ? "" : ".")\(again)"
        case .notRun(let range):
            return "\(name) did not run at \(time): \(ReasonForm(range: range, zone: zone).words)."
                + (coalescedWords.map { " \($0)" } ?? "")
        case .perhapsNotRun(let range):
            return "\(name) had another trigger at \(time), or is gone; occurrences around that time did not run: "
                + "\(ReasonForm(range: range, zone: zone).words)."
        case .paused(let since):
            return "\(name) is due for \(time) and paused since \(times.clock(since, in: zone)); it will be skipped."
        case .upcoming(let next):
            if next.due <= now, let waits, let task = waits.job {
                return "\(name) is due for \(time), \(times.distance(scheduled)), and waits for "
                    + waits.words(for: task)
            }
            if scheduled == next.scheduled, scheduled <= now, next.due > now {
                return "\(name) is due for \(time) and waits out its jitter: it runs "
                    + "\(times.clock(next.due, in: zone)), \(times.distance(next.due))."
            }
            return scheduled == next.scheduled
                ? "\(name) comes next at \(time), \(times.distance(scheduled))."
                : "\(name) is to run at \(time), \(times.distance(scheduled)); next comes "
                    + "\(times.clock(next.scheduled, in: zone))."
        case .notScheduled:
            // Cut to a second it might be said of a time at which it does.
            let isWhole = scheduled.microseconds % 1_000_000 == 0
            return "The trigger of \(name) does not fire at \(isWhole ? time : scheduled.formatted(in: zone))"
                + "\(several?.words(in: zone) ?? "")."
        case .beforeJob(let added): return "\(name) was added later, \(times.clock(added, in: zone))."
        case .unreadable(let count):
            return "What became of \(name) at \(time) cannot be told: \(UnreadableHistory.words(count)) of its history "
                + "cannot be read."
        case .unknown: return "\(name) was due at \(time), and the history of that time is gone."
        }
    }

    /// What became of a run, the last attempt at it: `failed, after 2 attempts`.
    private func words(of runs: [Run]) -> String {
        var last = runs.last.map { RunForm($0, zone: zone).word } ?? ""
        // Whoever cancelled it may have said why.
        if let run = runs.last, run.state == .finished(.cancelled), let reason = run.error {
            last += ": \(reason.printable)"
        }
        return last + (runs.count > 1 ? ", after \(runs.count) attempts" : "")
    }

    /// A sentence on the occurrence that it was made one with.
    private var coalescedWords: String? {
        guard let other = coalescedInto else { return nil }
        let one = "That was the one of \(times.clock(other.scheduled, in: zone)),"
        switch other.explanation {
        case .ran(let runs): return "\(one) which ran: \(words(of: runs))."
        case .queued(let run): return "\(one) whose run is \(RunForm(run, zone: zone).word)."
        case .notRun(let range):
            return "\(one) which did not run either: \(ReasonForm(range: range, zone: zone).words)."
        case .unreadable: return "\(one) whose history cannot be read."
        case .unknown: return "\(one) whose history is gone."
        case .perhapsNotRun, .paused, .upcoming, .notScheduled, .beforeJob: return nil
        }
    }

    /// That there may be more than what is told; `nil` if the sentence says it, or there is not.
    private var unreadableWords: String? {
        if case .unreadable = explanation { return nil }
        return UnreadableHistory.sentence(unreadable, "of the history of that time")
    }

    /// The runs behind it.
    var runs: [Run] { explanation.runs }

    /// The sentence, what the job waits for besides, the runs behind it and the others of that time.
    var lines: [String] {
        let told: Run.ID? = if case .queued(let run) = explanation { run.id } else { nil }
        let width = Terminal.output.width
        guard let names else { return sentence.wrapped(to: width, indent: 4) }
        let sentences = ([sentence] + (waits?.lines(names, without: told) ?? []))
            .flatMap { $0.wrapped(to: width, indent: 4) }
        func table(_ runs: [Run], _ titles: [String]) -> [String] {
            runs.isEmpty ? [] : titles + RunTable(runs.map { RunForm($0, zone: zone) }, names, now: now).lines
        }
        let tables = table(runs, [""]) + table(others, ["", "Other runs of that time"])
        return sentences + tables + (unreadableWords.map { ["", $0] } ?? [])
    }

    /// The object that `docs/commands.md` describes.
    var json: JSONValue {
        var form = JSONForm()
        form.add("job", job.description)
        form.add("scheduled", scheduled, in: zone)
        form.add("explanation", word)
        form.add("sentence", sentence)
        var reason: ReasonRange?
        var time: (since: Instant?, added: Instant?, next: Instant?)
        switch explanation {
        case .notRun(let range), .perhapsNotRun(let range): reason = range
        case .paused(let since): time.since = since
        case .upcoming(let next): time.next = next.scheduled
        case .beforeJob(let added): time.added = added
        case .ran, .queued, .notScheduled, .unreadable, .unknown: break
        }
        form.add("runs", .array(runs.map { RunForm($0, zone: zone).json(isWhole: false) }))
        form.add("other_runs", .array(others.map { RunForm($0, zone: zone).json(isWhole: false) }))
        form.add("reason", reason.map { ReasonForm(range: $0, zone: zone).json })
        form.add("coalesced_into", coalescedInto?.scheduled, in: zone)
        form.add("paused_since", time.since, in: zone)
        form.add("next_scheduled", time.next, in: zone)
        form.add("added", time.added, in: zone)
        form.add("waiting_for_tasks", waits?.json)
        form.add("unreadable", unreadable)
        return form.value
    }
}

/// Why occurrences were not run, as commands show it.
struct ReasonForm {
    let range: ReasonRange
    let zone: Zone

    /// The reason's own word and what it means.
    var words: String {
        let meaning =
            switch range.reason {
            case .missed: "no node could fire it within its misfire grace"
            case .coalesced: "it was made one with another occurrence that was due with it"
            case .instanceLimit: "as many runs of the job were open as may be"
            case .queueFull: "as many runs waited as may"
            case .replaced: "a later occurrence, due with it, took its place"
            case .triggerReplaced: "the job was given another trigger when its time had come"
            case .zoneChanged: "newer rules of the time zone moved the time when it had come"
            case .clockStep: "another reason was withdrawn, since the clock was set back and the time lay ahead again"
            case .jobRemoved: "the job was removed when its time had come"
            case .jobPaused: "the job was paused"
            case .schedulerPaused: "the scheduler was paused"
            }
        let size = range.count > 1 ? " (one of \(range.count) in a row)" : ""
        return "\(range.reason.rawValue), that is, \(meaning)\(size)"
    }

    var json: JSONValue {
        var form = JSONForm()
        form.add("reason", range.reason.rawValue)
        form.add("count", range.count)
        form.add("first", range.first, in: zone)
        form.add("last", range.last, in: zone)
        form.add("generation", range.generation)
        form.add("recorded", range.recorded, in: zone)
        return form.value
    }

    func row(_ times: ShownTime) -> [Table.Cell] {
        [
            Table.Cell(range.reason.rawValue, .yellow), Table.Cell("\(range.count)"),
            Table.Cell(times.clock(range.first, in: zone)), Table.Cell(times.clock(range.last, in: zone)),
            Table.Cell(times.clock(range.recorded, in: zone)),
        ]
    }
}
#endif
