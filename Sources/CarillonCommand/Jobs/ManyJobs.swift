#if Command
import Carillon
import CarillonTriggers

/// Brings many jobs into a store: looks first whether that may be, so that nothing is brought where it may not.
struct ManyJobs {
    private static let batch = 500

    /// What became of the jobs, or would.
    struct Account {
        var results: [(id: JobID, result: JobBringing.Result)] = []

        /// What can become of jobs that are brought.
        static let kinds: [JobBringing.Result] = [.added, .replaced, .kept, .unchanged]

        /// Tells how many there are of each kind of result or, as JSON, which.
        func say(
            _ form: FormOptions, dryRun: Bool, kinds: [JobBringing.Result] = Self.kinds
        ) throws(CommandFailure) {
            if form.json { return try CommandFailure.say(self.form(dryRun: dryRun, kinds: kinds).value.description) }
            let counts = kinds.map { (ids(of: $0).count, $0.rawValue) }.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            if counts.isEmpty { return try CommandFailure.say("There are no jobs.") }
            let text = counts.joined(separator: ", ")
            try CommandFailure.say(dryRun ? "Would be: \(text)" : text.prefix(1).uppercased() + text.dropFirst())
        }

        /// The ids of each kind of result, as JSON.
        func form(dryRun: Bool, kinds: [JobBringing.Result]) -> JSONForm {
            var form = JSONForm()
            for kind in kinds { form.add(kind.rawValue, ids(of: kind)) }
            form.add("dry_run", dryRun)
            return form
        }

        private func ids(of kind: JobBringing.Result) -> [String] {
            results.filter { $0.result == kind }.map(\.id.description)
        }
    }

    let store: any JobStore
    let ifTaken: IfTaken
    /// What a terminal is told meanwhile.
    let action: String

    /// Brings the jobs, in order.
    ///
    /// - Throws: `CommandFailure`: `refused`, with a line for each id that is taken where that is to fail.
    func bring(_ entries: [JobExport.Entry], dryRun: Bool) async throws(CommandFailure) -> Account {
        let progress = Progress(action)
        defer { progress.end() }
        do throws(CarillonError) {
            for entry in entries { try entry.definition.policies.validate() }
        } catch {
            throw CommandFailure(error)
        }
        let there = try await taken(entries.map(\.id))
        if ifTaken == .fail, !there.isEmpty {
            var failures = there.keys.sorted().prefix(20).map {
                CommandFailure(bringing.taken($0))
            }
            if there.count > 20 { failures.append(CommandFailure(.refused, "and \(there.count - 20) more")) }
            throw CommandFailure(failures)
        }
        var account = Account()
        for part in entries.batches(of: Self.batch) {
            if dryRun {
                for entry in part { account.results.append((entry.id, try wouldBe(entry, there))) }
            } else {
                account.results += try await bring(part, there)
            }
            progress.report(account.results.count, of: entries.count)
        }
        return account
    }

    private var bringing: JobBringing { JobBringing(store: store, ifTaken: ifTaken) }

    private func wouldBe(
        _ entry: JobExport.Entry, _ there: [JobID: JobSnapshot]
    ) throws(CommandFailure) -> JobBringing.Result {
        guard let snapshot = there[entry.id] else { return .added }
        guard ifTaken == .replace else { return .kept }
        do throws(CarillonError) {
            return try bringing.wouldChange(snapshot, by: Self.job(entry, SystemClock().now)) ? .replaced : .unchanged
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func job(_ entry: JobExport.Entry, _ now: Instant) -> NewJob {
        NewJob(id: entry.id, definition: entry.definition, added: now, isPaused: entry.state == .paused)
    }

    /// The jobs that have the ids already.
    private func taken(_ ids: [JobID]) async throws(CommandFailure) -> [JobID: JobSnapshot] {
        try await CommandFailure.catching { () throws(CarillonError) in
            var there: [JobID: JobSnapshot] = [:]
            for part in ids.batches(of: Self.batch) {
                var query = JobQuery(now: SystemClock().now)
                query.ids = part
                for snapshot in try await store.find(query) { there[snapshot.job.id] = snapshot }
            }
            return there
        }
    }

    private func bring(
        _ entries: [JobExport.Entry], _ there: [JobID: JobSnapshot]
    ) async throws(CommandFailure) -> [(JobID, JobBringing.Result)] {
        try await CommandFailure.catching { () throws(CarillonError) in
            let now = SystemClock().now
            let jobs = entries.map { Self.job($0, now) }
            var inserted: [JobID: Job] = [:]
            for job in try await store.insert(jobs.filter { there[$0.id] == nil }) {
                if let job { inserted[job.id] = job }
            }
            var results: [(JobID, JobBringing.Result)] = []
            for (entry, job) in zip(entries, jobs) {
                if let added = inserted[job.id] {
                    if entry.state == .ended, added.state != .ended {
                        try await store.edit(job.id, at: now) { (snapshot) throws(CarillonError) in snapshot.ended() }
                    }
                    results.append((job.id, .added))
                    continue
                }
                switch ifTaken {
                // Somebody was quicker.
                case .fail: throw bringing.taken(job.id)
                case .keep: results.append((job.id, .kept))
                case .replace: results.append((job.id, try await bringing.replace(job) ? .replaced : .unchanged))
                }
            }
            return results
        }
    }
}
#endif
