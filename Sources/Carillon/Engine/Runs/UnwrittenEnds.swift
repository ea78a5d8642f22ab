import Synchronization

/// The runs that have ended on this node without its store knowing it yet, for the time of one pass.
///
/// A job that is at its limit only because of such a run is not: the run ended after the pass was sent, or its end
/// could not be written.
final class UnwrittenEnds: Sendable {
    private struct Key: Hashable {
        let run: Run.ID
        let fence: Int64
    }

    private struct State {
        var works: [ObjectIdentifier: RunWork]
        let withheld: [Completion]
        /// Built on first use: most passes meet no job at its limit.
        var worksByRun: [Key: RunWork]?
    }

    private let state: Mutex<State>

    /// Creates the ends for one pass.
    ///
    /// - Parameters:
    ///   - works: The works of the node, ended ones included.
    ///   - withheld: Completions that cannot be written at present.
    init(_ works: [ObjectIdentifier: RunWork], _ withheld: [Completion]) {
        state = Mutex(State(works: works, withheld: withheld))
    }

    /// Whether a run that the store says is running on this node has ended.
    func contains(_ run: Run) -> Bool {
        state.withLock { state in
            let key = Key(run: run.id, fence: run.fence)
            if state.withheld.contains(where: { $0.run == run.id && $0.fence == run.fence }) { return true }
            var index = state.worksByRun ?? [:]
            if state.worksByRun == nil {
                for work in state.works.values { index[Key(run: work.run.id, fence: work.run.fence)] = work }
                state.worksByRun = index
            }
            return index[key]?.hasEnded ?? false
        }
    }

    /// Forgets the works, so that their owner need not copy them to change them.
    func clear() {
        state.withLock { state in
            state.works = [:]
            state.worksByRun = nil
        }
    }
}
