/// Triggers keep the rules of their zones as they were when they were made.
extension Trigger {
    /// Whether it goes by the newest rules known of its zones.
    package var isCurrent: Bool { ZoneRules.replacements == 0 || zones.allSatisfy(\.rules.areLatest) }

    /// The same trigger by the newest rules known of its zones. The two are equal: equal triggers are given in the same
    /// words.
    package var current: Trigger { isCurrent ? self : renewed }

    var renewed: Trigger { Trigger(kind.renewed()) }
}
