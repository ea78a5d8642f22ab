/// Reads what the target of a transfer holds, beside what is read from the source: what an interrupted transfer has
/// brought is recognized, and not sent again.
///
/// Exports have the same order in all stores. So what is there comes in the order of the source, and one page of it is in
/// memory at a time.
struct KnownItems {
    private let target: TransferSide
    private var page: ArraySlice<TransferItem> = []
    private var cursor: TransferCursor?
    private var limit = TransferCopy.firstPage
    private var isAtEnd: Bool

    /// - Parameter isEmpty: Whether the target is known to hold nothing.
    init(of target: TransferSide, isEmpty: Bool) {
        self.target = target
        isAtEnd = isEmpty
    }

    /// Returns the items that the target does not have as they are, as far as that is found in order; of an item that is
    /// returned it may have another version.
    mutating func missing(of items: [TransferItem]) async throws(CarillonError) -> [TransferItem] {
        var missing: [TransferItem] = []
        for (place, item) in items.enumerated() {
            while page.isEmpty, !isAtEnd { try await readOn() }
            if page.isEmpty { return missing + items[place...] }
            // What is before it in the target is not in the source any more.
            if let found = page.firstIndex(where: { $0.isSame(as: item) }) {
                page = page[(found + 1)...]
            } else {
                missing.append(item)
            }
        }
        return missing
    }

    private mutating func readOn() async throws(CarillonError) {
        let next = try await target.items.exportPart(from: cursor, limit: limit)
        page = next.items[...]
        limit = TransferCopy.limit(after: next.items, limit)
        cursor = next.next
        isAtEnd = cursor == nil
    }
}
