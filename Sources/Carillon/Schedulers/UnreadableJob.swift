/// A job that this version cannot read. It is kept, and not run, until somebody mends or removes it.
public struct UnreadableJob: Hashable, Sendable {
    /// The id as it is stored, which need not be that of a job.
    public let id: String
    /// The alias of the store it is kept in.
    public let store: String
    /// Which part cannot be read, and why.
    public let reason: String
}

extension UnreadableJob: CustomStringConvertible {
    /// One line for a person.
    public var description: String { "\(id) (store \(store)): parked: it cannot be read: \(reason)" }
}
