internal import CarillonTriggers

/// One of the two stores of a transfer.
struct TransferSide: Sendable {
    let store: any JobStore
    let items: any JobTransferring
    /// How it is called in errors and in the record of the transfer.
    let name: String

    init(_ store: any JobStore, _ name: String) throws(CarillonError) {
        guard let items = store as? any JobTransferring else {
            throw CarillonError(.unsupported, "nothing can be moved from or to the store \(name): it cannot do that")
        }
        self.store = store
        self.items = items
        self.name = name
    }

    /// Whether the store has neither jobs nor history.
    func isEmpty() async throws(CarillonError) -> Bool {
        var cursor: TransferCursor?
        repeat {
            let page = try await items.exportPart(from: cursor, limit: 1)
            if !page.items.isEmpty || !page.left.isEmpty { return false }
            cursor = page.next
        } while cursor != nil
        return true
    }

    /// Returns a page of its contents; an error is part of the answer, so that it can be read ahead.
    func part(from cursor: TransferCursor?, limit: Int) async -> Result<TransferPage, CarillonError> {
        do throws(CarillonError) {
            return .success(try await items.exportPart(from: cursor, limit: limit))
        } catch {
            return .failure(error)
        }
    }

    /// Returns how many runs have ended by the store's counts; `nil` if it keeps none.
    func countedRuns() async throws(CarillonError) -> Int? {
        guard let store = store as? any OutcomeCounting else { return nil }
        return try await store.outcomeCounts(from: .earliest, through: .latest, task: nil, grouping: .byDay)
            .reduce(0) { $0 + $1.runs }
    }
}
