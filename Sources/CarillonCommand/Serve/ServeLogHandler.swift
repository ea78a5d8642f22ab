#if Command
import Carillon
import CarillonTriggers
import Foundation
import Logging

/// Writes what the library logs to standard error, in the form of the records.
struct ServeLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let output: ServeOutput
    let isJSON: Bool
    /// That of the times in the names of runs.
    let zone: ShownZone

    init(_ output: ServeOutput, level: Logger.Level, isJSON: Bool, zone: ShownZone) {
        self.output = output
        self.zone = zone
        logLevel = level
        self.isJSON = isJSON
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
        // A record tells of how a run ended, and a watch of parked jobs.
        if event.source == "Carillon", merged["outcome"] != nil || merged["parked"] != nil { return }
        let all = merged.sorted { $0.key < $1.key }
        let now = Instant(.now)
        if isJSON {
            let members = all.map { ($0.key, JSONValue.string("\($0.value)")) }
            output.post(
                JSONRecords.line(
                    "log", now,
                    [("level", .string(event.level.rawValue)), ("message", .string("\(event.message)"))] + members))
        } else {
            let words = all.map { "  \($0.key)=\(text(of: $0.value, for: $0.key))" }.joined()
            let lines = "\(event.message)\(words)".printableLines.joined(separator: "\n")
            output.post("\(event.level.rawValue): \(lines)\n")
        }
    }

    /// A value as people read it: a run by its name.
    private func text(of value: Logger.Metadata.Value, for key: String) -> String {
        let text = "\(value)"
        guard key == "run", let run = try? Run.ID(reading: text) else { return text }
        return run.name(in: zone.value, isExact: true)
    }
}
#endif
