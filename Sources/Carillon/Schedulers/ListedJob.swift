import CarillonTriggers

/// A job with the alias of its store.
public struct ListedJob: Sendable {
    /// The job.
    public let job: Job
    /// The alias of the store it is kept in.
    public let store: String
    /// Why this node cannot run it; nothing where it can.
    public let parked: String?
}

extension ListedJob: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        let zone = job.definition.trigger.shownZone
        let state: String =
            switch job.state {
            case .active: job.next.map { "next \($0.due.formatted(in: zone))" } ?? "ended"
            case .paused: "paused"
            case .ended: "ended"
            }
        let note = parked.map { "; parked: \($0)" } ?? ""
        return "\(job.id) (task \(job.definition.task), \(job.definition.trigger), store \(store)): \(state)\(note)"
    }
}
