/// The runs that a node has taken and handed to executors.
struct TakenRuns {
    /// The works that have not ended.
    var works: [ObjectIdentifier: RunWork] = [:]
    /// The works whose runs other nodes have taken over. They have to end, and their outcomes are not written.
    var takenOver: Set<ObjectIdentifier> = []
    /// The works that may not have been started, in the order in which they were taken.
    var unstarted: FirstInFirstOut<RunWork> = FirstInFirstOut()
    /// Those whose executors may take longer than others to begin them: few, and in any order.
    var slow: [RunWork] = []

    /// Forgets a work that has ended or was never started.
    ///
    /// - Returns: Whether another node has taken over its run.
    @discardableResult mutating func remove(_ work: RunWork) -> Bool {
        works[ObjectIdentifier(work)] = nil
        return !takenOver.isEmpty && takenOver.remove(ObjectIdentifier(work)) != nil
    }

    /// Asks the works of the given runs to end.
    func cancel(_ runs: [Run.ID]) {
        guard !runs.isEmpty else { return }
        let runs = Set(runs)
        for work in works.values where runs.contains(work.run.id) { work.cancel() }
    }

    /// Asks all works to end, since the node stops.
    func cancelForStop() { for work in works.values { work.cancel(for: .stop) } }
}
