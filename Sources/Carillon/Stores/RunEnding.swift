import CarillonTriggers

/// A store that ends runs by itself if nothing follows from their ends, so that their jobs need not be read, planned
/// and written as a whole. Most runs succeed, and are the only ones of their jobs.
protocol RunEnding: Sendable {
    /// Ends each run whose completion counts and says that it succeeded (`Run.endAlone(by:)`), if no other run of its
    /// job is open and the job is not due: a due occurrence is decided together with the end. As with any change, the
    /// job's `stateVersion` rises.
    ///
    /// - Returns: For each, in order, what was done.
    func endAlone(_ completions: [Completion], at now: Instant) async throws(CarillonError) -> [LoneEnd]
}

/// What a store did with a completion that it was asked to write by itself.
enum LoneEnd: Sendable {
    /// Nothing: the end has to be planned.
    case refused
    /// The run has ended.
    case ended
    /// The run has ended, and its job was removed with it; see `JobChange.removesJob`.
    case removed
}
