/// An index of every three characters that follow one another in a job's id, where a database has such a thing.
///
/// It names jobs that may contain a text: all that do, and perhaps some that do not.
public struct SQLTextIndex: Sendable {
    /// Creates the index, and fills it with the jobs that are there.
    public let creation: [String]
    /// Adds jobs that were just inserted. Values: the first and the last of their generations.
    public let addition: String
    /// Takes out jobs that are about to be removed. Values: their generations.
    public let removal: String
    /// Triples that begin with a text of one or two characters. Values: the text, what lies behind all that begin with
    /// it, and the limit.
    public let triples: String
    /// Generations of jobs that meet a condition. Values: the condition, and the limit.
    public let search: String
    /// The condition that all of some triples are in an id.
    public let all: @Sendable (_ triples: [String]) -> String
    /// The condition that any of some triples is in an id.
    public let any: @Sendable (_ triples: [String]) -> String

    /// Puts an index together.
    public init(
        creation: [String],
        addition: String,
        removal: String,
        triples: String,
        search: String,
        all: @escaping @Sendable ([String]) -> String,
        any: @escaping @Sendable ([String]) -> String
    ) {
        self.creation = creation
        self.addition = addition
        self.removal = removal
        self.triples = triples
        self.search = search
        self.all = all
        self.any = any
    }
}
