import CarillonTriggers

/// A trigger that fires nothing any more.
struct SilentTrigger: CustomStringConvertible {
    /// Whether it names no time, whenever that might be; its times are past otherwise.
    let isImpossible: Bool
    private let trigger: Trigger

    /// Nothing for a trigger that fires after a time.
    init?(_ trigger: Trigger, now: Instant) {
        let trigger = trigger.anchored(at: now)
        guard trigger.next(after: now) == nil else { return nil }
        isImpossible = trigger.next(after: .earliest) == nil
        self.trigger = trigger
    }

    /// Why, with the trigger.
    var description: String {
        "never fires: \(isImpossible ? "its trigger names no time at all" : "all times of its trigger are past") "
            + "(\(trigger))"
    }
}
