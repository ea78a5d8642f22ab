import CarillonTriggers

/// A job with the alias of its store.
public struct ListedJob: Sendable {
    /// The job.
    public let job: Job
    /// The alias of the store it is kept in.
    public let store: String
    /// Why this node cannot run the job; `nil` if it can.
    public let parked: String?
}

extension ListedJob: CustomStringConvertible {
    /// One line of text.
    public var description: String {
        let note = parked.map { "; parked: \($0)" } ?? ""
        let name = job.definition.name.map { " \"\($0)\"" } ?? ""
        return
            "\(job.id)\(name) (task \(job.definition.task), \(job.definition.trigger), store \(store)): \(job.standing)\(note)"
    }
}
