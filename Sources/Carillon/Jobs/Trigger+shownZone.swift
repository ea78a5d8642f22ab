import CarillonTriggers

extension Trigger {
    /// The zone that its times are shown in: the only one that it has, be it its own or the scheduler's, and otherwise UTC.
    /// A trigger that a store has kept as text has the same.
    var shownZone: Zone { zones.count == 1 ? zones[0] : .utc }
}
