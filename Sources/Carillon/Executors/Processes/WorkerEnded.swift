/// The error of a run whose worker process ended before the run did.
///
/// A retry policy may name it: `RetryPolicy.only(WorkerEnded.self)`.
public struct WorkerEnded: Error, Sendable, CustomStringConvertible {
    /// What happened, as in `its worker exited with status 3`.
    public let description: String

    init(_ description: String) { self.description = description }
}
