extension TransferItem {
    /// Whether both are the same, whatever the order of the open runs of a job.
    func isSame(as other: TransferItem) -> Bool {
        if case .job(let left) = self, case .job(let right) = other { return left.isSame(as: right) }
        return self == other
    }

    /// How it is called where people read it.
    var name: String {
        switch self {
        case .job(let snapshot): "job '\(snapshot.job.id)'"
        case .run(let run, _): "run '\(run.id)'"
        case .reason(let range): "the reason '\(range.reason.rawValue)' of job '\(range.job)' at \(range.first)"
        }
    }

    /// About how many bytes it takes in memory and on the wire.
    var weight: Int {
        switch self {
        case .job(let snapshot):
            500 + snapshot.job.definition.arguments.count + snapshot.open.reduce(0) { $0 + $1.weight }
        case .run(let run, _): run.weight
        case .reason: 100
        }
    }
}

extension Run {
    fileprivate var weight: Int {
        300 + (arguments?.count ?? 0) + (error?.utf8.count ?? 0) + (result?.count ?? 0) + (log?.count ?? 0)
    }
}
