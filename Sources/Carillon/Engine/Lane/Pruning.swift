/// The clearing of a store's history: every ten minutes, beside the lane.
struct Pruning {
    private static let pause: Int64 = 600_000_000

    /// When history is next cleared, on the monotonic clock; at once after the start.
    private(set) var next: Int64 = .min
    /// The task that clears it.
    private(set) var task: Task<Void, Never>?

    /// Begins to clear history, if it is time and no clearing is under way.
    mutating func begin(at monotonic: Int64, _ start: () -> Task<Void, Never>) {
        guard task == nil, monotonic >= next else { return }
        next = monotonic + Self.pause
        task = start()
    }

    /// Schedules a clearing for the next turn of a lane that is started again.
    mutating func restart() { next = .min }

    /// Records that the clearing has ended.
    mutating func finish() { task = nil }
}
