/// What is true of a simple kind: no parts, no zone, no jitter, nothing that depends on the moment it is added.
extension TriggerKind {
    func previous(before time: Instant) -> Instant? {
        FireTimeSearch.previous(before: time) { self.next(after: $0) }
    }

    func count(after start: Instant, through end: Instant) -> Int {
        FireTimeSearch.count(after: start, through: end) { self.next(after: $0) }
    }

    func contains(_ time: Instant) -> Bool { next(after: time.advanced(byMicroseconds: -1)) == time }

    var firing: FiringRule { .unknown }
    var period: Int64? { nil }
    var onlyFireTime: Instant? { nil }
    var fixedFirst: Instant? { onlyFireTime }
    var jitter: Int64 { 0 }
    var end: Instant? { nil }

    var parts: [Trigger] { [] }
    func with(parts _: [Trigger]) -> any TriggerKind { self }

    /// The same with each part turned into another trigger; itself if it has no parts.
    func mapped(_ transform: (Trigger) -> Trigger) -> any TriggerKind {
        let parts = parts
        return parts.isEmpty ? self : with(parts: parts.map(transform))
    }

    var isAnchored: Bool { parts.allSatisfy(\.isAnchored) }
    func anchored(at time: Instant) -> any TriggerKind { mapped { $0.anchored(at: time) } }

    func isSame(asGiven given: any TriggerKind) -> Bool {
        let (own, others) = (parts, given.parts)
        guard !own.isEmpty, given is Self, own.count == others.count else { return isEqual(to: given) }
        return zip(own, others).allSatisfy { $0.isSame(asGiven: $1) }
    }

    var countsElapsedTime: Bool { false }

    func turnedBack(to _: Instant, next _: Instant, added _: Instant) -> (kind: any TriggerKind, next: Instant)? { nil }

    var zone: Zone? { nil }
    var hasOwnZone: Bool { false }
    func with(zone _: Zone) -> any TriggerKind { self }
    var wallTimes: (any WallTimes)? { nil }

    var quickHash: Int { hashValue }

    func isEqual(to other: any TriggerKind) -> Bool {
        guard let other = other as? Self else { return false }
        return self == other
    }

    static func == (left: Self, right: Self) -> Bool { left === right || left.parameters == right.parameters }

    func hash(into hasher: inout Hasher) { hasher.combine(parameters) }
}

/// What follows from the parts and the zone.
extension TriggerKind {
    /// The same with a zone for what was made without one.
    func resolved(defaultZone: Zone) -> any TriggerKind {
        guard let zone else { return mapped { $0.resolved(defaultZone: defaultZone) } }
        return hasOwnZone || zone == defaultZone ? self : with(zone: defaultZone)
    }

    /// The same with the newest rules of its zones.
    func renewed() -> any TriggerKind {
        guard let zone else { return mapped(\.renewed) }
        return with(zone: zone.current)
    }

    /// The zone that it was given, or that all of its parts were given.
    var ownZone: Zone? {
        if let zone { return hasOwnZone ? zone : nil }
        guard let zone = parts.first?.ownZone else { return nil }
        return parts.dropFirst().allSatisfy { $0.ownZone == zone } ? zone : nil
    }

    /// Its zone, or those of its parts, each once.
    var zones: [Zone] {
        if let zone { return [zone] }
        return parts.reduce(into: []) { all, part in
            for zone in part.zones where !all.contains(zone) { all.append(zone) }
        }
    }
}
