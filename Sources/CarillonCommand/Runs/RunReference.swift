import Carillon
import CarillonTriggers

extension Run.ID {
    /// Reads what `description` writes: `backup/1/2026-11-22T16:00:00+00:00/scheduled/0/1`. A job id may have slashes.
    ///
    /// - Throws: `CommandFailure` with `badInput`, saying what a run's id is like.
    init(reading text: String) throws(CommandFailure) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 6 else { throw Self.refusal(text, "has too few parts") }
        let tail = parts.suffix(5).map(String.init)
        let job = parts.dropLast(5).joined(separator: "/")
        guard let generation = Int64(tail[0]), generation >= 0 else {
            throw Self.refusal(text, "has no generation '\(tail[0])'")
        }
        guard let moment = Moment(tail[1]) else { throw Self.refusal(text, "has no time '\(tail[1])'") }
        guard let kind = Occurrence.Kind(rawValue: tail[2]) else {
            throw Self.refusal(text, "has no kind '\(tail[2])'")
        }
        guard let number = Int(tail[3]), number >= 0, let attempt = Int(tail[4]), attempt >= 1 else {
            throw Self.refusal(text, "does not end with a number and an attempt")
        }
        let id: JobID
        do throws(CarillonError) {
            id = try JobID(job)
        } catch {
            throw Self.refusal(text, "has no job: \(error)")
        }
        self.init(
            Occurrence(
                job: id,
                generation: generation,
                scheduled: moment.instant(in: .utc),
                kind: kind,
                number: number
            ),
            attempt: attempt
        )
    }

    private static func refusal(_ text: String, _ reason: String) -> CommandFailure {
        CommandFailure(
            .badInput,
            "'\(text.prefix(300).description.printable)' is no run: it \(reason); a run is called like "
                + "backup/1/2026-11-22T16:00:00+00:00/scheduled/0/1, as 'carillon runs list' shows it"
        )
    }
}

extension OpenedStore {
    /// One run.
    ///
    /// - Throws: `CommandFailure`: `badInput` where the text names none, `refused` where it is not there.
    func run(_ text: String) async throws(CommandFailure) -> Run {
        let id = try Run.ID(reading: text)
        let run = try await CommandFailure.catching { () throws(CarillonError) in try await store.run(id) }
        guard let run else { throw CommandFailure(.refused, "there is no run '\(id)'") }
        return run
    }

    /// The run that a text names, or the last one of the job that it names: that with the latest scheduled time.
    ///
    /// - Throws: `CommandFailure`: `badInput` where the text names neither, `refused` where there is no such run.
    func runOrLast(of text: String) async throws(CommandFailure) -> Run {
        if (try? Run.ID(reading: text)) != nil { return try await run(text) }
        guard let job = try? JobID(text) else { return try await run(text) }
        var filter = RunFilter()
        filter.job = job
        let wanted = filter
        let (last, isThere) = try await CommandFailure.catching { () throws(CarillonError) in
            let last = try await store.runs(wanted, page: Page(limit: 1)).first
            return (last, try await store.found(job, at: SystemClock().now) != nil)
        }
        if let last { return last }
        guard isThere else { return try await run(text) }
        throw CommandFailure(.refused, "job '\(text.printable)' has no runs")
    }

    /// The zones of jobs, to show times of their runs in: those of their triggers, and the configuration's for others.
    func zones(of jobs: Set<JobID>) async throws(CarillonError) -> [JobID: Zone] {
        var zones: [JobID: Zone] = [:]
        let ids = jobs.sorted()
        for start in stride(from: 0, to: ids.count, by: 500) {
            var query = JobQuery(now: SystemClock().now)
            query.ids = Array(ids[start..<min(start + 500, ids.count)])
            for snapshot in try await store.find(query) {
                zones[snapshot.job.id] = snapshot.job.definition.trigger.ownZone
            }
        }
        return zones
    }
}
