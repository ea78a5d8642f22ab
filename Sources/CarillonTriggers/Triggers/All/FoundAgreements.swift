private import Synchronization

/// Remembers the last answer of a conjunction in each direction.
///
/// A union asks all of its parts at every step, and triggers that hardly ever agree, or never, are a long way to walk:
/// without a memory each step would go it again.
final class FoundAgreements: Sendable {
    /// An instant, or `nil` if there is none.
    struct Answer {
        let instant: Instant?
    }

    private struct Search {
        var from: Instant
        var answer: Instant?
    }

    private struct Searches {
        var later: Search?
        var earlier: Search?
    }

    private let searches = Mutex(Searches())

    /// The first agreement after a time, if the last search passed over the time.
    func next(after time: Instant) -> Answer? {
        searches.withLock {
            guard let search = $0.later, search.from <= time, time < search.answer ?? .latest else { return nil }
            return Answer(instant: search.answer)
        }
    }

    func remember(next: Instant?, after time: Instant) {
        searches.withLock { $0.later = Search(from: time, answer: next) }
    }

    /// The last agreement before a time, if the last search passed over the time.
    func previous(before time: Instant) -> Answer? {
        searches.withLock {
            guard let search = $0.earlier, time <= search.from, search.answer ?? .earliest < time else { return nil }
            return Answer(instant: search.answer)
        }
    }

    func remember(previous: Instant?, before time: Instant) {
        searches.withLock { $0.earlier = Search(from: time, answer: previous) }
    }
}
