import CarillonTriggers

/// Counts of how runs ended, updated as they end.
struct OutcomeLedger: Sendable {
    /// The properties that runs are counted by, with the numbers of tasks.
    private struct Key: Hashable {
        let day: Int64
        let task: UInt32
        let outcome: Outcome
        let lateness: Lateness
    }

    private struct FailureKey: Hashable {
        let error: ErrorFingerprint
        let task: UInt32
    }

    /// The most failure groups that are kept.
    private static let failureLimit = 10_000

    private var counts: [Key: Int] = [:]
    /// The key that was counted last and is not yet added to `counts`: nearly always the next one is the same.
    private var recent: (key: Key, count: Int)?
    private var failures: [FailureKey: FailureGroup] = [:]

    /// Counts the end of a run.
    ///
    /// - Parameter task: The number of its task.
    mutating func count(_ end: RunRecord.End, task: UInt32) {
        guard case .finished(let outcome) = end.state else { return }
        let key = Key(day: OutcomeKey.day(of: end.time), task: task, outcome: outcome, lateness: end.lateness)
        if recent?.key == key {
            recent?.count += 1
        } else {
            settle()
            recent = (key, 1)
        }
    }

    private mutating func settle() {
        if let (key, count) = recent { counts[key, default: 0] += count }
        recent = nil
    }

    /// Adds a failed run to its group.
    mutating func add(_ group: FailureGroup, task: UInt32) {
        let key = FailureKey(error: group.error, task: task)
        failures[key] = failures[key]?.joined(by: group) ?? group
        guard failures.count > Self.failureLimit else { return }
        // A tenth at once, because the search for the oldest reads all.
        let oldest = failures.sorted { $0.value.last < $1.value.last }.prefix(Self.failureLimit / 10)
        for (key, _) in oldest { failures[key] = nil }
    }

    /// Drops groups whose last failure was too long ago.
    mutating func pruneFailures(at now: Instant) {
        let oldest = now.advanced(byMicroseconds: -FailureGroup.daysKept * 86_400_000_000)
        failures = failures.filter { $0.value.last >= oldest }
    }

    /// Returns all counts of a range of days.
    ///
    /// - Parameter names: The names of tasks by their numbers.
    mutating func counts(_ days: ClosedRange<Int64>, _ names: [UInt32: TaskName]) -> [(key: OutcomeKey, runs: Int)] {
        settle()
        return counts.filter { days.contains($0.key.day) }.map { key, count in
            (OutcomeKey(day: key.day, task: names[key.task], outcome: key.outcome, lateness: key.lateness), count)
        }
    }

    /// All failure groups.
    var groups: some Collection<FailureGroup> { failures.values }
}

extension MemoryState {
    /// Counts the end of a run that has been written, and returns when it ended.
    ///
    /// - Parameter job: The number of its job.
    @discardableResult
    mutating func noteEnd(_ number: UInt32, of job: UInt32) -> Int64? {
        let shape = jobs[Int(job)]?.shapeNumber()
        return noteEnd(number, task: shape.map { UInt32(shapes[$0].taskNumber) } ?? .none)
    }

    /// Counts the end of a run that, unless it has a task of its own, ran a given task.
    @discardableResult
    mutating func noteEnd(_ number: UInt32, task: UInt32) -> Int64? {
        guard let end = runs[Int(number)]?.end() else { return nil }
        let task = end.task.map { UInt32(self.number(of: $0)) } ?? task
        runs[Int(number)]?.ranTask = task
        outcomes.count(end, task: task)
        // Only for failures, because nearly all runs succeed and the search for the name of the task is linear.
        if end.state != .finished(.succeeded), let run = runs[Int(number)]?.asItIs(),
            let group = FailureGroup(run, of: taskName(task))
        {
            outcomes.add(group, task: task)
            outlook.note(group.last, days: Int(FailureGroup.daysKept))
        }
        return end.time.microseconds
    }

    /// Returns the name of a task.
    func taskName(_ number: UInt32) -> TaskName? {
        number == .none ? nil : taskNumbers.first { $0.value == Int(number) }?.key
    }

    /// The names of all tasks by their numbers.
    var taskNames: [UInt32: TaskName] {
        Dictionary(taskNumbers.map { (UInt32($0.value), $0.key) }) { first, _ in first }
    }
}
