#if Command
import Carillon
import CarillonTriggers

/// The occurrence with which others were made one, and what became of it.
struct CoalescedInto {
    let scheduled: Instant
    let explanation: OccurrenceExplanation

    /// Looks for that of a recorded range. The record does not say which one it was, so there is an answer only where the
    /// job still has the trigger and the policy by which the range is as it is.
    static func of(_ range: ReasonRange, in store: any JobStore, now: Instant) async throws(CarillonError)
        -> CoalescedInto?
    {
        guard range.reason == .coalesced, let job = try await store.found(range.job, at: now)?.job,
            job.generation == range.generation
        else { return nil }
        let trigger = job.definition.trigger
        guard trigger.contains(range.first), trigger.contains(range.last),
            trigger.count(after: range.first, through: range.last) == range.count - 1,
            let scheduled = chosen(range, trigger, job.definition.policies.coalesce)
        else { return nil }
        return CoalescedInto(
            scheduled: scheduled, explanation: try await store.why(range.job, at: scheduled, now: now))
    }

    /// Of those that were due together the latest stands behind the range, and the earliest before it.
    private static func chosen(_ range: ReasonRange, _ trigger: Trigger, _ coalesce: Coalesce) -> Instant? {
        let next = trigger.next(after: range.last)
        let wasDue = next.map { $0 <= range.recorded } ?? false
        return switch coalesce {
        case .latest: wasDue ? next : nil
        case .earliest: wasDue ? nil : trigger.previous(before: range.first)
        case .all: nil
        }
    }
}
#endif
