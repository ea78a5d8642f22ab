internal import Carillon
internal import CarillonTriggers

/// The columns of the table `carillon_run_notes`, whose key is that of the run.
enum NotesRow {
    static let table = "carillon_run_notes"

    /// Replaces the row of a run.
    static let write = SQLWrite(
        .upsert,
        table,
        columns: RunRow.key + ["fence", "noted", "fraction", "doing", "written", "log", "process", "process_start"],
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
        rows.append(notes.process.map { Int64($0.number) })
        rows.append(notes.process?.start)
    }

    /// Reads the notes of a run, and when they were made, from a row with the columns of `write` after the key.
    static func notes(_ row: any SQLRow, of run: Run.ID) throws(UnreadableRow) -> (notes: RunNotes, noted: Instant) {
        let noted = try row.instant(6, "noted")
        var progress: RunProgress?
        if let text = try row.optionalText(7) {
            guard let fraction = Double(text) else { throw UnreadableRow("fraction is no number") }
            progress = RunProgress(fraction, try row.optionalText(8) ?? "")
        }
        var process: RunProcess?
        if let number = try row.optionalInteger(11).flatMap(Int32.init(exactly:)),
            let start = try row.optionalInteger(12)
        {
            process = RunProcess(number: number, start: start)
        }
        let notes = RunNotes(
            run: run,
            fence: try row.count(5, "fence"),
            progress: progress,
            log: try row.optionalBytes(10),
            written: Int(try row.count(9, "written")),
            process: process
        )
        return (notes, noted)
    }
}
