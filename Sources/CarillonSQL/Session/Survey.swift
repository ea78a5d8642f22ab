internal import Carillon
internal import CarillonTriggers

/// What a pass reads first.
struct Survey {
    /// The last migration of the database, by its position.
    var lastMigration: Int64?
    /// Whether any run has notes.
    var hasNotes = false
    /// The earliest times.
    var times = SurveyedTimes()
}

/// The earliest times, each kind separately, in microseconds; `nil` for never.
struct SurveyedTimes {
    private var due: Int64?
    private var takeable: Int64?
    private var waiting: Int64?

    /// Creates times at which there is nothing to do.
    init() {}

    /// Reads three columns.
    init(_ row: any SQLRow, from column: Int) {
        due = (try? row.optionalInteger(column)).flatMap(\.self).flatMap { $0 == JobRow.never ? nil : $0 }
        takeable = (try? row.optionalInteger(column + 1)).flatMap(\.self)
        waiting = (try? row.optionalInteger(column + 2)).flatMap(\.self)
    }

    /// Whether an active job is due.
    func hasDue(at now: Instant) -> Bool { due.map { $0 <= now.microseconds } ?? false }

    /// Whether a run may be taken.
    func hasTakeable(at now: Instant) -> Bool { takeable.map { $0 <= now.microseconds } ?? false }

    /// Whether a waiting run has room.
    var hasWaiting: Bool { waiting != nil }

    /// The times as a node gets them.
    var earliest: EarliestTimes {
        EarliestTimes(
            due: due.map(Instant.init(microseconds:)),
            available: [takeable, waiting].compactMap(\.self).min().map(Instant.init(microseconds:)))
    }
}
