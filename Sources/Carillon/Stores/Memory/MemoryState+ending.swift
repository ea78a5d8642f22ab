import CarillonTriggers
import Synchronization

extension MemoryJobStore: RunEnding {
    func endAlone(_ completions: [Completion], at now: Instant) async throws(CarillonError) -> [LoneEnd] {
        state.withLock { state in completions.indices.map { state.endAlone(completions[$0], at: now) } }
    }
}

extension MemoryState {
    fileprivate mutating func endAlone(_ completion: Completion, at now: Instant) -> LoneEnd {
        guard let number = number(of: completion.run), let job = runs[Int(number)]?.owner(), job < jobs.count,
            jobs[Int(job)]?.mayEndAlone(number, at: now) == true,
            let past = runs[Int(number)]?.endAlone(by: completion)
        else { return .refused }
        jobs[Int(job)]?.countChange()
        hasEnded(number, of: job, past)
        let isOver = isOver(job)
        if isOver { removeOver(job) } else if jobs[Int(job)]?.isDone() == true { discard(job) }
        trimHistory()
        return isOver ? .removed : .ended
    }
}
