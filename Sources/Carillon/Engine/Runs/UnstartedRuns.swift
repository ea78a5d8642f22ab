/// The runs that an executor with a free place did not begin in time, until it is told of one of them.
struct UnstartedRuns {
    /// How often a run is given back before that is told.
    private static let limit = 3
    /// The most runs that are counted; more are counted anew.
    private static let mostRuns = 1000

    /// How often each was given back; `nil` once one has been told.
    private var counts: [Run.ID: Int]? = [:]

    /// Counts a run that is given back.
    ///
    /// - Returns: Whether to tell of it: only once.
    mutating func isToTell(of run: Run.ID) -> Bool {
        guard var counts else { return false }
        if counts.count >= Self.mostRuns { counts = [:] }
        let count = counts[run, default: 0] + 1
        counts[run] = count
        self.counts = count < Self.limit ? counts : nil
        return count == Self.limit
    }
}
