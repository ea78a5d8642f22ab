#if Redis
internal import Carillon
internal import CarillonTriggers

/// The reasons of changes, and what is there of them: one that continues a range extends it.
struct ReasonEdits {
    private var there: [JobID: [StoredReason.Key: [ReasonRange]]] = [:]
    private var unreadable: [JobID: Set<StoredReason.Key>] = [:]

    /// Returns what has to be read for some changes, by job.
    static func wanted(_ changes: [JobChange]) -> [(job: JobID, keys: [StoredReason.Key])] {
        var keys: [JobID: Set<StoredReason.Key>] = [:]
        for change in changes where !change.reasons.isEmpty || !change.withdrawn.isEmpty {
            for range in change.withdrawn { keys[range.job, default: []].insert(StoredReason.Key(range)) }
            for new in change.reasons {
                keys[new.range.job, default: []].insert(StoredReason.Key(new.range))
                guard let follows = new.follows else { continue }
                keys[new.range.job, default: []].insert(
                    StoredReason.Key(generation: new.range.generation, reason: new.range.reason, last: follows))
            }
        }
        return keys.map { ($0.key, Array($0.value)) }
    }

    /// Takes what was read.
    mutating func take(_ job: JobID, _ key: StoredReason.Key, _ value: [UInt8]) {
        if let ranges = try? StoredReason.ranges(job, key, value) {
            there[job, default: [:]][key] = ranges
        } else {
            unreadable[job, default: []].insert(key)
        }
    }

    /// Whether a range is there just as it is.
    func has(_ range: ReasonRange) -> Bool { there[range.job]?[StoredReason.Key(range)]?.contains(range) ?? false }

    /// Returns the fields that a change writes, with their ranges; a field without ranges goes.
    mutating func edits(
        _ change: JobChange
    ) -> [(job: JobID, key: StoredReason.Key, ranges: [ReasonRange])] {
        var touched: [JobID: Set<StoredReason.Key>] = [:]
        for range in change.withdrawn {
            let key = StoredReason.Key(range)
            guard var ranges = there[range.job]?[key] else { continue }
            ranges.removeAll { $0.first == range.first }
            there[range.job, default: [:]][key] = ranges
            touched[range.job, default: []].insert(key)
        }
        for new in change.reasons {
            var range = new.range
            if let follows = new.follows {
                let key = StoredReason.Key(generation: range.generation, reason: range.reason, last: follows)
                if var ranges = there[range.job]?[key], let place = ranges.lastIndex(where: { $0.isContinued(by: new) })
                {
                    range = ranges.remove(at: place).extended(by: range)
                    there[range.job, default: [:]][key] = ranges
                    touched[range.job, default: []].insert(key)
                }
            }
            let key = StoredReason.Key(range)
            there[range.job, default: [:]][key, default: []].append(range)
            touched[range.job, default: []].insert(key)
        }
        return touched.flatMap { job, keys in
            keys.filter { unreadable[job]?.contains($0) != true }.map { (job, $0, there[job]?[$0] ?? []) }
        }
    }
}
#endif
