#if Command
import Carillon
import CarillonTriggers

/// A job of a store as commands show it.
struct JobForm {
    let job: Job
    /// The alias of its store.
    let store: String
    /// The zone to show times in, where one is asked for.
    let shownZone: Zone?
    /// The configuration's zone, for triggers without one.
    let defaultZone: Zone

    init(_ job: Job, in opened: OpenedStore, zone: Zone?) {
        self.job = job
        store = opened.alias
        shownZone = zone
        defaultZone = opened.zone
    }

    /// The zone that times are shown in.
    var zone: Zone { shownZone ?? job.definition.trigger.ownZone ?? defaultZone }

    /// `active`, `paused` or `ended`.
    var state: JobFilter.State {
        switch job.state {
        case .active: .active
        case .paused: .paused
        case .ended: .ended
        }
    }

    /// When it comes, at the end of a sentence: a job that is paused has a next time, and does not fire at it.
    func coming(now: Instant) -> String {
        if state == .paused { return "it is paused, and comes \(afterResuming(now))" }
        return job.next.map { "next \(ShownTime(now: now).both($0.due, in: zone))" } ?? "no occurrence is left"
    }

    /// When a paused job comes.
    private func afterResuming(_ now: Instant) -> String {
        let command = "'carillon jobs resume \(StoreFile.quoted(job.id.description.printable))'"
        let isToCome = job.next.map { $0.scheduled > now } ?? false || job.definition.trigger.next(after: now) != nil
        return isToCome
            ? "at its next time after \(command)" : "no more: none of its times is left, and \(command) ends it"
    }

    /// The object that `docs/commands.md` describes.
    var json: JSONValue {
        var form = JSONForm()
        form.add("id", job.id.description)
        form.add("name", job.definition.name)
        form.add("store", store)
        form.add("state", state.rawValue)
        var since: Instant?
        if case .paused(let time) = job.state { since = time }
        form.add("paused_since", since, in: zone)
        form.add("next_scheduled", job.next?.scheduled, in: zone)
        form.add("next_due", job.next?.due, in: zone)
        form.add("task", job.definition.task.description)
        // Arguments that are no JSON are shown as they are: only whoever wrote them knows what they are.
        form.add(
            "arguments",
            (try? JSONReader.value(of: job.definition.arguments))
                ?? .string(String(decoding: job.definition.arguments, as: UTF8.self)))
        form.add("trigger", job.definition.trigger.json)
        form.add("trigger_description", job.definition.trigger.description)
        form.add("policies", job.definition.policies.json)
        form.add("tags", job.definition.tags)
        form.add("executor", job.definition.executor)
        form.add("origin", job.definition.origin)
        form.add("added", job.added, in: zone)
        form.add("generation", job.generation)
        form.add("version", job.definitionVersion)
        return form.value
    }

    /// A job that cannot be read, with the same keys as far as they are known.
    static func unreadable(id: String, due: Instant?, reason: String, store: String) -> JSONValue {
        var form = JSONForm()
        form.add("id", id)
        form.add("store", store)
        form.add("state", "unreadable")
        form.add("next_due", due, in: .utc)
        form.add("error", reason)
        return form.value
    }

    /// The state as a cell of a table.
    var stateCell: Table.Cell { Table.Cell(state.rawValue, state == .paused ? .yellow : nil) }

    /// A line for each thing there is to say.
    func lines(now: Instant, terminal: Terminal) -> [String] {
        let times = ShownTime(now: now)
        let definition = job.definition
        var facts = Facts()
        facts.add("id", whole: job.id.description)
        if let name = definition.name { facts.add("name", whole: name) }
        switch job.state {
        case .active: facts.add("state", "active")
        case .paused(let since): facts.add("state", "paused", .yellow, " since \(times.both(since, in: zone))")
        case .ended: facts.add("state", "ended: no occurrence is left")
        }
        var trigger = definition.trigger.summary
        if let start = definition.trigger.countedFrom {
            // The weekday says nothing of when repetitions are counted from.
            trigger += ", from \(times.clock(start, in: zone).dropFirst(4))"
        }
        facts.add("trigger", trigger)
        if state == .paused {
            facts.add("next", afterResuming(now))
        } else if let next = job.next {
            facts.add("next", times.both(next.due, in: zone))
            if next.due != next.scheduled {
                let isWaiting = next.scheduled <= now && next.due > now
                let words = isWaiting ? "; it waits out its jitter" : ", moved by its jitter"
                facts.add("scheduled", times.both(next.scheduled, in: zone) + words)
            }
        }
        facts.add("task", definition.task.description)
        for (name, text) in definition.task.words(of: definition.arguments) { facts.add(name, whole: text) }
        for policy in definition.policies.words { facts.add(policy.name, policy.text) }
        if !definition.tags.isEmpty { facts.add("tags", definition.tags.joined(separator: ", ")) }
        if definition.executor != "default" { facts.add("executor", definition.executor) }
        if let origin = definition.origin { facts.add("kept by", whole: origin) }
        facts.add("added", times.both(job.added, in: zone))
        facts.add("version", "\(job.definitionVersion), generation \(job.generation)")
        return facts.lines(for: terminal)
    }
}
#endif
