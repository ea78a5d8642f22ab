internal import Carillon
internal import CarillonTriggers

extension SQLSession {
    private static let addition = SQLWrite(
        .insert,
        "carillon_reasons",
        columns: [
            "job", "generation", "first_scheduled", "last_scheduled", "occurrences", "reason", "recorded",
        ]
    )
    private static let growth = SQLWrite(
        .update,
        "carillon_reasons",
        columns: ["last_scheduled", "occurrences", "recorded"],
        key: ["job", "last_scheduled", "generation", "reason"],
        sums: ["occurrences"]
    )

    private static let withdrawal = SQLWrite(
        .delete,
        "carillon_reasons",
        key: ["job", "last_scheduled", "first_scheduled", "generation", "reason"]
    )

    /// Removes ranges; those that have been pruned meanwhile are already gone.
    func withdraw(_ ranges: [ReasonRange]) throws(CarillonError) {
        guard !ranges.isEmpty else { return }
        var rows = SQLRows(width: Self.withdrawal.width)
        for range in ranges {
            rows.append(range.job.description)
            rows.append(range.last.microseconds)
            rows.append(range.first.microseconds)
            rows.append(range.generation)
            rows.append(range.reason.rawValue)
        }
        _ = try connection.write(Self.withdrawal, rows)
    }

    /// Writes reasons: those that continue an existing range extend it, the others are added.
    func write(_ reasons: [NewReason]) throws(CarillonError) {
        guard !reasons.isEmpty else { return }
        var added = reasons.filter { $0.follows == nil }
        let following = reasons.filter { $0.follows != nil }
        var grown = SQLRows(width: Self.growth.width)
        for reason in following {
            guard let follows = reason.follows else { continue }
            let range = reason.range
            grown.append(range.last.microseconds)
            grown.append(Int64(range.count))
            grown.append(range.recorded.microseconds)
            grown.append(range.job.description)
            grown.append(follows.microseconds)
            grown.append(range.generation)
            grown.append(range.reason.rawValue)
        }
        if !following.isEmpty {
            for (reason, hasGrown) in zip(following, try connection.write(Self.growth, grown)) where !hasGrown {
                added.append(reason)
            }
        }
        guard !added.isEmpty else { return }
        var rows = SQLRows(width: Self.addition.width)
        for range in added.map(\.range) {
            rows.append(range.job.description)
            rows.append(range.generation)
            rows.append(range.first.microseconds)
            rows.append(range.last.microseconds)
            rows.append(Int64(range.count))
            rows.append(range.reason.rawValue)
            rows.append(range.recorded.microseconds)
        }
        _ = try connection.write(Self.addition, rows)
    }
}
