#if Command
import Carillon

/// Goes round the jobs of the stores of a server, some of each at a time.
struct JobRounds {
    /// Jobs of a store that follow each other.
    struct Part {
        let listed: [JobListing]
        /// Whether the round ends with them.
        let isLast: Bool
        /// Whether they are all that the round has.
        let isWhole: Bool
    }

    /// So many jobs of a store are looked at together.
    private let size: Int
    private var pages: [String: JobPages] = [:]

    init(size: Int) { self.size = size }

    /// The next jobs of a store; nothing where it does not answer, which tells of that itself.
    mutating func next(
        of store: any JobStore, _ alias: String, _ filter: JobFilter = JobFilter()
    ) async -> Part? {
        var ahead = pages[alias] ?? JobPages(filter, limit: size)
        guard let listed = try? await ahead.next(of: store) else { return nil }
        let isWhole = ahead.isAtEnd && pages[alias] == nil
        pages[alias] = ahead.isAtEnd ? nil : ahead
        return Part(listed: listed, isLast: ahead.isAtEnd, isWhole: isWhole)
    }
}
#endif
