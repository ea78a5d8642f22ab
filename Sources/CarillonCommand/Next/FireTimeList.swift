#if Command
import CarillonTriggers

/// Writes the fire times of one trigger, for people or as JSON.
struct FireTimeList {
    private let trigger: Trigger
    /// The trigger with everything fixed that depends on the time to look from.
    private let anchored: Trigger
    private let zone: Zone
    private let start: Instant
    private let notes: FireTimeNotes
    private var output: OutputBuffer

    init(trigger: Trigger, view: ViewOptions, output: OutputBuffer) {
        self.trigger = trigger
        self.output = output
        zone = trigger.ownZone ?? view.zone
        start = view.start
        anchored = trigger.anchored(at: start)
        notes = FireTimeNotes(trigger: anchored, zone: zone)
    }

    /// A line for each fire time.
    mutating func writeLines(count: Int) throws(POSIXFailure) {
        var written = 0
        for time in anchored.fireTimes(after: start).prefix(count) {
            output.append(line(for: time) + "\n")
            try output.flushIfFull()
            written += 1
        }
        if written < count {
            let from = FireTimeLine(time: start, zone: zone, now: start).clock
            output.append(
                written == 0 ? "No fire times after \(from).\n" : "No more: the trigger ends after \(written).\n"
            )
        }
        try output.flush()
    }

    /// One object: the description, the zone, the fire times, and notes: on the trigger, and on fire times that a clock
    /// change concerns.
    mutating func writeJSON(count: Int) throws(POSIXFailure) {
        output.append("{\"description\":")
        output.append(JSONValue.string(trigger.description))
        output.append(",\"timezone\":")
        output.append(JSONValue.string(zone.identifier))
        output.append(",\"fire_times\":[")
        var written = trigger.remarks(after: start).map { JSONValue.object([JSONValue.Member("note", .string($0))]) }
        var isFirst = true
        for time in anchored.fireTimes(after: start).prefix(count) {
            if !isFirst { output.append(",") }
            isFirst = false
            let text = JSONValue.string(time.formatted(in: zone))
            output.append(text)
            if let note = notes.text(at: time) {
                written.append(.object([JSONValue.Member("time", text), JSONValue.Member("note", .string(note))]))
            }
            try output.flushIfFull()
        }
        output.append("],\"notes\":")
        output.append(JSONValue.array(written))
        output.append("}\n")
        try output.flush()
    }

    private func line(for time: Instant) -> String {
        let line = FireTimeLine(time: time, zone: zone, now: start)
        guard let note = notes.text(at: time) else { return line.clock }
        return "\(line.clock)  \(note)".wrapped(to: Terminal.output.width, indent: 4).joined(separator: "\n")
    }
}
#endif
