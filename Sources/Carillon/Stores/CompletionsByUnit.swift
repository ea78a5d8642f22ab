/// Completions, grouped by unit.
struct CompletionsByUnit: Sendable {
    /// The units, ordered by generation, then by the bytes of the job id.
    private(set) var units: [UnitKey] = []
    /// The completions, unit by unit, and where those of each unit begin.
    private var completions: [Completion] = []
    private var starts: [Int] = []
    /// The group that is expected to be asked for next: stores mostly find units in this order.
    private var expected = 0

    /// Groups completions. Those of one unit keep their order.
    init(_ unordered: [Completion]) {
        var places = unordered.indices.map { index in
            (generation: unordered[index].run.occurrence.generation, index: index)
        }
        // A store should give each generation to one job only, but this must not depend on it.
        places.sort { left, right in
            if left.generation != right.generation { return left.generation < right.generation }
            let comparison = unordered[left.index].run.occurrence.job
                .comparedBytes(with: unordered[right.index].run.occurrence.job)
            return comparison != 0 ? comparison < 0 : left.index < right.index
        }
        completions.reserveCapacity(places.count)
        for (generation, index) in places {
            let job = unordered[index].run.occurrence.job
            if units.last?.generation != generation || units.last?.job != job {
                units.append(UnitKey(job, generation: generation))
                starts.append(completions.count)
            }
            completions.append(unordered[index])
        }
    }

    /// The completions of a group; empty if `group` is `nil`.
    subscript(group: Int?) -> ArraySlice<Completion> {
        guard let group else { return [] }
        let end = group + 1 < starts.count ? starts[group + 1] : completions.count
        return completions[starts[group]..<end]
    }

    /// Returns the group of a unit; `nil` if the unit has no completions.
    mutating func group(of unit: UnitKey) -> Int? {
        guard !units.isEmpty else { return nil }
        if expected < units.count, units[expected] == unit {
            expected += 1
            return expected - 1
        }
        let index = units.firstIndex(after: { $0.isOrdered(before: unit) })
        return index < units.count && units[index] == unit ? index : nil
    }
}

extension UnitKey {
    fileprivate func isOrdered(before other: UnitKey) -> Bool {
        generation != other.generation ? generation < other.generation : job.comparedBytes(with: other.job) < 0
    }
}
