#if Web
import Carillon
import CarillonTriggers
import HTTPTypes

/// The keys of a body that is a job, or a change of one.
struct JobBody {
    /// Those of a job, in the order of Flask-APScheduler's documentation. All others belong to its trigger.
    static let keys = [
        "id", "func", "name", "args", "kwargs", "trigger", "next_run_time", "misfire_grace_time", "coalesce",
        "max_instances", "executor", "jobstore", "replace_existing",
    ]

    private let members: [JSONValue.Member]

    /// - Throws: `RESTProblem` with 400 if the bytes are no JSON object.
    init(_ bytes: [UInt8]) throws(RESTProblem) { members = try Self.object(bytes) }

    /// - Throws: `RESTProblem` with 400 if the bytes are no JSON object.
    static func object(_ bytes: [UInt8]) throws(RESTProblem) -> [JSONValue.Member] {
        // Some programs write a byte order mark, which a reader may ignore (RFC 8259, section 8.1).
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if bytes.isEmpty { throw RESTProblem(.badRequest, "the request has no body; send a JSON object") }
        let json: JSONValue
        do throws(TriggerError) { json = try JSONReader.value(of: bytes) } catch {
            throw RESTProblem(.badRequest, "the body is not JSON: \(error.description)")
        }
        guard case .object(let members) = json else {
            throw RESTProblem(.badRequest, "the body is a JSON object, not \(json.kindDescription)")
        }
        return members
    }

    /// The value of a key; `nil` if it is not there.
    subscript(key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    /// - Parameter key: A key that is there and cannot be.
    func refuse(_ key: String, _ reason: String) throws(RESTProblem) {
        if self[key] != nil { throw .wrong(key, reason) }
    }

    /// The text of a key; `nil` if it is not there.
    func text(_ key: String) throws(RESTProblem) -> String? {
        switch self[key] {
        case nil: return nil
        case .string(let text)?: return text
        case let other?: throw .wrong(key, "is a string, not \(other.kindDescription)")
        }
    }

    func flag(_ key: String) throws(RESTProblem) -> Bool? {
        switch self[key] {
        case nil: return nil
        case .bool(let isOn)?: return isOn
        case let other?: throw .wrong(key, "is true or false, not \(other.kindDescription)")
        }
    }

    /// A whole number of 1 or more.
    private func count(_ key: String, orElse others: String = "") throws(RESTProblem) -> Int? {
        switch self[key] {
        case nil: return nil
        case .integer(let number)? where number > 0: return Int(number)
        case let other?: throw .wrong(key, "is a whole number above 0\(others), not \(other.kindDescription)")
        }
    }

    /// The task of `func`, if it may be given to jobs.
    func task(among tasks: Set<String>, hidden: Set<TaskName>) throws(RESTProblem) -> TaskName? {
        guard let name = try text("func") else { return nil }
        do throws(CarillonError) {
            let task = try TaskName(name)
            if tasks.contains(task.description), !hidden.contains(task) { return task }
        } catch {
            throw .wrong("func", error.reason)
        }
        let names = tasks.filter { name in !hidden.contains { $0.description == name } }.sorted()
        let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        throw .wrong("func", "'\(name.prefix(100))' is not a task that jobs can be given here\(hint)")
    }

    /// The arguments by position; `nil` if the key is not there.
    ///
    /// - Parameter isNull: Whether null is the same as none.
    func positional(isNull: Bool) throws(RESTProblem) -> [JSONValue]? {
        switch self["args"] {
        case nil: return nil
        case .null? where isNull: return nil
        case .array(let values)?: return values
        case let other?: throw .wrong("args", "is a list, not \(other.kindDescription)")
        }
    }

    /// The arguments by name; `nil` if the key is not there.
    func named(isNull: Bool) throws(RESTProblem) -> [JSONValue.Member]? {
        switch self["kwargs"] {
        case nil: return nil
        case .null? where isNull: return nil
        case .object(let members)?:
            if members.contains(where: { $0.key == CallArguments.positionalKey }) {
                throw .wrong("kwargs", "'\(CallArguments.positionalKey)' is not the name of an argument")
            }
            return members
        case let other?: throw .wrong("kwargs", "is an object, not \(other.kindDescription)")
        }
    }

    /// What the body says of policies, as a change of them.
    func policies() throws(RESTProblem) -> @Sendable (inout JobPolicies) -> Void {
        let grace = self["misfire_grace_time"]
        let seconds = grace == .null ? nil : try count("misfire_grace_time", orElse: ", or null")
        let isCoalesced = try flag("coalesce")
        let maxInstances = try count("max_instances")
        let change: @Sendable (inout JobPolicies) -> Void = { policies in
            if grace != nil { policies.misfireGrace = seconds.map(Duration.seconds) }
            if let isCoalesced { policies.coalesce = isCoalesced ? .latest : .all }
            if let maxInstances { policies.maxInstances = maxInstances }
        }
        var sample = JobPolicies()
        change(&sample)
        do throws(CarillonError) { try sample.validate() } catch {
            throw RESTProblem(.unprocessableContent, "misfire_grace_time or max_instances is too large")
        }
        return change
    }

    /// The form of the trigger that the body has; `nil` if it has none. Keys that are none of a job's belong to it.
    func triggerForm() throws(RESTProblem) -> JSONValue? {
        let others = members.filter { !Self.keys.contains($0.key) }
        switch self["trigger"] {
        case nil, .null?:
            return others.isEmpty ? nil : .object([JSONValue.Member("type", .string("date"))] + others)
        case .string(let type)?: return .object([JSONValue.Member("type", .string(type))] + others)
        case .object(let given)?:
            // An object without a type is a date, as no trigger at all is.
            var form = given.filter { $0.key != "type" || $0.value != .null }
            if !form.contains(where: { $0.key == "type" }) { form.set("type", .string("date")) }
            for other in others {
                guard Trigger.keysOfAllTypes.contains(other.key) else {
                    throw .wrong(other.key, "is not a key here\(Self.hint(other.key))")
                }
                guard !form.contains(where: { $0.key == other.key }) else {
                    throw .wrong(other.key, "is in 'trigger' already; give it once")
                }
                form.append(other)
            }
            return .object(form)
        case let other?: throw .wrong("trigger", "is a name or an object, not \(other.kindDescription)")
        }
    }

    /// Refuses keys that are none of a job's, where there is no trigger that they could belong to.
    func refuseOthers() throws(RESTProblem) {
        guard let other = members.first(where: { !Self.keys.contains($0.key) }) else { return }
        throw .wrong(
            other.key,
            Trigger.keysOfAllTypes.contains(other.key)
                ? "belongs to a trigger: give 'trigger' as well, with all its arguments"
                : "is not a key here\(Self.hint(other.key))")
    }

    private static func hint(_ key: String) -> String {
        nearest(to: key, among: keys).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// What the body says of the next run.
    func nextRun() throws(RESTProblem) -> RequestedNextRun {
        switch self["next_run_time"] {
        case nil: return .asTrigger
        case .null?: return .never
        case .string(let text)?:
            do throws(TriggerError) {
                return .at(try Moment(text: text, field: "next_run_time"))
            } catch {
                throw RESTProblem(.unprocessableContent, error.description)
            }
        case let other?: throw .wrong("next_run_time", "is a date and time, or null, not \(other.kindDescription)")
        }
    }
}

/// What a client wants of the next run of a job.
enum RequestedNextRun: Sendable {
    /// As the trigger says.
    case asTrigger
    /// None: the job is paused.
    case never
    /// At a time that it sets by hand.
    case at(Moment)
}
#endif
