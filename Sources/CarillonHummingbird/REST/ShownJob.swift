#if Web
import Carillon
import CarillonTriggers

/// A job as clients of Flask-APScheduler read it.
struct ShownJob {
    let job: Job
    /// The keys of its task's arguments whose values are secrets, which nobody is shown.
    let secretKeys: Set<String>

    var json: JSONValue {
        let definition = job.definition
        let (first, trigger) = definition.trigger.withoutSetTime
        let arguments = shownArguments
        let shown = ShownTrigger(trigger)
        var next = JSONValue.null
        if job.state == .active, let due = job.next?.due {
            // A time that was set by hand is shown with the offset that it was written with.
            let set = first.flatMap { $0.instant(in: .utc) == due ? $0.offset : nil }
            next = .string(set.map(due.text(offset:)) ?? shown.text(due))
        }
        return .object(
            [
                JSONValue.Member("id", .string(job.id.description)),
                JSONValue.Member("name", .string(job.name)),
                JSONValue.Member("func", .string(definition.task.description)),
                JSONValue.Member("args", .array(arguments.positional)),
                JSONValue.Member("kwargs", .object(arguments.named)),
            ] + shown.members + [
                JSONValue.Member("misfire_grace_time", Self.seconds(definition.policies.misfireGrace)),
                JSONValue.Member("max_instances", .integer(Int64(definition.policies.maxInstances))),
                JSONValue.Member("next_run_time", next),
            ])
    }

    private var shownArguments: CallArguments {
        var arguments = CallArguments((try? JSONReader.value(of: job.definition.arguments)) ?? .null)
        guard !secretKeys.isEmpty else { return arguments }
        // Which of them are secrets, their places do not say.
        arguments.positional = arguments.positional.map { _ in Self.mask }
        arguments.named = arguments.named.map { masked($0, path: $0.key, others: "*") }
        return arguments
    }

    private static let mask = JSONValue.string("***")

    /// - Parameter others: The path of any key beside this one.
    private func masked(_ member: JSONValue.Member, path: String, others: String) -> JSONValue.Member {
        if secretKeys.contains(path) || secretKeys.contains(others) { return JSONValue.Member(member.key, Self.mask) }
        guard case .object(let members) = member.value else { return member }
        return JSONValue.Member(
            member.key, .object(members.map { masked($0, path: "\(path).\($0.key)", others: "\(path).*") }))
    }

    private static func seconds(_ duration: Duration?) -> JSONValue {
        guard let duration else { return .null }
        let micros = duration.wholeMicroseconds
        return micros % 1_000_000 == 0
            ? .integer(micros / 1_000_000) : .decimal("\(Double(micros) / 1_000_000)")
    }

    /// Whether a job comes before another in a list: by its next run, then by its id; those without one last.
    static func isBefore(_ left: Job, _ right: Job) -> Bool {
        let (first, second) = (left.shownNext, right.shownNext)
        return first == second ? left.id < right.id : first < second
    }
}

extension Job {
    /// When it runs next; after all others if it does not.
    fileprivate var shownNext: Instant { state == .active ? next?.due ?? .latest : .latest }
}
#endif
