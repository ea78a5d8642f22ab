/// Runs that wait for a worker. The highest priority leaves first; within a priority, the first come.
package struct WaitingWorks<Work> {
    /// The highest priority first. An empty level stays only if it is the last one, so that it need not be allocated
    /// again.
    private var levels: [(priority: Int, works: FirstInFirstOut<Work>)] = []

    package init() {}

    package var isEmpty: Bool { levels.first.map(\.works.isEmpty) ?? true }

    /// The priority of the run that leaves next; `nil` if there is none.
    package var priority: Int? { isEmpty ? nil : levels.first?.priority }

    /// How many runs there are.
    var count: Int { levels.reduce(0) { $0 + $1.works.count } }

    package mutating func append(_ work: Work, priority: Int) {
        let index = levels.firstIndex { $0.priority <= priority } ?? levels.count
        if index == levels.count || levels[index].priority != priority {
            if isEmpty { levels.removeAll() }
            let position = min(index, levels.count)
            levels.insert((priority, FirstInFirstOut()), at: position)
            levels[position].works.append(work)
        } else {
            levels[index].works.append(work)
        }
    }

    package mutating func popFirst() -> Work? {
        guard !levels.isEmpty else { return nil }
        let work = levels[0].works.popFirst()
        if levels.count > 1, levels[0].works.isEmpty { levels.removeFirst() }
        return work
    }
}
