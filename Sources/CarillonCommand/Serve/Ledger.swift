package import CarillonTriggers

/// The jobs of a file and the runs of their occurrences, kept in an SQLite file.
///
/// Every occurrence of a job has a row in `runs` or lies in a range of `reasons`. Either is written in the transaction
/// that advances the job, before the command starts; the outcome follows in a second one. No clock is read here.
package final class Ledger {
    /// A run that this server has made its own and has to start.
    package struct Claim: Hashable, Sendable {
        package let jobID: String
        package let scheduled: Instant
        package let due: Instant
        /// 1, and one more for every server that died over it.
        package let attempt: Int
    }

    /// Why the occurrences from `first` to `last`, `count` of them, did not run.
    package struct Reason: Hashable, Sendable {
        package let jobID: String
        package let first: Instant
        package let last: Instant
        package let count: Int
        /// `coalesced` or `skipped`.
        package let outcome: String
        package let text: String
    }

    /// How a run ended: `succeeded`, `failed`, `cancelled` or `lost`.
    package struct Completion: Sendable {
        package let claim: Claim
        package let outcome: String
        package let started: Instant?
        package let finished: Instant
        package let exitCode: Int?
        package let error: String?

        package init(
            _ claim: Claim, _ outcome: String, from started: Instant?, to finished: Instant, exitCode: Int? = nil,
            error: String? = nil
        ) {
            (self.claim, self.outcome, self.started) = (claim, outcome, started)
            (self.finished, self.exitCode, self.error) = (finished, exitCode, error)
        }
    }

    /// How often a run is started again after its server died; after that it is lost.
    package static let maximumRecoveries = 3

    struct Job {
        /// The trigger as the file has it, and its zone: what tells whether it was changed.
        let definition: String
        /// The trigger with its phase fixed.
        let trigger: Trigger
    }

    let database: Database
    let node: Int
    private(set) var jobs: [String: Job] = [:]

    /// - Parameters:
    ///   - path: The SQLite file; it is made where there is none.
    ///   - node: The number of this server among those that share the file.
    package init(path: String, node: Int) throws(CommandFailure) {
        self.node = node
        database = try Database(path: path)
        try database.makeTables()
    }

    /// Makes the jobs kept equal to those of a file: an unchanged trigger goes on where it was, a new or changed one
    /// begins now, and of a job that is gone from the file only runs and reasons are kept.
    ///
    /// - Parameter isContested: Whether another server is serving from the database: then nothing may change. Called
    ///   under the lock for writing.
    /// - Throws: `CommandFailure` with `conflict` where another server serves other jobs.
    package func adopt(
        _ file: JobsFile, now: Instant, isContested: () throws(CommandFailure) -> Bool = { false }
    ) throws(CommandFailure) {
        try database.transaction { () throws(CommandFailure) in
            let isContested = try isContested()
            let kept = try database.rows("SELECT id, definition, anchor FROM jobs") {
                (id: $0.text(0), definition: $0.text(1), anchor: $0.time(2))
            }
            var known = Dictionary(kept.map { ($0.id, $0) }) { first, _ in first }
            for job in file.jobs {
                let definition = "\(job.trigger?.json.description ?? "once") \(file.zone.identifier)"
                let old = known.removeValue(forKey: job.id)
                let isKnown = old?.definition == definition
                let anchor = isKnown ? old?.anchor ?? now : now
                let trigger = job.trigger?.anchored(at: anchor) ?? Trigger(.date(DateTrigger(Moment(anchor))))
                jobs[job.id] = Job(definition: definition, trigger: trigger)
                if isKnown { continue }
                if isContested { throw conflict(over: job.id) }
                var first = trigger.next(after: now.advanced(byMicroseconds: -1))
                // A date that has passed is late, not void.
                if case .date(let date) = trigger.kind, try !hasRun(job.id, at: date.fireTime) { first = date.fireTime }
                try database.run("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, NULL, NULL)", job.id, definition, anchor)
                try advance(job.id, trigger, to: first)
            }
            if isContested, let id = known.keys.min() { throw conflict(over: id) }
            for id in known.keys { try database.run("DELETE FROM jobs WHERE id = ?", id) }
        }
    }

    /// Whether an occurrence has its run already, as of a job taken out of the file and put back.
    private func hasRun(_ id: String, at scheduled: Instant) throws(CommandFailure) -> Bool {
        try !database.rows("SELECT 1 FROM runs WHERE job_id = ? AND scheduled = ?", id, scheduled, read: { _ in })
            .isEmpty
    }

    private func conflict(over id: String) -> CommandFailure {
        CommandFailure(
            .conflict,
            "\(database.path): another server is serving from it, and its jobs are others ('\(id)' differs); stop it, or name "
                + "another place with --state")
    }

    /// When the next occurrence of each job is due, the soonest first; nothing for jobs that have ended.
    package func schedule(limit: Int) throws(CommandFailure) -> [(jobID: String, due: Instant?)] {
        try database.rows("SELECT id, next_due FROM jobs ORDER BY next_due IS NULL, next_due LIMIT ?", limit) {
            ($0.text(0), $0.isNull(1) ? nil : $0.time(1))
        }
    }

    /// Claims the latest due occurrence of each job, records why the others do not run, and advances the jobs.
    ///
    /// - Parameter limit: The most jobs to look at; the others stay due.
    package func fire(now: Instant, limit: Int) throws(CommandFailure) -> (claims: [Claim], reasons: [Reason]) {
        // Most wake-ups find nothing, and to look needs no lock.
        guard limit > 0, let soonest = try schedule(limit: 1).first?.due, soonest <= now else { return ([], []) }
        return try database.transaction { () throws(CommandFailure) in
            var claims: [Claim] = []
            var reasons: [Reason] = []
            let due = try database.rows(
                "SELECT id, definition, next_scheduled FROM jobs WHERE next_due <= ? ORDER BY next_due LIMIT ?",
                now, limit
            ) { (id: $0.text(0), definition: $0.text(1), first: $0.time(2)) }
            for (id, definition, first) in due {
                guard let job = jobs[id], job.definition == definition else {
                    throw CommandFailure(
                        .conflict, "\(database.path): a server with another jobs file has changed '\(id)'")
                }
                try fire(id, job.trigger, from: first, now, &claims, &reasons)
            }
            return (claims, reasons)
        }
    }

    /// Fires a job of which `first` is the first occurrence that was not fired yet. What became due since is worked out
    /// from the calendar, however much it is.
    private func fire(
        _ id: String, _ trigger: Trigger, from first: Instant, _ now: Instant, _ claims: inout [Claim],
        _ reasons: inout [Reason]
    ) throws(CommandFailure) {
        let times = trigger.due(after: first.advanced(byMicroseconds: -1), through: now)
        var latest = max(first, times?.latest ?? first)
        var earlier = (times?.count ?? 1) - 1
        // Jitter may put the last one off, but never beyond the next.
        if latest > first, trigger.due(scheduled: latest, jobID: id) > now {
            latest = trigger.previous(before: latest) ?? first
            earlier -= 1
        }
        if earlier > 0, let last = trigger.previous(before: latest) {
            let text = "into the occurrence after them"
            reasons.append(
                Reason(jobID: id, first: first, last: last, count: earlier, outcome: "coalesced", text: text))
            try record(reasons[reasons.count - 1])
        }
        let due = trigger.due(scheduled: latest, jobID: id)
        if try !database.rows("SELECT 1 FROM runs WHERE job_id = ? AND outcome IS NULL", id, read: { _ in }).isEmpty {
            let text = "at the instance limit"
            reasons.append(Reason(jobID: id, first: latest, last: latest, count: 1, outcome: "skipped", text: text))
            try record(reasons[reasons.count - 1])
        } else if try database.run(
            // An occurrence that has its run already, as of a job taken out of the file and put back, is done.
            "INSERT OR IGNORE INTO runs (job_id, scheduled, due, attempt, node) VALUES (?, ?, ?, 1, ?)",
            id, latest, due, node
        ) > 0 {
            claims.append(Claim(jobID: id, scheduled: latest, due: due, attempt: 1))
        }
        try advance(id, trigger, to: trigger.next(after: latest))
    }

    private func advance(_ id: String, _ trigger: Trigger, to next: Instant?) throws(CommandFailure) {
        try database.run(
            "UPDATE jobs SET next_scheduled = ?, next_due = ? WHERE id = ?",
            next, next.map { trigger.due(scheduled: $0, jobID: id) }, id
        )
    }

    /// Adds a range of reasons, or widens the one that it continues without a gap.
    private func record(_ reason: Reason) throws(CommandFailure) {
        let previous = jobs[reason.jobID]?.trigger.previous(before: reason.first)
        let widened = try database.run(
            "UPDATE reasons SET last = ?, count = count + ? WHERE job_id = ? AND last = ? AND outcome = ? AND reason = ?",
            reason.last, reason.count, reason.jobID, previous, reason.outcome, reason.text
        )
        if widened > 0 { return }
        // The same ones again, as of a job taken out of the file and put back, have their reason already.
        try database.run(
            "INSERT OR IGNORE INTO reasons VALUES (?, ?, ?, ?, ?, ?)",
            reason.jobID, reason.first, reason.last, reason.count, reason.outcome, reason.text
        )
    }
}
