import CarillonTriggers

/// The ended runs of jobs that were removed, by the ids of these jobs.
struct PastsOfRemoved: Sendable {
    private struct Entry: Sendable {
        let id: JobID
        var past: PastRuns
    }

    private var entries: [Entry?] = []
    private var unused: [UInt32] = []
    private var table = NumberTable()

    /// Whether there are none.
    var isEmpty: Bool { entries.count == unused.count }

    /// The ended runs of each job.
    var all: [PastRuns] { entries.compactMap { $0?.past } }

    /// Returns the ended runs of a job; `nil` if it has none here.
    subscript(id: JobID) -> PastRuns? { number(of: id, id.tableHash).flatMap { entries[Int($0)]?.past } }

    /// Keeps the ended runs of a job that has none here yet.
    mutating func keep(_ past: PastRuns, of id: JobID) {
        guard past.count > 0 else { return }
        let number = unused.popLast() ?? UInt32(entries.count)
        let entry = Entry(id: id, past: past)
        if number < entries.count { entries[Int(number)] = entry } else { entries.append(entry) }
        table.insert(number, hash: id.tableHash)
    }

    /// Appends a run to those of a job, and returns the one that was the last before, and the new count.
    mutating func add(_ run: UInt32, of id: JobID) -> (before: UInt32, count: UInt32) {
        guard let number = number(of: id, id.tableHash) else {
            var past = PastRuns()
            let before = past.add(run)
            keep(past, of: id)
            return (before, past.count)
        }
        let before = entries[Int(number)]?.past.add(run) ?? .none
        return (before, entries[Int(number)]?.past.count ?? 0)
    }

    /// Removes the run between two others from those of a job, and returns whether the job's are kept here.
    mutating func drop(_ earlier: UInt32, _ later: UInt32, of id: JobID) -> Bool {
        guard !isEmpty else { return false }
        let hash = id.tableHash
        guard let number = number(of: id, hash) else { return false }
        entries[Int(number)]?.past.drop(earlier, later)
        if entries[Int(number)]?.past.count == 0 { forget(number, hash) }
        return true
    }

    /// Removes and returns the ended runs of a job; `nil` if it has none here.
    mutating func take(_ id: JobID) -> PastRuns? {
        guard !isEmpty else { return nil }
        let hash = id.tableHash
        guard let number = number(of: id, hash), let past = entries[Int(number)]?.past else { return nil }
        forget(number, hash)
        return past
    }

    private func number(of id: JobID, _ hash: Int) -> UInt32? {
        table.find(hash: hash) { entries[Int($0)]?.id == id }
    }

    private mutating func forget(_ number: UInt32, _ hash: Int) {
        table.remove(number, hash: hash)
        entries[Int(number)] = nil
        unused.append(number)
    }
}
