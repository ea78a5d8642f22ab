/// The first `limit` of many elements, in order, without sorting the others.
struct Selection<Element> {
    private let limit: Int
    private let areInOrder: (Element, Element) -> Bool
    /// The elements selected so far.
    private(set) var elements: [Element] = []

    /// Creates an empty selection.
    init(limit: Int, areInOrder: @escaping (Element, Element) -> Bool) {
        self.limit = limit
        self.areInOrder = areInOrder
    }

    /// Whether an element would be selected.
    func wants(_ element: Element) -> Bool {
        guard elements.count >= limit else { return limit > 0 }
        return elements.last.map { areInOrder(element, $0) } ?? false
    }

    /// Adds an element for which `wants` returned `true`.
    mutating func add(_ element: Element) {
        elements.insert(element, at: elements.firstIndex(after: { areInOrder($0, element) }))
        if elements.count > limit { elements.removeLast() }
    }
}
