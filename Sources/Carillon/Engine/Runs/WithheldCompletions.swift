/// Completions of runs that are this node's still, and that their store does not take: their jobs cannot be read.
struct WithheldCompletions {
    /// They are brought along again after so many microseconds.
    private static let pause: Int64 = 60_000_000

    private(set) var completions: [Completion] = []
    /// When they are next brought along, on the clock that only goes on.
    private(set) var due: Int64?

    mutating func append(_ completion: Completion, at monotonic: Int64) {
        completions.append(completion)
        due = due ?? monotonic + Self.pause
    }

    /// Takes out what is to be brought along by now.
    mutating func take(at monotonic: Int64) -> [Completion] {
        guard let due, due <= monotonic else { return [] }
        defer { self = Self() }
        return completions
    }

    /// Has them brought along at once.
    mutating func expire() { if due != nil { due = .min } }
}
