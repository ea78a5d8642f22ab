import CarillonTriggers

/// Runs of a job that have ended are chained through their records, the latest first: most
/// jobs have few, and the store's limit takes them away again one by one.
extension MemoryState {
    /// Puts a run of a job at the end of its past.
    mutating func addPast(_ number: UInt32, of job: UInt32) {
        if let (before, count, shape) = jobs[Int(job)]?.addPast(number) {
            let history = shapes[shape].policies.history
            followPast(number, before, count, history)
        } else if let id = jobs[Int(job)]?.id {
            if let successor = self.number(of: id) { return addPast(number, of: successor) }
            addPast(number, ofRemoved: id)
        }
    }

    /// Puts a run of a job that was removed at the end of its past.
    mutating func addPast(_ number: UInt32, ofRemoved id: JobID) {
        let before = pastOfRemoved[id, default: PastRuns()].add(number)
        followPast(number, before, pastOfRemoved[id]?.count ?? 0, History())
    }

    private mutating func followPast(_ number: UInt32, _ before: UInt32, _ count: UInt32, _ history: History) {
        if before != .none { runs[Int(before)]?.later = number }
        if count > history.runs { outlook.expectRemovals() }
        if let ended = runs[Int(number)]?.follow(before) {
            outlook.note(Instant(microseconds: ended), days: history.days)
        }
    }

    /// Takes a run that is dropped out of its job's past.
    mutating func removePast(_ run: borrowing RunRecord) {
        let (earlier, later) = (run.earlier, run.later)
        if earlier != .none { runs[Int(earlier)]?.later = later }
        if later != .none { runs[Int(later)]?.earlier = earlier }
        let id = run.run.id.occurrence.job
        // The number may be another job's by now.
        if run.job < jobs.count, jobs[Int(run.job)]?.dropPast(of: id, earlier, later) == true { return }
        if let job = number(of: id) {
            _ = jobs[Int(job)]?.dropPast(of: id, earlier, later)
        } else if var past = pastOfRemoved[id] {
            past.drop(earlier, later)
            pastOfRemoved[id] = past.count == 0 ? nil : past
        }
    }

    /// The past runs of a job, which may have been removed; the latest first.
    func past(of id: JobID) -> [UInt32] {
        past(from: (number(of: id).map { jobs[Int($0)]?.past } ?? pastOfRemoved[id])?.latest ?? .none)
    }

    /// A run and those before it.
    func past(from latest: UInt32) -> [UInt32] {
        var found: [UInt32] = []
        var number = latest
        while number != .none, let record = runs[Int(number)] {
            found.append(number)
            number = record.earlier
        }
        return found
    }
}
