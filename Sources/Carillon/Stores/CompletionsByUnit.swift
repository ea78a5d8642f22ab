/// What is known of ended runs, with those of a unit together.
struct CompletionsByUnit: Sendable {
    /// The units, in order.
    private(set) var units: [UnitKey] = []
    /// The completions, unit by unit, and where those of each unit begin.
    private var completions: [Completion] = []
    private var starts: [Int] = []
    /// The group that is looked for next, since stores mostly find units in their order.
    private var expected = 0

    /// Those of one unit stay in their order.
    init(_ unordered: [Completion]) {
        guard !unordered.isEmpty else { return }
        let all = unordered.map(\.run.occurrence.unit)
        let order = all.indices.sorted { left, right in
            if all[left] == all[right] { return left < right }
            return all[left].isOrdered(before: all[right])
        }
        completions.reserveCapacity(order.count)
        for index in order {
            if units.last != all[index] {
                units.append(all[index])
                starts.append(completions.count)
            }
            completions.append(unordered[index])
        }
    }

    /// Those of a group; none where there is no group.
    subscript(group: Int?) -> ArraySlice<Completion> {
        guard let group else { return [] }
        let end = group + 1 < starts.count ? starts[group + 1] : completions.count
        return completions[starts[group]..<end]
    }

    /// The group of a unit that has completions.
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
        let comparison = job.comparedBytes(with: other.job)
        return comparison != 0 ? comparison < 0 : generation < other.generation
    }
}
