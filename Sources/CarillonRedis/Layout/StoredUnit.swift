#if Redis
internal import Carillon
internal import CarillonTriggers

/// A unit as it was read.
struct StoredUnit {
    let generation: Int64
    /// The id under which it was found.
    let id: String
    /// The state as it is written, or nothing if there is none; a commit compares it.
    let state: [UInt8]
    /// The definition as it is written.
    let definition: [UInt8]
    /// The open runs as they are written, by the bytes of their keys.
    let runs: [(key: [UInt8], value: [UInt8])]
    /// The job with its open runs, or why it cannot be read.
    let content: Result<JobSnapshot, UnreadableValue>
    /// The open runs that can be read, of a unit that cannot.
    private(set) var readableRuns: [Run] = []
    /// Whether it was removed, as far as that can be read.
    let isRemoved: Bool
    /// Whether there are open runs that cannot be read.
    let hasUnreadableRuns: Bool

    var snapshot: JobSnapshot? { try? content.get() }

    /// Reads an answer of the server: the generation, the id, and all fields with their values.
    init?(_ reply: RedisReply, _ shared: RedisSession.Shared, epoch: Int64) {
        let parts = reply.elements
        guard parts.count == 3, let generation = parts[0].integer, let idBytes = parts[1].bytes else { return nil }
        self.generation = generation
        id = String(decoding: idBytes, as: UTF8.self)
        var state: [UInt8] = []
        var definition: [UInt8] = []
        var runs: [(key: [UInt8], value: [UInt8])] = []
        let fields = parts[2].elements
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].bytes, let value = fields[index + 1].bytes else { continue }
            if name == StoredJob.stateField {
                state = value
            } else if name == StoredJob.definitionField {
                definition = value
            } else if name.first == StoredJob.runField {
                runs.append((Array(name.dropFirst()), value))
            }
        }
        (self.state, self.definition, self.runs) = (state, definition, runs)
        let types = Trigger.registeredTypes
        var found = Self.job(id, generation, state, definition, shared, epoch)
        isRemoved = (try? found.get().isRemoved) ?? ((try? StoredJob.state(state).isRemoved) ?? false)
        var open: [Run] = []
        var unreadable: UnreadableValue?
        if let job = (try? found.get())?.job.id ?? (try? JobID(exactly: id)) {
            for (key, value) in runs {
                do throws(UnreadableValue) {
                    guard let id = RunKey.id(key[...], of: job) else {
                        throw UnreadableValue("its key is not as Carillon writes it")
                    }
                    open.append(try StoredRun.open(id, value))
                } catch {
                    unreadable = UnreadableValue("an open run of it cannot be read: \(error)")
                }
            }
        }
        hasUnreadableRuns = unreadable != nil
        switch found {
        case .success(var snapshot):
            // A plan without one of the runs would be wrong, unless the job is removed and all that is left is to end the
            // others.
            if let unreadable, !snapshot.isRemoved {
                found = .failure(unreadable)
            } else {
                snapshot.open = open
                found = .success(snapshot)
            }
        case .failure(let error):
            if error.lacksTriggerType { shared.unreadable.lacksType(generation, types: types) }
        }
        if case .failure = found { readableRuns = open }
        content = found
    }

    private static func job(
        _ id: String, _ generation: Int64, _ stateBytes: [UInt8], _ definition: [UInt8], _ shared: RedisSession.Shared,
        _ epoch: Int64
    ) -> Result<JobSnapshot, UnreadableValue> {
        Result { () throws(UnreadableValue) in
            let state = try StoredJob.state(stateBytes)
            let key = DefinitionCache.Key(generation: generation, definitionVersion: state.definitionVersion)
            let entry: DefinitionCache.Entry
            if let known = shared.definitions[key] {
                entry = known
            } else {
                entry = try StoredJob.definition(definition, version: state.definitionVersion)
                shared.definitions.insert(entry, for: key)
            }
            guard entry.id.description.utf8.elementsEqual(id.utf8) else {
                throw UnreadableValue("its id is '\(entry.id)' and it is found under another one")
            }
            let job = Job(
                id: entry.id, generation: generation, definition: entry.definition, state: state.state,
                next: state.next, added: entry.added, definitionVersion: state.definitionVersion,
                stateVersion: state.stateVersion)
            return JobSnapshot(job: job, fenceFloor: epoch, isRemoved: state.isRemoved)
        }
    }
}
#endif
