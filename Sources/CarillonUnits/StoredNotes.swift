package import Carillon
package import CarillonTriggers

/// How notes are written, but for the log. They begin with the fence.
package enum StoredNotes {
    package static func bytes(_ notes: RunNotes, at now: Instant) -> [UInt8] {
        var fields = PackedFields()
        fields.append(notes.fence)
        fields.append(now.microseconds)
        fields.append(notes.progress.map { "\($0.fraction)" })
        fields.append(notes.progress?.note)
        fields.append(Int64(notes.written))
        fields.append(notes.process.map { Int64($0.number) })
        fields.append(notes.process?.start)
        return fields.bytes
    }

    /// Reads notes, and when they were made; `nil` if there are none, or they cannot be read.
    package static func notes(_ run: Run.ID, _ bytes: [UInt8]?, log: [UInt8]?) -> (notes: RunNotes, noted: Instant)? {
        guard let bytes else { return nil }
        var reader = PackedReader(bytes)
        do throws(UnreadableValue) {
            let fence = try reader.count("fence")
            let noted = try reader.instant("time of the notes")
            let fraction = try reader.optionalText("fraction").flatMap { Double($0) }
            let doing = try reader.optionalText("what it does")
            let written = try reader.count("bytes logged")
            let number = try reader.optionalInteger("process").flatMap(Int32.init(exactly:))
            let start = try reader.optionalInteger("start of the process")
            var process: RunProcess?
            if let number, let start { process = RunProcess(number: number, start: start) }
            return (
                RunNotes(
                    run: run, fence: fence, progress: fraction.map { RunProgress($0, doing ?? "") }, log: log,
                    written: Int(written), process: process), noted
            )
        } catch {
            return nil
        }
    }
}
