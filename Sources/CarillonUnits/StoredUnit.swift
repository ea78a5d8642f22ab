package import Carillon
internal import CarillonTriggers

/// A unit as it was read.
package struct StoredUnit {
    package let generation: Int64
    /// The id under which it was found.
    package let id: String
    /// The state as it is written, or nothing if there is none; a commit compares it.
    package let state: [UInt8]
    /// The definition as it is written.
    package let definition: [UInt8]
    /// The open runs as they are written, by the bytes of their keys.
    package let runs: [(key: [UInt8], value: [UInt8])]
    /// The job with its open runs, or why it cannot be read.
    package let content: Result<JobSnapshot, UnreadableValue>
    /// The open runs that can be read, of a unit that cannot.
    package private(set) var readableRuns: [Run] = []
    /// Whether it was removed, as far as that can be read.
    package let isRemoved: Bool
    /// Whether there are open runs that cannot be read.
    package let hasUnreadableRuns: Bool

    package var snapshot: JobSnapshot? { try? content.get() }

    /// Reads a unit.
    ///
    /// - Parameters:
    ///   - id: The id under which it was found.
    ///   - runs: The open runs as they are written, by the bytes of their keys.
    ///   - readers: What the sessions of a store have read before.
    package init(
        generation: Int64, id: String, state: [UInt8], definition: [UInt8], runs: [(key: [UInt8], value: [UInt8])],
        fenceFloor: Int64 = 0, readers: UnitReaders
    ) {
        self.generation = generation
        self.id = id
        (self.state, self.definition, self.runs) = (state, definition, runs)
        let types = Trigger.registeredTypes
        var found = Self.job(id, generation, state, definition, readers, fenceFloor)
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
            if error.lacksTriggerType { readers.unreadable.lacksType(generation, types: types) }
        }
        if case .failure = found { readableRuns = open }
        content = found
    }

    private static func job(
        _ id: String, _ generation: Int64, _ stateBytes: [UInt8], _ definition: [UInt8], _ readers: UnitReaders,
        _ fenceFloor: Int64
    ) -> Result<JobSnapshot, UnreadableValue> {
        Result { () throws(UnreadableValue) in
            let state = try StoredJob.state(stateBytes)
            let key = DefinitionCache.Key(generation: generation, definitionVersion: state.definitionVersion)
            let entry: DefinitionCache.Entry
            if let known = readers.definitions[key] {
                entry = known
            } else {
                entry = try StoredJob.definition(definition, version: state.definitionVersion)
                readers.definitions.insert(entry, for: key)
            }
            guard entry.id.description.utf8.elementsEqual(id.utf8) else {
                throw UnreadableValue("its id is '\(entry.id)' and it is found under another one")
            }
            let job = Job(
                id: entry.id, generation: generation, definition: entry.definition, state: state.state,
                next: state.next, added: entry.added, definitionVersion: state.definitionVersion,
                stateVersion: state.stateVersion)
            return JobSnapshot(job: job, fenceFloor: fenceFloor, isRemoved: state.isRemoved)
        }
    }
}

/// What the sessions of a store share to read units.
package struct UnitReaders: Sendable {
    /// The definitions that were read lately.
    package let definitions = DefinitionCache()
    /// The jobs that turned out unreadable lately.
    package let unreadable = UnreadableJobs()

    /// Nothing was read yet.
    package init() {}
}
