#if Redis
internal import Carillon
internal import CarillonTriggers

/// A member of an index, under a key, which is a name behind the prefix.
struct IndexEntry: Equatable {
    let key: String
    let member: [UInt8]
    /// The score in a sorted set.
    let score: String
    /// Whether somebody has to know if it is before all others.
    var isWatched = false
}

/// The members of indexes that follow from a job and its open runs.
enum IndexEntries {
    /// The member by which a job is found: its id and, behind a zero byte, its generation. Of equal times the ids give the
    /// order.
    static func member(_ id: String, _ generation: Int64) -> [UInt8] {
        var bytes = Array(id.utf8)
        bytes.append(0)
        bytes.append(contentsOf: String(generation).utf8)
        return bytes
    }

    /// The entry by which a job that was not removed is found by its due time: by its task if it is active.
    static func place(_ job: Job) -> IndexEntry {
        let member = member(job.id.description, job.generation)
        let score = job.next.map { Score.text($0.due) } ?? Score.never
        if case .active = job.state, job.next != nil {
            return IndexEntry(key: "due:\(job.definition.task)", member: member, score: score, isWatched: true)
        }
        return IndexEntry(key: "still", member: member, score: score)
    }

    /// The entry of a job whose waiting runs have room; `nil` if none have.
    static func waiting(_ job: Job, _ open: [Run]) -> IndexEntry? {
        guard !job.isPaused else { return nil }
        var instances = 0
        var earliest: Instant?
        for run in open {
            switch run.state {
            case .waiting: earliest = min(earliest ?? run.available, run.available)
            case .ready, .running: instances += 1
            case .finished: break
            }
        }
        guard let earliest, instances < job.definition.policies.maxInstances else { return nil }
        return IndexEntry(
            key: "waiting", member: member(job.id.description, job.generation), score: Score.text(earliest),
            isWatched: true)
    }

    /// The lane of ready runs: the priority and the task.
    static func lane(_ run: Run, of job: Job) -> String? {
        guard run.state == .ready, !job.isPaused else { return nil }
        return "\(job.definition.policies.priority):\(run.task ?? job.definition.task)"
    }
}
#endif
