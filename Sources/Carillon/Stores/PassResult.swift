/// What a store did in a pass.
public struct PassResult: Hashable, Sendable {
    /// For each job that was to be added, in order, the job as it was added, or `nil` where its id is taken.
    public var added: [Job?]
    /// For each job of the batch that was planned last, in its order, what was done with its change; `nil` where it has
    /// none.
    public var statuses: [CommitStatus?]
    /// When there is next something to do for a node with the query's tasks, once all that is written.
    public var earliest: EarliestTimes

    /// Puts the answer to a pass together.
    public init(statuses: [CommitStatus?], earliest: EarliestTimes, added: [Job?] = []) {
        self.added = added
        self.statuses = statuses
        self.earliest = earliest
    }

    /// Puts the answer to a pass together.
    ///
    /// - Parameters:
    ///   - changes: What the plan answered last.
    ///   - committed: What was done with those that are changes, in order.
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
