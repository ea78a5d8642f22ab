public import CarillonTriggers

extension JobStore {
    /// Ends the runs that a dead node has left and whose jobs are gone: as `lost` or, where somebody wanted them
    /// cancelled, as `cancelled`. To be called once a pass with the node in `runningOn` has recovered the runs whose jobs
    /// are there, and before the node is forgotten; calling it again does no harm.
    ///
    /// - Returns: The runs that were ended, as they were before.
    @discardableResult
    public func endRunsWithoutJob(on node: NodeID, at now: Instant) async throws(CarillonError) -> [Run] {
        var filter = RunFilter()
        filter.node = node
        filter.state = .running
        var page = Page<Run.ID>(limit: 1000)
        var ended: [Run] = []
        while true {
            let runs = try await self.runs(filter, page: page)
            let completions = runs.map { run in
                Completion(
                    run: run.id,
                    fence: run.fence,
                    finished: now,
                    result: run.isCancelRequested
                        ? .ended(.cancelled) : .ended(.lost, error: "\(Run.death), and its job was removed")
                )
            }
            // Refused where the job is there.
            let answers = try await complete(withoutJob: completions)
            ended += zip(runs, answers).filter(\.1).map(\.0)
            guard runs.count == page.limit, let last = runs.last else { return ended }
            page.after = last.id
        }
    }
}
