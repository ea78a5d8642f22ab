import CarillonTriggers

/// The lines that the server writes for people: one for each run, and for each range of occurrences that did not run.
struct RunLog {
    let zone: Zone
    /// Whether outcomes are coloured, as on a terminal.
    let hasColours: Bool
    /// What the commands write, which appears between the lines.
    private(set) var commandOutput: CommandOutput
    private var output = OutputBuffer(descriptor: 1)

    init(zone: Zone, hasColours: Bool) throws(CommandFailure) {
        self.zone = zone
        self.hasColours = hasColours
        commandOutput = try CommandOutput()
    }

    /// Passes on what commands have written.
    mutating func writeCommandOutput() throws(CommandFailure) {
        do {
            try commandOutput.carry()
        } catch {
            throw CommandFailure(error)
        }
    }

    mutating func write(_ completion: Ledger.Completion) throws(CommandFailure) {
        let started = completion.started ?? completion.finished
        var line = prefix(started, completion.claim.jobID, completion.outcome)
        if completion.started != nil {
            line += "  \(Self.length(from: started, to: completion.finished))"
            line += "  (\(Self.length(from: completion.claim.due, to: started)) late)"
        }
        if completion.claim.attempt > 1 { line += "  attempt \(completion.claim.attempt)" }
        if let error = completion.error { line += "  \(error)" }
        try write(line)
    }

    mutating func write(_ reason: Ledger.Reason, at now: Instant) throws(CommandFailure) {
        let last = reason.count > 1 ? " to \(text(reason.last))" : ""
        let count = reason.count > 1 ? "\(reason.count) occurrences, " : ""
        let line = prefix(now, reason.jobID, reason.outcome)
        try write("\(line)  \(reason.text)  (\(count)\(text(reason.first))\(last))")
    }

    mutating func write(_ line: String) throws(CommandFailure) {
        output.append(Array("\(line)\n".utf8))
        do {
            try commandOutput.carry(endingLine: true)
            try output.flush()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Date and time of day to the millisecond, as a clock in the zone shows it.
    func text(_ time: Instant) -> String {
        let milliseconds = String(1000 + (time.microseconds - time.flooredSeconds * 1_000_000) / 1000).dropFirst()
        let parts = Instant(seconds: time.flooredSeconds).formatted(in: zone).prefix(19).split(separator: "T")
        return "\(parts.joined(separator: " ")).\(milliseconds)"
    }

    private func prefix(_ time: Instant, _ jobID: String, _ outcome: String) -> String {
        let colour = ["succeeded": 32, "failed": 31, "lost": 31][outcome] ?? 33
        let word = hasColours ? "\u{1B}[\(colour)m\(outcome)\u{1B}[0m" : outcome
        return "\(text(time))  \(jobID)  \(word)"
    }

    /// Milliseconds, or a coarser unit where they say little.
    private static func length(from start: Instant, to end: Instant) -> String {
        let milliseconds = max(0, end.microseconds - start.microseconds) / 1000
        return switch milliseconds {
        case ..<100_000: "\(milliseconds) ms"
        case ..<7_200_000: "\(milliseconds / 60_000) min"
        case ..<172_800_000: "\(milliseconds / 3_600_000) h"
        default: "\(milliseconds / 86_400_000) days"
        }
    }
}
