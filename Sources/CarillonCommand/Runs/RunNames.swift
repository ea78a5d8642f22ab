#if Command
import Carillon
import CarillonTriggers

/// The shortest names by which commands find runs again.
struct RunNames {
    private var names: [Run.ID: String] = [:]

    /// Its id where nobody has looked for a shorter name.
    subscript(run: Run.ID) -> String { names[run] ?? run.description }

    /// So many runs of one second are told apart; more are called by their ids.
    private static let mostInASecond = 200

    /// Looks for the names of some runs.
    ///
    /// - Parameters:
    ///   - isLasting: Whether the names of runs that somebody asks for have the parts of the second, so that they stay
    ///     valid when another one is asked for in that second.
    ///   - zone: That in which the times of a job's runs are shown.
    init(
        of runs: [Run.ID], in store: any JobStore, isLasting: Bool = false, zone: (JobID) -> Zone
    ) async throws(CarillonError) {
        for (job, runs) in Dictionary(grouping: runs, by: \.occurrence.job) {
            let zone = zone(job)
            let seconds = Set(runs.map(\.occurrence.scheduled.flooredSeconds)).sorted()
            var known: [Int64: [Run.ID]] = [:]
            // Runs of a list often follow each other closely: one question for many, and for fewer where there are more
            // runs between them.
            var stretches = [seconds[...]]
            while let stretch = stretches.popLast(), let first = stretch.first, let last = stretch.last {
                let limit = min(1000, 2 * stretch.count + Self.mostInASecond)
                var filter = RunFilter()
                filter.job = job
                filter.scheduled = Instant(seconds: first)...Instant(seconds: last).advanced(byMicroseconds: 999_999)
                let found = stretch.count > 400 ? [] : try await store.runs(filter, page: Page(limit: limit)).map(\.id)
                if stretch.count <= 400, found.count < limit {
                    known.merge(Dictionary(grouping: found, by: \.occurrence.scheduled.flooredSeconds)) { $1 }
                } else if stretch.count > 1 {
                    stretches.append(stretch.prefix(stretch.count / 2))
                    stretches.append(stretch.dropFirst(stretch.count / 2))
                }
            }
            for run in runs {
                guard let others = known[run.occurrence.scheduled.flooredSeconds] else { continue }
                names[run] = run.names(in: zone, isLasting: isLasting).first {
                    RunName($0)?.meant(of: others, in: zone) == [run]
                }
            }
        }
    }
}

extension OpenedStore {
    /// The names of runs, with times in a zone that is asked for, or else in that of each job.
    ///
    /// - Parameter zones: The zones of jobs that have one.
    func names(
        of runs: [Run.ID], zone: Zone?, _ zones: [JobID: Zone]
    ) async throws(CarillonError) -> RunNames {
        try await RunNames(of: runs, in: store) { zone ?? zones[$0] ?? self.zone }
    }

    /// The name of one run, with its time in a zone that is asked for, or else in that of its job.
    func name(of run: Run.ID, zone: Zone? = nil) async throws(CarillonError) -> String {
        try await name(of: run, zone, isLasting: false)
    }

    /// The same for whoever asked for the run, and may come back to it by that name: a run that is asked for in the same
    /// second later does not take it away.
    func lastingName(of run: Run.ID, zone: Zone? = nil) async throws(CarillonError) -> String {
        try await name(of: run, zone, isLasting: true)
    }

    private func name(of run: Run.ID, _ zone: Zone?, isLasting: Bool) async throws(CarillonError) -> String {
        let zones = try await zones(of: [run.occurrence.job])
        return try await RunNames(of: [run], in: store, isLasting: isLasting) { zone ?? zones[$0] ?? self.zone }[run]
    }
}
#endif
