#if Command
import Carillon
import CarillonTriggers

extension Run.ID {
    /// Reads what `description` writes: `backup/1/2026-11-22T16:00:00+00:00/scheduled/0/1`. A job id may have slashes.
    ///
    /// - Throws: `CommandFailure` with `badInput`, saying what a run's id is like.
    init(reading text: String) throws(CommandFailure) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 6 else { throw Self.refusal(text, nil) }
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

    private static func refusal(_ text: String, _ reason: String?) -> CommandFailure {
        CommandFailure(
            .badInput,
            "'\(text.prefix(300).description.printable)' is no run: \(reason.map { "it \($0); " } ?? "")a run is called by its job and its time, "
                + "such as backup/2026-11-22T17:00+01:00, as 'carillon runs list' shows it"
        )
    }
}

extension OpenedStore {
    /// So many of the runs that a text may mean are named.
    private static let mostNamed = 5

    /// One run, by its name, its id, or the id of its occurrence.
    ///
    /// - Parameter zone: That of a time without an offset, where not that of the job.
    /// - Throws: `CommandFailure`: `badInput` where the text is like none of them, `refused` where there is no such run, or
    ///   where several may be meant.
    func run(_ text: String, zone: Zone? = nil) async throws(CommandFailure) -> Run {
        if let run = try await runIfNamed(by: text, zone) { return run }
        let id = try Run.ID(reading: text)
        throw CommandFailure(.refused, "there is no run '\(id)'")
    }

    /// The run that a text names, or the last one of the job that it names: that with the latest scheduled time.
    ///
    /// - Throws: `CommandFailure`: `badInput` where the text names neither, `refused` where there is no such run.
    func runOrLast(of text: String, zone: Zone? = nil) async throws(CommandFailure) -> Run {
        if let run = try await runUnlessJob(text, zone) { return run }
        guard let job = try? JobID(text) else { return try await run(text, zone: zone) }
        var filter = RunFilter()
        filter.job = job
        let wanted = filter
        let (last, isThere) = try await CommandFailure.catching { () throws(CarillonError) in
            let last = try await store.runs(wanted, page: Page(limit: 1)).first
            return (last, try await store.found(job, at: SystemClock().now) != nil)
        }
        if let last { return last }
        guard isThere else { return try await run(text, zone: zone) }
        throw CommandFailure(.refused, "job '\(text.printable)' has no runs")
    }

    /// The run that a text names; `nil` if it is like no name of a run, or a job is called like that.
    func runUnlessJob(_ text: String, _ zone: Zone?) async throws(CommandFailure) -> Run? {
        do throws(CommandFailure) {
            return try await runIfNamed(by: text, zone)
        } catch {
            guard error.status == .refused, let job = try? JobID(text),
                (try? await store.found(job, at: SystemClock().now)) != nil
            else { throw error }
            return nil
        }
    }

    /// The run that a text names; `nil` if it is like no name of a run.
    private func runIfNamed(by text: String, _ zone: Zone?) async throws(CommandFailure) -> Run? {
        if let id = try? Run.ID(reading: text) { return try await run(id, called: text) }
        // What a command is told of its occurrence has no attempt.
        let occurrence = try? Run.ID(reading: "\(text)/1")
        guard let name = RunName(text) else {
            guard let occurrence else { return nil }
            return try await run(occurrence, called: text)
        }
        let found = try await CommandFailure.catching { () throws(CarillonError) in
            try await meant(by: name, zone)
        }
        if let only = found.runs.first, found.runs.count == 1 { return try await run(only, called: text) }
        if found.runs.isEmpty, let occurrence { return try await run(occurrence, called: text) }
        guard !found.runs.isEmpty else {
            let unreadable = UnreadableHistory.sentence(found.unreadable, "of the history of that time")
            throw CommandFailure(
                .refused,
                "there is no run '\(text.printable)'; "
                    + (unreadable.map { String($0.dropLast()) }
                        ?? "'carillon runs list --job \(StoreFile.quoted(name.job.description.printable))' shows those of "
                        + "the job")
                    + (found.reading.map { "; its \($0)" } ?? ""))
        }
        let names = found.runs.prefix(Self.mostNamed).map { found.names[$0].printable }
        let further = found.runs.count - names.count
        throw CommandFailure(
            .refused,
            "'\(text.printable)' may be \(found.isMore ? "more than " : "")\(found.runs.count) runs: name one of them, such as "
                + (further > 0 ? "\(names.joined(separator: ", "))" : EnglishText.list(names, "or")))
    }

