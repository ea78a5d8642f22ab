/// Whether the zone of a trigger was given with it; otherwise it is UTC, or the scheduler's.
///
/// Two triggers with the same zone are the same trigger, wherever the zone came from: so any two of these are equal, and
/// a trigger equals what is read back from its JSON form, which always has the zone.
struct ZoneOrigin: Hashable, Sendable {
    /// Whether it was given with the trigger.
    let isOwn: Bool

    static func == (_: ZoneOrigin, _: ZoneOrigin) -> Bool { true }

    func hash(into _: inout Hasher) {}
}
