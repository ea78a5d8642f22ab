#if Command
import CarillonTriggers

/// A trigger explained for people.
struct Explanation {
    let trigger: Trigger
    /// The zone that fire times are shown in.
    let zone: Zone
    let start: Instant
    let count: Int

    /// The trigger with everything fixed that depends on the time to look from.
    private var anchored: Trigger { trigger.anchored(at: start) }

    var text: String {
        var lines = [trigger.description.capitalizedFirst + "."]
        lines += trigger.remarks(after: start).map { "Note: \($0)." }
        let anchored = anchored
        let notes = FireTimeNotes(trigger: anchored, zone: zone)
        let times = Array(anchored.fireTimes(after: start).prefix(count))
        if count > 0 {
            let none = "It has no fire times after \(FireTimeLine(time: start, zone: zone, now: start).clock)."
            lines += ["", times.isEmpty ? none : "Next fire times"]
            let clocks = times.map { FireTimeLine(time: $0, zone: zone, now: start) }
            for (time, line) in zip(times, clocks) {
                let note = notes.text(at: time).map { "  \($0)" } ?? ""
                lines.append("  \(line.clock)   \(line.distance)\(note)")
            }
            if !times.isEmpty, times.count < count { lines.append("  and no more") }
        }
        for zone in trigger.zones {
            let changes = clockChanges(of: zone)
            if changes.isEmpty { continue }
            lines += ["", "Clock changes ahead (\(zone.identifier))"]
            for change in changes {
                lines.append("  \(change)")
                lines += effects(of: change, on: anchored).map { "    \($0)" }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The next two changes of a zone's clocks that come within two years.
    private func clockChanges(of zone: Zone) -> [Zone.ClockChange] {
        var changes: [Zone.ClockChange] = []
        var time = start
        let end = start.advanced(byMicroseconds: 2 * 366 * 86_400 * 1_000_000)
        while changes.count < 2, let change = zone.nextClockChange(after: time), change.instant <= end {
            changes.append(change)
            time = change.instant
        }
        return changes
    }

    /// What a change does to the fire times of an anchored trigger near it, as the clock that changes shows them.
    private func effects(of change: Zone.ClockChange, on trigger: Trigger) -> [String] {
        var effects = trigger.drifts(at: change)
        if let leftOut = trigger.timesLeftOut(by: change) { effects.append(leftOut) }
        let size = Int64(abs(change.offsetAfter - change.offsetBefore)) * 1_000_000
        let near = trigger.fireTimes(after: change.instant.advanced(byMicroseconds: -size - 1))
            .prefix { $0 < change.instant.advanced(byMicroseconds: size) }
        var noted = 0
        var followsElapsedTime = false
        for time in near.prefix(10_000) {
            guard let note = trigger.clockChangeNote(at: time, by: change.zone) else { continue }
            if case .followsElapsedTime = note.effect {
                followsElapsedTime = true
                continue
            }
            noted += 1
            guard noted <= 4 else {
                effects.append("and so on")
                break
            }
            effects.append("\(FireTimeLine(time: time, zone: change.zone, now: start).clock)  \(note)")
        }
        if followsElapsedTime { effects.append("follows elapsed time: it fires in both of the repeated stretches") }
        return effects.isEmpty ? ["no fire time is moved, merged, repeated or left out"] : effects
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
#endif
