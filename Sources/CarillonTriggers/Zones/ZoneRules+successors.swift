internal import Synchronization

/// Rules are values that never change. When a zone file is replaced, its rules get a successor.
extension ZoneRules {
    /// How many rules have got a successor in this process; nearly always 0, so that others need not look.
    private static let replacedCount = Atomic<Int>(0)

    /// Whether any rules have got a successor since a number of them had; for those that keep what they worked out.
    package static var replacements: Int { replacedCount.load(ordering: .acquiring) }

    /// Whether no newer rules are known.
    package var areLatest: Bool { Self.replacements == 0 || next == nil }

    /// The newest rules known of the same zone.
    package var latest: ZoneRules {
        guard Self.replacements > 0 else { return self }
        var rules = self
        while let next = rules.next { rules = next }
        return rules
    }

    /// Makes newer rules known.
    func replace(by rules: ZoneRules) {
        guard rules !== self else { return }
        next = rules
        Self.replacedCount.add(1, ordering: .releasing)
    }
}

extension Zone {
    /// The same zone with the newest rules known.
    package var current: Zone { rules.areLatest ? self : Zone(identifier: identifier, rules: rules.latest) }
}
