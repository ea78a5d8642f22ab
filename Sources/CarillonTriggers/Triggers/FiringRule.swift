/// How the fire times of a trigger come about, as far as a search for those that several triggers have in common can
/// make use of it.
///
/// This is about mechanisms and not about kinds: a new kind that works like one of these says so, and any other is
/// `unknown` and walked from one fire time to the next.
enum FiringRule: Sendable {
    /// At one instant.
    case once(Instant)
    /// At instants that lie the same time apart; `nil` if it is not known yet from when on.
    case periodic(PeriodicTimes?)
    /// At the wall times that a cron expression selects.
    case cron(CompiledCron, zone: Zone)
    /// On some days at one time of day; without wall times if it is not known yet on which.
    case oncePerDay(at: WallSeconds, ZonedTimes?)
    /// Whenever one of several triggers does.
    case any([Trigger])
    /// When several triggers do at the same instant.
    case all([Trigger])
    /// In a way that nothing is known of.
    case unknown

    /// The zone rules and the policy by which wall times become instants.
    struct ZonedTimes: Sendable {
        let rules: ZoneRules
        let policy: ClockChangePolicy
    }

    /// Whether something is known of it, and of each of its parts.
    var isKnown: Bool {
        switch self {
        case .once, .periodic, .cron, .oncePerDay: true
        case .any(let triggers), .all(let triggers): triggers.allSatisfy(\.kind.firing.isKnown)
        case .unknown: false
        }
    }
}
