import CarillonTriggers

extension OccurrenceExplanation: CustomStringConvertible {
    /// A one-line description for people.
    public var description: String {
        switch self {
        case .ran(let runs): runs.map(\.description).joined(separator: "; ")
        case .queued(let run): run.description
        case .notRun(let range): range.description
        case .perhapsNotRun(let range): "not known any more; \(range)"
        case .paused(let since): "the job has been paused since \(since.formatted(in: .utc))"
        case .upcoming(let next): "still to come; the job comes next at \(next.due.formatted(in: .utc))"
        case .notScheduled: "the trigger does not fire at this time"
        case .beforeJob(let added): "the job was added later, at \(added.formatted(in: .utc))"
        case .unreadable(let count):
            "not known: \(count == 1 ? "1 row" : "\(count) rows") of the history cannot be read"
        case .unknown: "not known: the history of that time is gone, or was never written"
        }
    }
}
