/// A job that this version cannot read. It is kept, and not run, until a user repairs or removes it.
public struct UnreadableJob: Hashable, Sendable {
    /// The id as it is stored, which may not be a valid one.
    public let id: String
    /// The alias of the store that keeps it.
    public let store: String
    /// Which part cannot be read, and why.
    public let reason: String
}

extension UnreadableJob: CustomStringConvertible {
    /// One line of text.
    public var description: String { "\(id) (store \(store)): parked: it cannot be read: \(reason)" }
}
