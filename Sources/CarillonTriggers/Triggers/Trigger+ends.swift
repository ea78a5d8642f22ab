extension TriggerError {
    /// The error that a trigger ends before it starts. A form that is read may do so all the same: it is a trigger without
    /// fire times, as stored jobs may have.
    static func endsBeforeStart(_ start: Moment, _ end: Moment) -> TriggerError {
        TriggerError(
            .invalidValue, field: "end_date", value: end.description,
            "lies before start_date, \(start); such a trigger has no fire time")
    }
}

extension Moment {
    /// Checks the two ends of a trigger that is made in code.
    ///
    /// - Throws: `TriggerError` if the end is earlier than the start.
    static func check(start: Moment?, end: Moment?) throws(TriggerError) {
        guard let start, let end, end.instant(in: .utc) < start.instant(in: .utc) else { return }
        throw .endsBeforeStart(start, end)
    }
}
