internal import CarillonTriggers

extension Trigger {
    /// The zone of the first part that was made without one, where that is not UTC.
    ///
    /// The JSON form leaves it out, since it is not the trigger's own.
    var defaultZone: Zone? {
        let (zone, isOwn): (Zone, Bool) =
            switch kind {
            case .date(let trigger): (trigger.zone, trigger.hasOwnZone)
            case .interval(let trigger): (trigger.zone, trigger.hasOwnZone)
            case .cron(let trigger): (trigger.zone, trigger.hasOwnZone)
            case .calendarInterval(let trigger): (trigger.zone, trigger.hasOwnZone)
            case .any(let trigger): (trigger.triggers.lazy.compactMap(\.defaultZone).first ?? .utc, false)
            case .all(let trigger): (trigger.triggers.lazy.compactMap(\.defaultZone).first ?? .utc, false)
            }
        return isOwn || zone == .utc ? nil : zone
    }
}
