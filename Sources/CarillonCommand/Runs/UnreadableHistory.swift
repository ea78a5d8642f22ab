#if Command
import Carillon

/// How commands tell of ended runs and reasons that cannot be read.
enum UnreadableHistory {
    /// `1 row` or `3 rows`.
    static func words(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }

    /// A sentence on what a listing lacks; `nil` if it lacks nothing.
    ///
    /// - Parameter place: Goes on from `1 row`, such as `of these runs`.
    static func sentence(_ count: Int, _ place: String) -> String? {
        count == 0 ? nil : "\(words(count)) \(place) cannot be read."
    }
}

extension JobStore {
    /// Runs, with how many rows would stand among them and cannot be read, as far as the store counts them.
    func listing(
        _ filter: RunFilter, page: Page<Run.ID>
    ) async throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        if let store = self as? any SelfChecking { return try await store.listing(filter, page: page) }
        return (try await runs(filter, page: page), 0)
    }
}
#endif
