internal import Carillon

/// Finds runs in a list: by linear search while they are few, as they almost always are, and by hash if they are many.
struct RunIDs {
    private static let few = 8
    private let runs: [Run]
    private let byID: [Run.ID: Run]?

    init(_ runs: [Run]) {
        self.runs = runs
        byID = runs.count > Self.few ? Dictionary(runs.map { ($0.id, $0) }) { first, _ in first } : nil
    }

    subscript(id: Run.ID) -> Run? {
        if let byID { return byID[id] }
        return runs.first { $0.id == id }
    }
}
