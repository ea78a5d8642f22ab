/// Runs of a job that have ended are chained through their records, the latest first: most
/// jobs have few, and the store's limit takes them away again one by one.
extension MemoryState {
    /// Puts a run of a job at the end of its past.
    mutating func addPast(_ number: UInt32, of job: UInt32) {
        guard let latest = jobs[Int(job)]?.followLatestPast(by: number) ?? followPast(ofRemoved: job, by: number)
        else { return }
        runs[Int(number)]?.earlier = latest
        if latest != .none { runs[Int(latest)]?.later = number }
    }

    /// Takes a run of a removed job as the latest past one of its id, and answers which one it was.
    private mutating func followPast(ofRemoved job: UInt32, by run: UInt32) -> UInt32? {
        guard let id = jobs[Int(job)]?.id else { return nil }
        if let successor = number(of: id) { return jobs[Int(successor)]?.followLatestPast(by: run) }
        return pastOfRemoved.updateValue(run, forKey: id) ?? UInt32.none
    }

    /// Takes a run out of its job's past.
    mutating func removePast(_ number: UInt32) {
        guard let (earlier, later) = runs[Int(number)].map({ ($0.earlier, $0.later) }) else { return }
        if earlier != .none { runs[Int(earlier)]?.later = later }
        if later != .none { runs[Int(later)]?.earlier = earlier } else { setLatestPast(like: number, to: earlier) }
        runs[Int(number)]?.earlier = .none
        runs[Int(number)]?.later = .none
    }

    private mutating func setLatestPast(like number: UInt32, to latest: UInt32) {
        guard let record = runs[Int(number)] else { return }
        let id = record.run.id.occurrence.job
        // The number may be another job's by now.
        let isThere = record.job < jobs.count
        let isStillIts = isThere ? jobs[Int(record.job)].map { $0.id == id && !$0.isRemoved } ?? false : false
        if let job = isStillIts ? record.job : self.number(of: id) {
            jobs[Int(job)]?.latestPast = latest
        } else {
            pastOfRemoved[id] = latest == .none ? nil : latest
        }
    }

    /// The past runs of a job, which may have been removed; the latest first.
    func past(of id: JobID) -> [UInt32] {
        past(from: number(of: id).map { jobs[Int($0)]?.latestPast ?? .none } ?? pastOfRemoved[id] ?? .none)
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
