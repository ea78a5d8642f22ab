/// Runs that wait for a worker. The highest priority leaves first; within a priority, the first come.
struct WaitingWorks {
    /// The highest priority first. An empty level stays only if it is the last one, so that it need not be allocated
    /// again.
    private var levels: [(priority: Int, works: FirstInFirstOut<RunWork>)] = []

    var isEmpty: Bool { levels.first.map(\.works.isEmpty) ?? true }

    mutating func append(_ work: RunWork) {
        let index = levels.firstIndex { $0.priority <= work.priority } ?? levels.count
        if index == levels.count || levels[index].priority != work.priority {
            if isEmpty { levels.removeAll() }
            let position = min(index, levels.count)
            levels.insert((work.priority, FirstInFirstOut()), at: position)
            levels[position].works.append(work)
        } else {
            levels[index].works.append(work)
        }
    }

    mutating func append(contentsOf works: [RunWork]) { for work in works { append(work) } }

    mutating func popFirst() -> RunWork? {
        guard !levels.isEmpty else { return nil }
        let work = levels[0].works.popFirst()
        if levels.count > 1, levels[0].works.isEmpty { levels.removeFirst() }
        return work
    }
}
