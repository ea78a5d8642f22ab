#if Command
import Carillon
import CarillonTriggers

/// Which jobs of a store are which entries of a crontab that was imported before, however the file was edited since.
struct CrontabMatches {
    /// An entry and what it is in the store.
    struct Match {
        let entry: CrontabEntry
        let id: JobID
        /// The job of an earlier import; nothing for a new one.
        let job: Job?

        /// What is to be stored. What a crontab does not say stays as somebody has edited it: policies, tags, executor.
        var definition: JobDefinition {
            guard let job else { return entry.definition }
            var definition = job.definition
            definition.task = entry.definition.task
            definition.arguments = entry.definition.arguments
            definition.trigger = entry.definition.trigger
            return definition
        }

        /// What is other than at the import before, in words.
        var change: String {
            guard let old = job?.definition else { return "" }
            var changes: [String] = []
            if old.trigger != entry.definition.trigger { changes.append("was \(old.trigger)") }
            if old.arguments != entry.definition.arguments {
                let isSameCommand = CommandKey(old) == CommandKey(entry.definition)
                changes.append(isSameCommand ? "other environment" : "other command")
            }
            return changes.joined(separator: "; ")
        }
    }

    /// In the order of the file.
    private(set) var matches: [Match] = []
    /// Jobs of the file whose entries are not in it any more.
    private(set) var gone: [Job] = []

    /// Finds the job of each entry: the one that is the same, or else the one that differs in its times, in its
    /// environment, or in both. What is left gets an id of its own.
    ///
    /// - Parameter origin: What the crontab is called, by which its jobs are known.
    init(_ entries: [CrontabEntry], origin: String, in store: any JobStore) async throws(CarillonError) {
        var filter = JobFilter()
        filter.origin = origin
        var jobs: [Job] = []
        var pages = JobPages(filter)
        while let page = try await pages.next(of: store) { jobs += page.compactMap(\.job) }

        var found: [Int: Job] = [:]
        func match<Key: Hashable>(_ key: (JobDefinition, String) -> Key) {
            var places = Dictionary(grouping: jobs.indices.reversed()) { place in
                key(jobs[place].definition, jobs[place].id.description)
            }
            var taken: Set<Int> = []
            for (index, entry) in entries.enumerated() where found[index] == nil {
                guard let place = places[key(entry.definition, entry.newID)]?.popLast() else { continue }
                found[index] = jobs[place]
                taken.insert(place)
            }
            jobs = jobs.enumerated().filter { !taken.contains($0.offset) }.map(\.element)
        }
        match { definition, _ in EntryKey(what: definition.arguments, trigger: definition.trigger) }
        match { definition, _ in EntryKey(what: definition.arguments, trigger: nil) }
        match { definition, _ in EntryKey(what: CommandKey(definition).bytes, trigger: definition.trigger) }
        match { definition, _ in EntryKey(what: CommandKey(definition).bytes, trigger: nil) }
        match { _, id in id }
        gone = jobs

        var used = Set(found.values.map(\.id))
        for (index, entry) in entries.enumerated() {
            let id: JobID
            if let job = found[index] { id = job.id } else { id = try await Self.freeID(entry.newID, used, store) }
            used.insert(id)
            matches.append(Match(entry: entry, id: id, job: found[index]))
        }
    }

    /// An id that no job has: the same command may stand in a file twice, and a job of somebody else is not touched.
    private static func freeID(
        _ name: String, _ used: Set<JobID>, _ store: any JobStore
    ) async throws(CarillonError) -> JobID {
        var number = 1
        while true {
            let id = try JobID(number == 1 ? name : "\(name)-\(number)")
            number += 1
            if used.contains(id) { continue }
            if try await store.found(id, at: SystemClock().now) == nil { return id }
        }
    }
}

/// What an entry is found by: what it runs and, where that counts, when.
private struct EntryKey: Hashable {
    let what: [UInt8]
    let trigger: Trigger?
}

/// Command, user and input of a job: what makes an entry the same, whatever its times and its environment.
private struct CommandKey: Hashable {
    let bytes: [UInt8]

    init(_ definition: JobDefinition) {
        guard case .object(let members)? = try? JSONReader.value(of: definition.arguments) else {
            bytes = definition.arguments
            return
        }
        func value(_ name: String) -> JSONValue { members.first { $0.key == name }?.value ?? .null }
        var command = value("command")
        // The shell is the environment's.
        if case .array(let words) = command, words.count == 3, words[1] == .string("-c") { command = words[2] }
        bytes = JSONValue.array([command, value("user"), value("stdin")]).bytes
    }
}
#endif
