import CarillonTriggers

/// Ended runs of a job are linked through their records, the latest first: most jobs have few, and the store's limit
/// removes them one by one.
extension MemoryState {
    /// Appends an ended run to those of its job.
    mutating func addPast(_ number: UInt32, of job: UInt32) {
        if let (before, count, shape) = jobs[Int(job)]?.addPast(number) {
            let history = shapes[shape].policies.history
            followPast(number, before, count, history)
        } else if let id = jobs[Int(job)]?.id {
            if let successor = self.number(of: id) { return addPast(number, of: successor) }
            addPast(number, ofRemoved: id)
        }
    }

    /// Appends an ended run of a removed job.
    mutating func addPast(_ number: UInt32, ofRemoved id: JobID) {
        let (before, count) = pastsOfRemoved.add(number, of: id)
        followPast(number, before, count, History())
    }

    private mutating func followPast(_ number: UInt32, _ before: UInt32, _ count: UInt32, _ history: History) {
        if before != .none { runs[Int(before)]?.later = number }
        if count > history.runs { outlook.expectRemovals() }
        if let ended = runs[Int(number)]?.follow(before) {
            outlook.note(Instant(microseconds: ended), days: history.days)
        }
    }

    /// Unlinks a run that is dropped from the ended runs of its job.
    mutating func removePast(_ run: borrowing RunRecord) {
        let (earlier, later) = (run.earlier, run.later)
        if earlier != .none { runs[Int(earlier)]?.later = later }
        if later != .none { runs[Int(later)]?.earlier = earlier }
        let id = run.run.id.occurrence.job
        // The number may belong to another job by now.
        if run.job < jobs.count, jobs[Int(run.job)]?.dropPast(of: id, earlier, later) == true { return }
        if pastsOfRemoved.drop(earlier, later, of: id) { return }
        if let job = number(of: id) { _ = jobs[Int(job)]?.dropPast(of: id, earlier, later) }
    }

    /// Returns the ended runs of a job, which may have been removed; the latest first.
    func past(of id: JobID) -> [UInt32] {
        past(from: (number(of: id).map { jobs[Int($0)]?.past } ?? pastsOfRemoved[id])?.latest ?? .none)
    }

    /// Returns a run and those that ended before it.
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
