#if Redis
internal import Carillon
internal import CarillonTriggers

/// The indexes by which ended runs are found, each in the order of listings.
enum EndedIndexes {
    /// All ended runs.
    static let all = "ended"

    /// The indexes that an ended run is in.
    static func all(of run: Run, task: TaskName?) -> [String] {
        guard case .finished(let outcome) = run.state else { return [] }
        let kind = Kind(outcome, run.lateness)
        var keys = [all]
        if let task { keys.append(ofTask(task, kind)) }
        if let node = run.node { keys.append(ofNode(node, kind)) }
        if kind != .plain { keys.append(ofKind(kind)) }
        if let error = run.errorFingerprint { keys.append(ofError(error)) }
        return keys
    }

    /// How a run ended and how late it began.
    struct Kind: Hashable {
        let outcome: Outcome
        let lateness: Lateness

        init(_ outcome: Outcome, _ lateness: Lateness) {
            self.outcome = outcome
            self.lateness = lateness
        }

        /// The kind of nearly all runs, for which there is no index over all tasks.
        static let plain = Kind(.succeeded, .onTime)

        var text: String { "\(outcome.rawValue).\(lateness.rawValue)" }

        /// The kinds that a search wants.
        static func wanted(_ search: RunSearch) -> [Kind] {
            search.outcomes.flatMap { outcome in
                Lateness.allCases.filter { $0 >= search.lateness }.map { Kind(outcome, $0) }
            }
        }
    }

    static func ofTask(_ task: TaskName, _ kind: Kind) -> String { "of:task:\(kind.text):\(task)" }

    static func ofNode(_ node: NodeID, _ kind: Kind) -> String { "of:node:\(kind.text):\(node)" }

    static func ofKind(_ kind: Kind) -> String { "of:kind:\(kind.text)" }

    static func ofError(_ error: ErrorFingerprint) -> String { "of:error:\(error)" }
}
#endif
