extension Trigger: CustomStringConvertible {
    /// The trigger in plain words: `every 15 minutes from 09:00 to 17:59, Monday to Friday, Berlin time`.
    public var description: String { kind.description }

    /// The same without the time that repetitions are counted from, and without fractions of seconds, for a place that
    /// shows the next fire time beside it: `every 5 minutes`.
    package var summary: String { kind.summary }
}

extension TriggerKind {
    var summary: String { description }

    var countedFrom: Instant? { nil }

    /// The parts in words, those that have several parts themselves in brackets.
    func descriptions(joinedBy separator: String) -> String {
        guard parts.count > 1 else { return parts.first?.description ?? "" }
        return parts.map { $0.kind.hasSeveralParts ? "(\($0))" : $0.description }.joined(separator: separator)
    }

    private var hasSeveralParts: Bool { parts.count > 1 || parts.contains(where: \.kind.hasSeveralParts) }
}
