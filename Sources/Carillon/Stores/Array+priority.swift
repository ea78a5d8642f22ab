extension Array {
    /// Puts the elements with the highest priorities first, and leaves those of one priority in their order.
    ///
    /// Stores plan jobs in this order: where a pass has less room than runs, it is for the jobs with the highest priorities.
    package mutating func orderByPriority(_ priority: (Element) -> Int) {
        // Nearly always all have the same one.
        guard let first = first.map(priority), contains(where: { priority($0) != first }) else { return }
        // `sort` keeps the order of equals, but does not promise it.
        self = enumerated().map { (offset: $0.offset, priority: priority($0.element), element: $0.element) }
            .sorted { $0.priority != $1.priority ? $0.priority > $1.priority : $0.offset < $1.offset }
            .map(\.element)
    }
}
