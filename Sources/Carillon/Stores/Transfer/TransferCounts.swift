/// How many things of each kind there are to move, or were moved.
public struct TransferCounts: Hashable, Sendable {
    /// Jobs, with their open runs.
    public var jobs: Int
    /// Ended runs.
    public var runs: Int
    /// Ranges of reasons.
    public var reasons: Int

    /// Creates counts; all are 0 by default.
    public init(jobs: Int = 0, runs: Int = 0, reasons: Int = 0) {
        self.jobs = jobs
        self.runs = runs
        self.reasons = reasons
    }

    /// Creates the counts of a digest.
    public init(_ digest: TransferDigest) {
        self.init(jobs: digest.jobs.count, runs: digest.runs.count, reasons: digest.reasons.count)
    }

    /// All kinds together.
    public var total: Int { jobs + runs + reasons }

    mutating func count(_ item: TransferItem) {
        switch item {
        case .job: jobs += 1
        case .run: runs += 1
        case .reason: reasons += 1
        }
    }
}

extension TransferCounts: CustomStringConvertible {
    /// Such as `1 job, 20 runs, no reasons`.
    public var description: String {
        [(jobs, "job"), (runs, "run"), (reasons, "reason")]
            .map { count, noun in count == 0 ? "no \(noun)s" : "\(count) \(noun)\(count == 1 ? "" : "s")" }
            .joined(separator: ", ")
    }
}
