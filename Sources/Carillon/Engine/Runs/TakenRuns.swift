/// The runs that a node has taken and handed to executors.
struct TakenRuns {
    /// Those that have not ended.
    var works: [ObjectIdentifier: RunWork] = [:]
    /// Those that others have by now: what is still done for them is to end, and the store is not told of it.
    var takenOver: Set<ObjectIdentifier> = []
    /// Those that may not have been started, in the order in which they were taken.
    var unstarted: FirstInFirstOut<RunWork> = FirstInFirstOut()

    /// Forgets a work that has ended, or that was not begun.
    ///
    /// - Returns: Whether another node has its run.
    @discardableResult mutating func remove(_ work: RunWork) -> Bool {
        works[ObjectIdentifier(work)] = nil
        return !takenOver.isEmpty && takenOver.remove(ObjectIdentifier(work)) != nil
    }

    /// Asks the works for some runs to end.
    func cancel(_ runs: [Run.ID]) {
        guard !runs.isEmpty else { return }
        let runs = Set(runs)
        for work in works.values where runs.contains(work.run.id) { work.cancel() }
    }

    /// Asks all works to end, since the node stops.
    func cancelForStop() { for work in works.values { work.cancel(for: .stop) } }
}
