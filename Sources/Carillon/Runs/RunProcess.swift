/// The process that executes a run on its node's machine. It may outlive the node.
///
/// When a node's process has ended, another node on the same machine ends what is left of its runs before it recovers
/// them, so that no run executes twice at the same time.
public struct RunProcess: Hashable, Sendable {
    /// The process id on that machine.
    public let number: Int32
    /// When it started, in the machine's own unit, since process ids are reused.
    public let start: Int64

    /// Identifies a process.
    public init(number: Int32, start: Int64) {
        self.number = number
        self.start = start
    }
}
