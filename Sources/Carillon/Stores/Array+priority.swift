extension Array {
    /// Sorts the elements by priority, highest first. The sort is stable.
    ///
    /// Stores plan jobs in this order: if a pass has less room than runs, the room goes to the jobs with the highest
    /// priorities.
    package mutating func orderByPriority(_ priority: (Element) -> Int) {
        // Nearly always all have the same priority.
        guard let first = first.map(priority), contains(where: { priority($0) != first }) else { return }
        // `sort` keeps the order of equals, but does not promise it.
        self = enumerated().map { (offset: $0.offset, priority: priority($0.element), element: $0.element) }
            .sorted { $0.priority != $1.priority ? $0.priority > $1.priority : $0.offset < $1.offset }
            .map(\.element)
    }
}
