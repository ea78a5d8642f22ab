#if Command
import Carillon
import CarillonTriggers

/// A trigger that fires nothing any more.
struct SilentTrigger: CustomStringConvertible {
    private enum Reason {
        /// It names no time, whenever that might be.
        case impossible
        /// Its times are past.
        case past
        /// Its only time is past, and later than that it may not run.
        case missed(grace: Duration)
    }

    private let reason: Reason
    private let trigger: Trigger

    /// Nothing for a trigger that fires after a time, or late: a date that is past is due at once, however long ago it was,
    /// unless the job's grace forbids that.
    init?(_ trigger: Trigger, grace: Duration? = nil, now: Instant) {
        let trigger = trigger.anchored(at: now)
        // A job that begins now fires now, also where its next time is beyond the last year there is.
        guard trigger.next(after: now.advanced(byMicroseconds: -1)) == nil else { return nil }
        if trigger.next(after: .earliest) == nil {
            reason = .impossible
        } else if let fireTime = trigger.onlyFireTime {
            guard let grace, fireTime.flooredSeconds < now.flooredSeconds - Int64((grace / .seconds(1)).rounded(.up))
            else { return nil }
            reason = .missed(grace: grace)
        } else {
            reason = .past
        }
        self.trigger = trigger
    }

    /// Whether it names no time, whenever that might be.
    var isImpossible: Bool { if case .impossible = reason { true } else { false } }

    /// Whether a job of it is due, and will be recorded as missed.
    var isMissed: Bool { if case .missed = reason { true } else { false } }

    /// Why, with the trigger.
    var description: String {
        let words =
            switch reason {
            case .impossible: "its trigger names no time at all"
            case .past: "all times of its trigger are past"
            case .missed(let grace):
                "all times of its trigger are past, by more than its misfire grace of \(JobPolicies.length(grace))"
            }
        return "never fires: \(words) (\(trigger))"
    }
}
#endif
