#if Command
import Carillon
import CarillonTriggers

extension Run {
    /// A run that begins less late, in microseconds, is on time to a person.
    private static let leastLateness: Int64 = 100_000

    /// When it should have begun; `nil` if it has not begun, or began in time. A later attempt is not late for
    /// the time before its retry, nor a backfilled run for the time since its occurrence.
    var lateStart: Instant? {
        guard let started else { return nil }
        let isLater = id.attempt > 1 || id.occurrence.kind == .backfill
        let time = isLater ? max(due, available) : due
        return started.microseconds - time.microseconds >= Self.leastLateness ? time : nil
    }
}
#endif
