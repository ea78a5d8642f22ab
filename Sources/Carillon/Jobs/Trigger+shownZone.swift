import CarillonTriggers

extension Trigger {
    /// The zone to show the trigger's times in: its only zone, whether its own or the scheduler's; UTC if there are
    /// several or none. A trigger that a store has kept as text has the same.
    var shownZone: Zone { zones.count == 1 ? zones[0] : .utc }
}
