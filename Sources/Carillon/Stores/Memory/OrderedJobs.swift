/// The numbers of jobs in the order of their ids, for listings.
///
/// Nothing is sorted until the first listing; from then on the order is kept. Adding a million jobs without listing
/// them costs 4 bytes each.
struct OrderedJobs: Sendable {
    private static let blockSize = 512

    /// Sorted blocks of at most twice `blockSize` numbers, none empty.
    private var blocks: [[UInt32]] = []
    /// Jobs added since the last sort; some may be gone again, or occur twice.
    private var added: [UInt32] = []
    private var count = 0

    /// Adds a new job.
    mutating func add(_ number: UInt32) { added.append(number) }

    /// Removes a job, which must still be in `jobs`.
    mutating func remove(_ number: UInt32, _ jobs: [JobRecord?]) {
        guard let id = jobs[Int(number)]?.id.description, let place = place(ofFirstNotBefore: id, jobs, orEqual: true),
            blocks[place.block][place.index] == number
        else {
            // It is in `added`, from which missing jobs are dropped later.
            return
        }
        blocks[place.block].remove(at: place.index)
        if blocks[place.block].isEmpty { blocks.remove(at: place.block) }
        count -= 1
    }

    /// Sorts in the jobs that were added.
    mutating func settle(_ jobs: [JobRecord?]) {
        guard !added.isEmpty else { return }
        var new = added.filter { jobs[Int($0)]?.isRemoved == false }
        added = []
        new.sort { Self.isBefore($0, $1, jobs) }
        new = new.indices.filter { $0 == 0 || new[$0] != new[$0 - 1] }.map { new[$0] }
        if new.count * 8 < count {
            for number in new { insert(number, jobs) }
        } else {
            rebuild(merging: new, jobs)
        }
    }

    /// Calls `body` with each job after an id, in order, until it returns `false`; without an id, with all jobs.
    func forEach(after id: String?, _ jobs: [JobRecord?], _ body: (JobRecord) -> Bool) {
        guard let start = id.map({ place(ofFirstNotBefore: $0, jobs, orEqual: false) }) ?? Place(block: 0, index: 0)
        else { return }
        var index = start.index
        for block in blocks.dropFirst(start.block) {
            for number in block.dropFirst(index) {
                guard let record = jobs[Int(number)] else { continue }
                guard body(record) else { return }
            }
            index = 0
        }
    }

    private struct Place {
        let block: Int
        let index: Int
    }

    private mutating func insert(_ number: UInt32, _ jobs: [JobRecord?]) {
        guard let id = jobs[Int(number)]?.id.description else { return }
        count += 1
        guard let place = place(ofFirstNotBefore: id, jobs, orEqual: true) else {
            if blocks.isEmpty { blocks.append([number]) } else { blocks[blocks.count - 1].append(number) }
            split(blocks.count - 1)
            return
        }
        blocks[place.block].insert(number, at: place.index)
        split(place.block)
    }

    private mutating func split(_ block: Int) {
        guard blocks[block].count > 2 * Self.blockSize else { return }
        let upper = Array(blocks[block][Self.blockSize...])
        blocks[block].removeSubrange(Self.blockSize...)
        blocks.insert(upper, at: block + 1)
    }

    private mutating func rebuild(merging new: [UInt32], _ jobs: [JobRecord?]) {
        var merged: [UInt32] = []
        merged.reserveCapacity(count + new.count)
        var rest = new[...]
        for old in blocks.joined() {
            while let first = rest.first, Self.isBefore(first, old, jobs) {
                merged.append(first)
                rest.removeFirst()
            }
            merged.append(old)
        }
        merged.append(contentsOf: rest)
        count = merged.count
        blocks = stride(from: 0, to: count, by: Self.blockSize).map {
            Array(merged[$0..<min($0 + Self.blockSize, count)])
        }
    }

    /// Returns the place of the first job that is not before an id or, without `orEqual`, of the first one after it.
    private func place(ofFirstNotBefore id: String, _ jobs: [JobRecord?], orEqual: Bool) -> Place? {
        func isTooEarly(_ number: UInt32) -> Bool {
            guard let other = jobs[Int(number)]?.id.description else { return true }
            let comparison = other.comparedBytes(with: id)
            return orEqual ? comparison < 0 : comparison <= 0
        }
        let block = blocks.firstIndex(after: { $0.last.map(isTooEarly) ?? true })
        guard block < blocks.count else { return nil }
        return Place(block: block, index: blocks[block].firstIndex(after: isTooEarly))
    }

    private static func isBefore(_ left: UInt32, _ right: UInt32, _ jobs: [JobRecord?]) -> Bool {
        guard let left = jobs[Int(left)]?.id, let right = jobs[Int(right)]?.id else { return false }
        return left.comparedBytes(with: right) < 0
    }
}

extension Array {
    /// Returns the first index from `start` whose element does not satisfy `isBefore`, by binary search; all elements
    /// that satisfy it must come first.
    func firstIndex(from start: Int = 0, after isBefore: (Element) -> Bool) -> Int {
        var low = start
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