    private func run(_ id: Run.ID, called text: String) async throws(CommandFailure) -> Run {
        let run = try await CommandFailure.catching { () throws(CarillonError) in try await store.run(id) }
        if let run { return run }
        let (job, time) = (id.occurrence.job, id.occurrence.scheduled)
        let unreadable = try await CommandFailure.catching { () throws(CarillonError) in
            try await store.unreadableHistory(of: job, from: time, through: time)
        }
        let more = UnreadableHistory.sentence(unreadable, "of the history of that time").map { "; \($0.dropLast())" }
        throw CommandFailure(.refused, "there is no run '\(text.printable)'\(more ?? "")")
    }

    /// The runs that a name may mean, with what tells them apart.
    private func meant(
        by name: RunName, _ zone: Zone?
    ) async throws(CarillonError) -> (runs: [Run.ID], isMore: Bool, unreadable: Int, names: RunNames, reading: String?)
    {
        let reading = zone == nil ? try await reading(of: name.moment, for: name.job) : nil
        let zones = try await zones(of: [name.job])
        let zone = zone ?? zones[name.job] ?? self.zone
        let time = name.time(in: zone)
        var found: [Run.ID] = []
        var isMore = false
        // What is of that very time comes first, whatever else there is.
        for stretch in [time...time, name.stretch(in: zone)] where found.isEmpty {
            var filter = RunFilter()
            filter.job = name.job
            filter.scheduled = stretch
            let runs = try await store.runs(filter, page: Page(limit: 1000)).map(\.id)
            found = name.meant(of: runs, in: zone)
            isMore = runs.count == 1000
        }
        let several = found.count > 1 ? Array(found.prefix(Self.mostNamed)) : []
        let stretch = name.stretch(in: zone)
        let unreadable =
            found.isEmpty
            ? try await store.unreadableHistory(of: name.job, from: stretch.lowerBound, through: stretch.upperBound) : 0
        return (
            found, isMore && found.count > 1, unreadable, try await names(of: several, zone: zone, [:]),
            found.isEmpty ? reading : nil
        )
    }

    /// What an error says of the zone in which a time was read, where neither the time nor the job has one, as when the job
    /// is gone. It goes on from `the` or `its`.
    func reading(of moment: Moment, for job: JobID) async throws(CarillonError) -> String? {
        guard moment.offset == nil, try await zones(of: [job])[job] == nil else { return nil }
        return "time was read in \(zone.identifier): one with an offset, such as \(moment.example), is exact, and "
            + "--config names the zone of others"
    }

    /// The zones of jobs, to show times of their runs in: those of their triggers, and the configuration's for others.
    func zones(of jobs: Set<JobID>) async throws(CarillonError) -> [JobID: Zone] { try await store.zones(of: jobs) }
}

extension JobStore {
    /// The zones of jobs whose triggers have one.
    func zones(of jobs: Set<JobID>) async throws(CarillonError) -> [JobID: Zone] {
        var zones: [JobID: Zone] = [:]
        let ids = jobs.sorted()
        for start in stride(from: 0, to: ids.count, by: 500) {
            var query = JobQuery(now: SystemClock().now)
            query.ids = Array(ids[start..<min(start + 500, ids.count)])
            for snapshot in try await find(query) {
                zones[snapshot.job.id] = snapshot.job.definition.trigger.ownZone
            }
        }
        return zones
    }
}

extension Moment {
    /// The same time with an offset.
    fileprivate var example: String {
        Moment(wall: wall, microseconds: microseconds, offset: 3600).description
    }
}
#endif
