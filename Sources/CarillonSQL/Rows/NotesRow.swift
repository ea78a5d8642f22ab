internal import Carillon
internal import CarillonTriggers

/// How what a run says of itself stands in table `carillon_run_notes`, under the key of the run.
enum NotesRow {
    static let table = "carillon_run_notes"

    /// A row in place of the one that the run had.
    static let write = SQLWrite(
        .upsert,
        table,
        columns: RunRow.key + ["fence", "noted", "fraction", "doing", "written", "log"],
        key: RunRow.key
    )

    /// Appends values for the columns of `write`.
    static func append(_ notes: RunNotes, at now: Instant, to rows: inout SQLRows) {
        RunRow.append(key: notes.run, to: &rows)
        rows.append(notes.fence)
        rows.append(now.microseconds)
        rows.append(notes.progress.map { "\($0.fraction)" })
        rows.append(notes.progress?.note)
        rows.append(Int64(notes.written))
        rows.append(notes.log)
    }

    /// What a run said, and when, from a row with the columns of `write` behind the key.
    static func notes(_ row: any SQLRow, of run: Run.ID) throws(UnreadableRow) -> (notes: RunNotes, noted: Instant) {
        let noted = try row.instant(6, "noted")
        var progress: RunProgress?
        if let text = try row.optionalText(7) {
            guard let fraction = Double(text) else { throw UnreadableRow("fraction is no number") }
            progress = RunProgress(fraction, try row.optionalText(8) ?? "")
        }
        let notes = RunNotes(
            run: run,
            fence: try row.count(5, "fence"),
            progress: progress,
            log: try row.optionalBytes(10),
            written: Int(try row.count(9, "written"))
        )
        return (notes, noted)
    }
}
