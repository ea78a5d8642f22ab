#if Redis
internal import Carillon
internal import CarillonTriggers

/// What a call of `CommitScript` gets: changes, and for each what to write if it is accepted.
struct CommitMessage {
    private var keys: [String: Int] = [:]
    private var keyArguments = RedisArguments()
    private var keyCount = 0
    private var changes = RedisArguments()
    private(set) var count = 0
    /// What the current change writes.
    private var writes = RedisArguments()

    /// About how many bytes are sent.
    var weight: Int { changes.bytes.count + keyArguments.bytes.count }

    /// The kind of a key.
    enum Kind: String {
        case sortedSet = "z"
        /// A sorted set whose first entry tells nodes when to wake up.
        case watched = "d"
        case set = "s"
        case hash = "h"
        /// A key whose type is seen by other means.
        case unchecked = "u"
    }

    private mutating func number(_ key: String, _ kind: Kind) -> Int {
        if let number = keys[key] { return number }
        let number = newNumber(key, kind)
        keys[key] = number
        return number
    }

    /// The number of a key that is used for one change alone.
    mutating func newNumber(_ key: String, _ kind: Kind) -> Int {
        keyCount += 1
        keyArguments.append(kind.rawValue)
        keyArguments.append(key)
        return keyCount
    }

    // MARK: Writes of the current change

    mutating func add(_ entry: IndexEntry) {
        writes.append("z\(number(entry.key, entry.isWatched ? .watched : .sortedSet))")
        writes.append(entry.score)
        writes.append(entry.member)
    }

    mutating func remove(_ entry: IndexEntry) {
        remove(entry.member, fromSorted: entry.key, isWatched: entry.isWatched)
    }

    mutating func remove(_ member: [UInt8], fromSorted key: String, isWatched: Bool = false) {
        writes.append("Z\(number(key, isWatched ? .watched : .sortedSet))")
        writes.append(member)
    }

    /// Adds to an index that is ordered by its members alone.
    mutating func add(_ member: [UInt8], toOrdered key: String) {
        writes.append("z\(number(key, .sortedSet))")
        writes.append("0")
        writes.append(member)
    }

    mutating func add(_ member: [UInt8], toSet key: String) {
        writes.append("s\(number(key, .set))")
        writes.append(member)
    }

    mutating func remove(_ member: [UInt8], fromSet key: String) {
        writes.append("S\(number(key, .set))")
        writes.append(member)
    }

    mutating func set(_ field: [UInt8], _ value: [UInt8], in key: Int) {
        writes.append("h\(key)")
        writes.append(field)
        writes.append(value)
    }

    mutating func set(_ field: [UInt8], _ value: [UInt8], in key: String) {
        set(field, value, in: number(key, .hash))
    }

    mutating func unset(_ field: [UInt8], in key: Int) {
        writes.append("H\(key)")
        writes.append(field)
    }

    mutating func unset(_ field: [UInt8], in key: String) { unset(field, in: number(key, .hash)) }

    mutating func discard(_ key: Int) { writes.append("x\(key)") }

    mutating func tell() { writes.append("p") }

    /// Writes an ended run: to the history of its job, to the indexes of ended runs, and to the counts.
    ///
    /// - Parameter task: The task of its job, if known.
    mutating func end(_ run: Run, task jobTask: TaskName?, key: RunKey, generation: Int64) {
        let task = run.task ?? jobTask
        let job = run.id.occurrence.job.description
        let member = key.bytes + Array(job.utf8)
        writes.append("e\(number("past:\(job)", .hash))")
        writes.append(generation)
        writes.append(key.bytes)
        writes.append(run.fence)
        writes.append(StoredRun.ended(run, task: task))
        for index in EndedIndexes.all(of: run, task: task) { add(member, toOrdered: index) }
        add(Array(job.utf8), toOrdered: "histories")
        if let outcome = OutcomeKey(run, of: task) {
            writes.append("i\(number("counts", .hash))")
            writes.append(StoredCount.field(outcome))
        }
        if let group = FailureGroup(run, of: task) {
            writes.append("f\(number("failures", .sortedSet))")
            writes.append(StoredFailure.name(group.error, group.task))
            writes.append(StoredFailure.properties(group))
            writes.append(group.last.microseconds)
            writes.append(member)
        }
    }

    // MARK: Changes

    /// Closes a change: what was written since the last one belongs to it.
    ///
    /// - Parameters:
    ///   - subject: The generation of a unit, or the id of a job to add.
    ///   - was: The state that the unit must have, or the generation of the job to add.
    ///   - checks: Keys of runs of the job that must not have ended.
    mutating func close(_ kind: String, _ subject: String, was: [UInt8], job: String, checks: [RunKey] = []) {
        count += 1
        changes.append(kind)
        changes.append(subject)
        changes.append(was)
        changes.append(job)
        changes.append(checks.count)
        for key in checks { changes.append(key.bytes) }
        changes.append(writes.count)
        changes.append(contentsOf: writes)
        writes = RedisArguments()
    }

    /// The arguments of the script, behind the layout's version and the epoch.
    func arguments(unmarking marks: [Int64], tasks: (inout RedisArguments) -> Void) -> RedisArguments {
        var all = RedisArguments()
        all.append(count)
        all.append(keyCount)
        all.append(contentsOf: keyArguments)
        all.append(marks.count)
        for mark in marks { all.append(mark) }
        tasks(&all)
        all.append(contentsOf: changes)
        return all
    }
}
#endif
