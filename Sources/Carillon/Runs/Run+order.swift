extension Run.ID {
    /// Whether a run is listed before another in every store: the latest scheduled first.
    ///
    /// At the same time, the highest generation comes first, then the job whose id's bytes come first. Within a job,
    /// kinds come in the reverse order of `Occurrence.Kind.allCases`, then the highest number, then the latest attempt.
    public func isListed(before other: Run.ID) -> Bool {
        let left = occurrence
        let right = other.occurrence
        if left.scheduled != right.scheduled { return left.scheduled > right.scheduled }
        if left.generation != right.generation { return left.generation > right.generation }
        let jobs = left.job.comparedBytes(with: right.job)
        if jobs != 0 { return jobs < 0 }
        if left.kind != right.kind { return left.kind.place > right.kind.place }
        if left.number != right.number { return left.number > right.number }
        return attempt > other.attempt
    }
}

extension Occurrence.Kind {
    fileprivate var place: Int {
        switch self {
        case .scheduled: 0
        case .manual: 1
        case .backfill: 2
        case .onFailure: 3
        }
    }
}
