#if Redis
internal import Carillon
internal import CarillonTriggers

/// Reads the members of several indexes of runs in one order, part by part.
struct RunIndexReader {
    private let session: RedisSession
    private let indexes: [String]
    private let range: ClosedRange<Instant>?
    private let isReversed: Bool
    private var last: [UInt8]?
    private(set) var isAtEnd: Bool

    /// - Parameters:
    ///   - after: The run behind which it begins.
    ///   - isReversed: Whether the latest come first.
    init(
        _ session: RedisSession, _ indexes: [String], scheduled range: ClosedRange<Instant>? = nil,
        after: [UInt8]?, isReversed: Bool = true
    ) {
        self.session = session
        self.indexes = indexes
        self.range = range
        self.isReversed = isReversed
        last = after
        isAtEnd = indexes.isEmpty
    }

    /// Returns the next members.
    mutating func next(_ limit: Int) throws(CarillonError) -> [[UInt8]] {
        guard !isAtEnd else { return [] }
        let commands = indexes.map { index in
            var command = RedisArguments([isReversed ? "ZREVRANGEBYLEX" : "ZRANGEBYLEX", session.key(index)])
            for bound in bounds { command.append(bound) }
            for word in ["LIMIT", "0", String(limit)] { command.append(word) }
            return command
        }
        var members: [[UInt8]] = []
        for reply in try session.read(commands) { members += reply.elements.compactMap(\.bytes) }
        if indexes.count > 1 {
            members.sort { isReversed ? $1.lexicographicallyPrecedes($0) : $0.lexicographicallyPrecedes($1) }
            members = Array(members.prefix(limit))
        }
        isAtEnd = members.count < limit
        last = members.last ?? last
        return members
    }

    private var bounds: [[UInt8]] {
        // What comes behind every member that begins so.
        var low = range.map { [UInt8(ascii: "[")] + RunKey.beginning($0.lowerBound) } ?? [UInt8(ascii: "-")]
        var high =
            range.map { [UInt8(ascii: "[")] + RunKey.beginning($0.upperBound) + [UInt8](repeating: 0xFF, count: 300) }
            ?? [UInt8(ascii: "+")]
        if let last {
            let bound = [UInt8(ascii: "(")] + last
            if isReversed {
                if range == nil || last.lexicographicallyPrecedes(high.dropFirst()) { high = bound }
            } else if range == nil || low.dropFirst().lexicographicallyPrecedes(last) {
                low = bound
            }
        }
        return isReversed ? [high, low] : [low, high]
    }
}
#endif
