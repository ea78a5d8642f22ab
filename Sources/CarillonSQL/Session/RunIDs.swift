internal import Carillon

/// Finds runs among others: by looking at each while they are few, as they are almost always, and by hashes when they
/// are many.
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
