#if Redis
internal import CarillonTriggers

/// Times as scores, which are doubles: microseconds up to 2^53, the year 2255, are exact, and later ones are rounded down, so
/// that nothing is found too late.
enum Score {
    /// The score of what has no time.
    static let never = "+inf"

    static func text(_ instant: Instant) -> String {
        let number = instant.microseconds
        guard number.magnitude > 1 << 53 else { return String(number) }
        let score = Double(number)
        // The conversion rounds to the nearest.
        let lower = Int64(exactly: score).map { $0 > number } ?? true ? score.nextDown : score
        return Int64(exactly: lower).map { String($0) } ?? String(number)
    }

    /// Reads a score; `nil` if there is none.
    static func instant(_ reply: RedisReply?) -> Instant? {
        guard let text = reply?.text, !text.isEmpty, let number = Double(text), number.isFinite else { return nil }
        return Int64(exactly: number.rounded(.down)).map(Instant.init(microseconds:))
    }
}
#endif
