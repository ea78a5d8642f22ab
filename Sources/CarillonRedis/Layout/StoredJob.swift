#if Redis
internal import Carillon
internal import CarillonTriggers

/// How a job is written: what plans change in one field of its unit's hash, and its definition in another.
enum StoredJob {
    /// The field that plans change.
    static let stateField = Array("j".utf8)
    /// The field of the definition.
    static let definitionField = Array("d".utf8)
    /// What the fields of open runs begin with, before the key of the run.
    static let runField = UInt8(ascii: "r")
    /// The bytes of the state of a job that was removed.
    private static let removed: Int64 = 3

    /// The value of the field that plans change.
    static func state(_ job: Job, isRemoved: Bool) -> [UInt8] {
        let (code, since): (Int64, Instant?) =
            switch job.state {
            case _ where isRemoved: (removed, nil)
            case .active: (0, nil)
            case .paused(let since): (1, since)
            case .ended: (2, nil)
            }
        var fields = PackedFields()
        fields.append(job.stateVersion)
        fields.append(job.definitionVersion)
        fields.append(code)
        fields.append(since?.microseconds)
        fields.append(job.next?.scheduled.microseconds)
        fields.append(job.next?.due.microseconds)
        return fields.bytes
    }

    /// The value of the field of the definition.
    static func definition(_ job: Job) -> [UInt8] {
        var fields = PackedFields()
        fields.append(job.definitionVersion)
        fields.append(job.added.microseconds)
        fields.append(job.id.description)
        fields.append(job.definition.jsonWithoutArguments.description)
        fields.append(job.definition.arguments)
        return fields.bytes
    }

    /// What the field that plans change says.
    struct State {
        let stateVersion: Int64
        let definitionVersion: Int64
        let state: Job.State
        let next: Job.Next?
        let isRemoved: Bool
    }

    static func state(_ bytes: [UInt8]) throws(UnreadableValue) -> State {
        var reader = PackedReader(bytes)
        let stateVersion = try reader.count("state version", from: 1)
        let definitionVersion = try reader.count("definition version", from: 1)
        let code = try reader.integer("state")
        let since = try reader.optionalInstant("time of the pause")
        let scheduled = try reader.optionalInstant("next scheduled time")
        let due = try reader.optionalInstant("next due time")
        guard reader.isAtEnd else { throw UnreadableValue("there is more than Carillon has written") }
        let state: Job.State
        switch (code, since) {
        case (0, _): state = .active
        case (1, let since?): state = .paused(since: since)
        case (2, _), (removed, _): state = .ended
        default: throw UnreadableValue("state is \(code), which is none")
        }
        let next = zip(scheduled, due).map { Job.Next(scheduled: $0, due: $1) }
        return State(
            stateVersion: stateVersion, definitionVersion: definitionVersion, state: state, next: next,
            isRemoved: code == removed)
    }

    /// Reads a definition.
    static func definition(
        _ bytes: [UInt8], version: Int64
    ) throws(UnreadableValue) -> DefinitionCache.Entry {
        var reader = PackedReader(bytes)
        guard try reader.count("version of the definition", from: 1) == version else {
            throw UnreadableValue("the definition is not of the version that the job has")
        }
        let added = try reader.instant("time of addition")
        let id = try reader.name("id", JobID.init(exactly:))
        let json = try reader.bytes("definition")
        let arguments = try reader.bytes("arguments")
        do throws(TriggerError) {
            let definition = try JobDefinition(json: try JSONReader.value(of: json), arguments: arguments)
            return DefinitionCache.Entry(id: id, added: added, definition: definition)
        } catch {
            throw UnreadableValue("definition: \(error)", lacksTriggerType: error.code == .unregisteredType)
        }
    }

    private static func zip(_ left: Instant?, _ right: Instant?) -> (Instant, Instant)? {
        guard let left, let right else { return nil }
        return (left, right)
    }
}
#endif
