/// What a store did in a pass.
public struct PassResult: Hashable, Sendable {
    /// For each job that was to be added, in order, the job as it was added, or `nil` if its id is taken.
    public var added: [Job?]
    /// For each job of the batch that was planned last, in order, what was done with its change; `nil` if it has none.
    public var statuses: [CommitStatus?]
    /// When there is next something to do for a node with the query's tasks, after these writes.
    public var earliest: EarliestTimes

    /// Creates a result.
    public init(statuses: [CommitStatus?], earliest: EarliestTimes, added: [Job?] = []) {
        self.added = added
        self.statuses = statuses
        self.earliest = earliest
    }

    /// Creates a result from the changes that were planned and what was done with them.
    ///
    /// - Parameters:
    ///   - changes: What the plan returned last.
    ///   - committed: What was done with the changes that are not `nil`, in order.
    ///   - earliest: See `earliest`.
    ///   - added: See `added`.
    public init(
        _ changes: [JobChange?], committed: [CommitStatus], earliest: EarliestTimes, added: [Job?] = []
    ) {
        var rest = committed[...]
        self.init(
            statuses: changes.map { change in
                if case .none = change { nil } else { rest.popFirst() }
            },
            earliest: earliest, added: added)
    }
}
