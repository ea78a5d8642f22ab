internal import Carillon

/// Numbers for tasks and nodes: with them an index of a million ended runs is half the size that it would have with
/// names.
extension SQLSession {
    private static let addition = SQLWrite(
        .offer, "carillon_run_groups", columns: ["node", "task", "number"], key: ["node", "task"])

    /// Returns the numbers of groups, and gives new ones to those that have none.
    func numbers(of groups: Set<RunGroup>) throws(CarillonError) -> [RunGroup: Int64] {
        var numbers: [RunGroup: Int64] = [:]
        var unknown: Set<RunGroup> = []
        for group in groups where !group.isUnknown {
            if let number = groupNumbers[group] { numbers[group] = number } else { unknown.insert(group) }
        }
        guard !unknown.isEmpty else { return numbers }
        // Numbers that are found were committed before this transaction, and stay. Numbers that are added now may be
        // rolled back.
        for (group, number) in try written(unknown) {
            numbers[group] = number
            groupNumbers[group] = number
            unknown.remove(group)
        }
        guard !unknown.isEmpty else { return numbers }
        let added = unknown.sorted { ($0.node, $0.task) < ($1.node, $1.task) }
        let last = try raise("run groups", by: Int64(added.count))
        var rows = SQLRows(width: Self.addition.width)
        for (index, group) in added.enumerated() {
            rows.append(group.node)
            rows.append(group.task)
            rows.append(last - Int64(added.count - 1 - index))
        }
        _ = try connection.write(Self.addition, rows)
        // Another session may have been first.
        numbers.merge(try written(unknown)) { first, _ in first }
        return numbers
    }

    /// Returns those of the groups that have numbers, with the numbers.
    private func written(_ groups: Set<RunGroup>) throws(CarillonError) -> [RunGroup: Int64] {
        var found: [RunGroup: Int64] = [:]
        let dialect = connection.dialect
        try connection.query(
            """
            SELECT node, task, number FROM carillon_run_groups
            WHERE \(dialect.isAmongTexts("node")) AND \(dialect.isAmongTexts("task"))
            """,
            [.texts(Array(Set(groups.map(\.node)))), .texts(Array(Set(groups.map(\.task))))]
        ) { (row) throws(CarillonError) in
            guard let node = try? row.text(0), let task = try? row.text(1), let number = try? row.integer(2) else {
                return
            }
            let group = RunGroup(task: task, node: node)
            if groups.contains(group) { found[group] = number }
        }
        return found
    }

    /// Returns the number of one group; `nil` if no run of it has ended.
    func number(of group: RunGroup) throws(CarillonError) -> Int64? {
        try integers(
            "SELECT number FROM carillon_run_groups WHERE node = ? AND task = ?",
            [.text(group.node), .text(group.task)]
        ).first
    }

    /// Returns the tasks that have ended runs, by their numbers.
    func taskNames() throws(CarillonError) -> [Int64: TaskName] {
        var names: [Int64: TaskName] = [:]
        try connection.query("SELECT number, task FROM carillon_run_groups WHERE node = ''", []) {
            (row) throws(CarillonError) in
            guard let number = try? row.integer(0), let text = try? row.text(1), let task = try? TaskName(exactly: text)
            else { return }
            names[number] = task
        }
        return names
    }
}

extension RunGroup {
    init(task: String, node: String) {
        self.task = task
        self.node = node
    }
}
