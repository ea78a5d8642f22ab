/// The process under which a run works on its node's machine, which may outlive the node.
///
/// Where the process of a node has ended, another node of the same machine ends what is left of its runs before it recovers
/// them, so that no run works twice at a time.
public struct RunProcess: Hashable, Sendable {
    /// Its number on that machine.
    public let number: Int32
    /// When it started, in the machine's own unit, since numbers are used again.
    public let start: Int64

    /// Takes both.
    public init(number: Int32, start: Int64) {
        self.number = number
        self.start = start
    }
}
