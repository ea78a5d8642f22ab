/// Completions of runs that are still this node's and that their store does not accept, because their jobs cannot be
/// read.
struct WithheldCompletions {
    /// The time until they are tried again, in microseconds.
    private static let pause: Int64 = 60_000_000

    private(set) var completions: [Completion] = []
    /// When they are next tried, on the monotonic clock; `nil` if there are none.
    private(set) var due: Int64?

    mutating func append(_ completion: Completion, at monotonic: Int64) {
        completions.append(completion)
        due = due ?? monotonic + Self.pause
    }

    /// Removes and returns the completions, if they are due.
    mutating func take(at monotonic: Int64) -> [Completion] {
        guard let due, due <= monotonic else { return [] }
        defer { self = Self() }
        return completions
    }

    /// Makes them due at once.
    mutating func expire() { if due != nil { due = .min } }
}
