import CarillonTriggers

/// A trigger explained for people.
struct Explanation {
    let trigger: Trigger
    let zone: Zone
    let start: Instant
    let count: Int

    var text: String {
        var lines = [trigger.description.capitalizedFirst + "."]
        let times = Array(trigger.fireTimes(after: start).prefix(count))
        if count > 0 {
            lines += ["", times.isEmpty ? "It has no fire times after now." : "Next fire times"]
            let clocks = times.map { FireTimeLine(time: $0, zone: zone, now: start) }
            for (time, line) in zip(times, clocks) {
                let note = trigger.clockChangeNote(at: time).map { "  \($0)" } ?? ""
                lines.append("  \(line.clock)   \(line.distance)\(note)")
            }
            if !times.isEmpty, times.count < count { lines.append("  and no more") }
        }
        let changes = clockChanges
        if !changes.isEmpty {
            lines += ["", "Clock changes ahead (\(zone.identifier))"]
            for change in changes {
                lines.append("  \(change)")
                lines += effects(of: change).map { "    \($0)" }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The next two changes of the zone's clocks that come within two years.
    private var clockChanges: [Zone.ClockChange] {
        var changes: [Zone.ClockChange] = []
        var time = start
        let end = start.advanced(byMicroseconds: 2 * 366 * 86_400 * 1_000_000)
        while changes.count < 2, let change = zone.nextClockChange(after: time), change.instant <= end {
            changes.append(change)
            time = change.instant
        }
        return changes
    }

    /// What a change does to the fire times near it.
    private func effects(of change: Zone.ClockChange) -> [String] {
        let size = Int64(abs(change.offsetAfter - change.offsetBefore)) * 1_000_000
        let near = trigger.fireTimes(after: change.instant.advanced(byMicroseconds: -size - 1))
            .prefix { $0 < change.instant.advanced(byMicroseconds: size) }
        var effects: [String] = []
        for time in near.prefix(10_000) {
            guard let note = trigger.clockChangeNote(at: time) else { continue }
            if case .repeated = note.effect {
                return ["follows elapsed time: it fires in both of the repeated stretches"]
            }
            if effects.count == 4 {
                effects.append("and so on")
                break
            }
            effects.append("\(FireTimeLine(time: time, zone: zone, now: start).clock)  \(note)")
        }
        return effects.isEmpty ? ["no fire time is moved, merged or repeated"] : effects
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
