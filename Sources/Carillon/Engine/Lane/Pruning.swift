/// When a store's history is next cleared, and what clears it: every ten minutes, beside the lane.
struct Pruning {
    private static let pause: Int64 = 600_000_000

    /// When it is next cleared, on the monotonic clock; now at the start.
    private(set) var next: Int64 = .min
    /// What clears it.
    private(set) var task: Task<Void, Never>?

    /// Begins to clear history, if it is time and nothing does so already.
    mutating func begin(at monotonic: Int64, _ start: () -> Task<Void, Never>) {
        guard task == nil, monotonic >= next else { return }
        next = monotonic + Self.pause
        task = start()
    }

    /// Has it cleared in the next turn of a lane that begins anew.
    mutating func restart() { next = .min }

    /// Notes that the clearing has ended.
    mutating func finish() { task = nil }
}
