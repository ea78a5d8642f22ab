#if Command
import Carillon
import CarillonTriggers

/// Records as JSON, an object a line, each with `time` and `event`. Times are RFC 3339 in UTC.
struct JSONRecords {
    /// One line, ended.
    func text(_ record: ServeRecord, at now: Instant) -> String {
        switch record {
        case .started(let banner): Self.line("started", now, Self.members(banner))
        case .began(let id): Self.line("run_started", now, Self.members(id))
        case .ended(let id, let outcome, let error, let run):
            Self.line("run", now, Self.members(id, outcome, error, run))
        case .notRun(let range):
            Self.line(
                "not_run", now,
                [
                    ("job", .string(range.job.description)), ("reason", .string(range.reason.rawValue)),
                    ("count", .integer(Int64(range.count))), ("first", Self.value(range.first)),
                    ("last", Self.value(range.last)),
                ])
        case .retrying(let id, let time):
            Self.line("retrying", now, Self.members(id) + [("at", Self.value(time))])
        case .recovered(let id): Self.line("recovered", now, Self.members(id))
        case .interrupted(let id, let isKept):
            Self.line("interrupted", now, Self.members(id) + [("again", .bool(isKept))])
        case .reloaded(let difference, let sources):
            Self.line("reloaded", now, [("config", Self.value(sources)), ("jobs", Self.value(difference))])
        case .stopping(let runs, let deadline):
            Self.line(
                "stopping", now,
                [
                    ("at_work", Self.value(runs.map(\.description))),
                    ("deadline_ms", .integer(Int64(deadline / .milliseconds(1)))),
                ])
        case .forced(let runs): Self.line("forced", now, [("at_work", Self.value(runs.map(\.description)))])
        case .stopped(let left, let unwritten):
            Self.line(
                "stopped", now,
                [
                    ("left", Self.value(left.map(\.description))),
                    ("unwritten", Self.value(unwritten.map(\.description))),
                ])
        case .untold(let count): Self.line("untold", now, [("count", .integer(Int64(count)))])
        }
    }

    /// An object on a line, for records and what is logged.
    static func line(_ event: String, _ time: Instant, _ members: [(String, JSONValue)]) -> String {
        let all = [("time", value(time)), ("event", .string(event))] + members
        return JSONValue.object(all.map { JSONValue.Member($0.0, $0.1) }).description + "\n"
    }

    private static func members(_ banner: ServeBanner) -> [(String, JSONValue)] {
        [
            ("version", .string(BuiltIn.version)),
            ("config", value(banner.sources)),
            ("stores", .object(banner.stores.map { JSONValue.Member($0.alias, .string($0.address)) })),
            ("zone", .string(banner.zone.identifier)),
            ("node", .string(banner.node.description)),
            ("tasks", value(banner.tasks)),
            ("jobs", value(banner.difference)),
            (
                "next",
                .array(
                    banner.next.map { job in
                        .object([
                            JSONValue.Member("job", .string(job.id.description)),
                            JSONValue.Member("due", job.next.map { value($0.due) } ?? .null),
                        ])
                    })
            ),
        ]
    }

    private static func members(_ id: Run.ID) -> [(String, JSONValue)] {
        [
            ("job", .string(id.occurrence.job.description)), ("run", .string(id.description)),
            ("kind", .string(id.occurrence.kind.rawValue)), ("attempt", .integer(Int64(id.attempt))),
            ("scheduled", value(id.occurrence.scheduled)),
        ]
    }

    private static func members(
        _ id: Run.ID, _ outcome: Outcome, _ error: String?, _ run: Run?
    ) -> [(String, JSONValue)] {
        var members = members(id) + [("outcome", .string(outcome.rawValue))]
        if let started = run?.started, let finished = run?.finished, let due = run?.due {
            members += [
                ("started", value(started)), ("finished", value(finished)),
                ("late_ms", .integer((started.microseconds - due.microseconds) / 1000)),
            ]
            if let time = run?.workTime {
                let length = (time.ended.microseconds - time.began.microseconds) / 1000
                members.insert(("duration_ms", .integer(length)), at: members.count - 1)
            }
        }
        if let error = run?.error ?? error { members.append(("error", .string(error))) }
        if let result = run?.result, let json = try? JSONReader.value(of: result) { members.append(("result", json)) }
        if let log = run?.log { members.append(("output", .string(String(decoding: log, as: UTF8.self)))) }
        return members
    }

    private static func value(_ time: Instant) -> JSONValue { .string(time.formatted(in: .utc)) }

    private static func value(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func value(_ difference: JobsDifference) -> JSONValue {
        .object([
            JSONValue.Member("added", value(difference.added.map(\.description))),
            JSONValue.Member("changed", value(difference.changed.map(\.description))),
            JSONValue.Member("removed", value(difference.removed.map(\.description))),
            JSONValue.Member("taken_over", value(difference.takenOver.map(\.description))),
            JSONValue.Member("unreadable", value(difference.unreadable.map(\.description))),
            JSONValue.Member("unchanged", .integer(Int64(difference.unchangedCount))),
        ])
    }
}
#endif
