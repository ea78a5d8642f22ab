internal import Carillon
internal import CarillonTriggers

/// The additions of a transaction to the counts of outcomes.
struct OutcomeTally {
    struct Key: Hashable {
        let day: Int64
        let task: RunGroup
        let code: Int64
    }

    private(set) var counts: [Key: Int64] = [:]
    /// The key that was counted last: nearly always the next one is the same.
    private var recent: (key: Key, outcome: OutcomeKey)?

    mutating func add(_ run: Run, of task: TaskName?) {
        guard let outcome = OutcomeKey(run, of: task) else { return }
        if let recent, recent.outcome == outcome {
            counts[recent.key, default: 0] += 1
            return
        }
        let key = Key(
            day: outcome.day, task: RunGroup(task: task), code: RunClass(outcome.outcome, outcome.lateness).code)
        recent = (key, outcome)
        counts[key, default: 0] += 1
    }
}
