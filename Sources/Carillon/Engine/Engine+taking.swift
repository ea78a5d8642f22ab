package import CarillonTriggers
import Synchronization

/// What may be set once more after the engine was made, until it is started.
struct EngineSettings {
    var zone: Zone
    var policies: JobPolicies
    var lease: Duration
}

/// Taking over what a configuration says, before the start.
extension Engine {
    /// Takes the zone of triggers that name none, the policies of jobs that have none, and the lease.
    ///
    /// - Throws: `CarillonError` with `wrongState` if the scheduler runs.
    package nonisolated func take(zone: Zone, policies: JobPolicies, lease: Duration) throws(CarillonError) {
        guard !isRunning else { throw Self.isTooLate }
        settings.withLock { $0 = EngineSettings(zone: zone, policies: policies, lease: lease) }
    }

    /// Takes job stores and executors. Those that had the same aliases are let go, and not closed.
    ///
    /// - Throws: `CarillonError` with `wrongState` if the scheduler runs, or if a store that would be let go has jobs; or a
    ///   store's error.
    package func take(
        stores: [String: any JobStore], executors taken: [String: any JobExecutor]
    ) async throws(CarillonError) {
        for alias in stores.keys.sorted() {
            guard let store = lanes[alias]?.store else { continue }
            var pages = JobPages(limit: 1)
            guard let first = try await pages.next(of: store)?.first else { continue }
            let id =
                switch first {
                case .job(let job): job.id.description
                case .unreadable(let id, _, _): id
                }
            throw CarillonError(
                .wrongState,
                "job '\(id)' was added to the job store '\(alias)', whose place another one would take; declare jobs "
                    + "with declareJob before the start, or add them after it")
        }
        // It may have been started while the stores were asked.
        guard phase == .idle, !isRunning else { throw Self.isTooLate }
        // The others are watched anew as well, by the lease of now.
        for (alias, store) in lanes.mapValues(\.store).merging(stores, uniquingKeysWith: { $1 }) {
            lanes[alias] = makeLane(of: store, alias)
        }
        for (alias, executor) in taken {
            executors[alias]?.executor.shutdown()
            executors[alias] = ExecutorSlot(executor)
        }
        executorAliases.withLock { $0.merge(taken.mapValues(\.runsFunctions)) { $1 } }
    }

    private static var isTooLate: CarillonError {
        CarillonError(.wrongState, "the scheduler runs; give it a configuration before it is started")
    }
}
