internal import Carillon
internal import CarillonTriggers

/// What a pass has to know first.
struct Survey {
    /// The last migration of the database, by its position.
    var lastMigration: Int64?
    /// Whether any run has said something.
    var hasNotes = false
    /// When there is something to do.
    var times = SurveyedTimes()
}

/// When there is something to do, each kind by itself, in microseconds; `nil` for never.
struct SurveyedTimes {
    private var due: Int64?
    private var takeable: Int64?
    private var waiting: Int64?

    /// There is nothing to do.
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

    /// What a node gets to know.
    var earliest: EarliestTimes {
        EarliestTimes(
            due: due.map(Instant.init(microseconds:)),
            available: [takeable, waiting].compactMap(\.self).min().map(Instant.init(microseconds:)))
    }
}
