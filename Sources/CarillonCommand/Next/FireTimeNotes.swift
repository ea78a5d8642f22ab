#if Command
import CarillonTriggers

/// What clock changes do to the fire times of one trigger, for whoever sees them in a zone.
struct FireTimeNotes {
    private let trigger: Trigger
    private let zone: Zone
    private let clocks: [Zone]

    /// - Parameters:
    ///   - trigger: An anchored one.
    ///   - zone: The zone that the fire times are shown in.
    init(trigger: Trigger, zone: Zone) {
        self.trigger = trigger
        self.zone = zone
        clocks = trigger.zones
    }

    /// One sentence for each zone of the trigger whose clocks are set, which is named where it is another than the one
    /// shown.
    func text(at time: Instant) -> String? {
        var text: String?
        for clock in clocks {
            guard let note = trigger.clockChangeNote(at: time, by: clock) else { continue }
            let told = clock == zone ? note.description : "\(clock.spokenName): \(note)"
            text = text.map { "\($0); \(told)" } ?? told
        }
        return text
    }
}
#endif
