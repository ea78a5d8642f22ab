#if Redis
internal import Carillon
internal import CarillonTriggers

/// What a search has found.
struct Found {
    var units: [StoredUnit] = []
    var times = EarliestTimes()
    /// The generations of those that cannot be read, which may be marked.
    var unreadable: Set<Int64> = []
    /// Answers to the commands that were sent along.
    var before: [RedisReply] = []
}

extension RedisSession {
    /// The number of times that a search is repeated because it found unreadable jobs.
    private static var searchRounds: Int { 100 }

    /// See `JobStore.find`.
    func find(_ query: JobQuery) throws(CarillonError) -> [JobSnapshot] {
        try found(query, isMarking: false).units.compactMap(\.snapshot)
    }

    /// Returns the readable units that a query finds.
    ///
    /// - Parameters:
    ///   - isMarking: Whether other passes are to leave out those that this one finds.
    ///   - before: Commands that write, to be sent along; only if it is marking.
    func found(
        _ query: JobQuery, isMarking: Bool, after before: [RedisArguments] = []
    ) throws(CarillonError) -> Found {
        var found = Found()
        var before = before
        for _ in 0..<Self.searchRounds {
            let excluded = shared.unreadable.generations
            var arguments = RedisArguments()
            fill(&arguments, query, excluded)
            let answer: RedisReply
            if isMarking {
                let replies = try write(shared.scripts.look, after: before, arguments)
                if found.before.isEmpty { found.before = replies.before }
                before = []
                answer = replies.answer
            } else {
                var all = RedisArguments([Self.format, String(epoch)])
                all.append(contentsOf: arguments)
                answer = try read(LookScript.reading, all)
            }
            let parts = answer.elements
            guard parts.count == 3 else { break }
            let units = parts[0].elements.compactMap { StoredUnit($0, shared, epoch: epoch) }
            found.units = units.filter { $0.snapshot != nil }
            found.times = times(parts[1], parts[2])
            let failed = Set(units.filter { $0.snapshot == nil }.map(\.generation))
            found.unreadable.formUnion(failed)
            // Only ids, units and nodes lead to jobs that are known to be unreadable, which are left out at once.
            guard !failed.subtracting(excluded).isEmpty else { break }
            shared.unreadable.insert(failed)
            // The marks of this search are not those of others.
            if isMarking {
                before = [RedisArguments(["ZREM", key("marks")] + units.map { String($0.generation) })]
            }
        }
        return found
    }

    private func fill(_ arguments: inout RedisArguments, _ query: JobQuery, _ excluded: [Int64]) {
        arguments.append(query.now.microseconds)
        arguments.append(max(query.dueLimit, 0))
        arguments.append(max(query.readyLimit, 0))
        arguments.append(query.sweepsWaiting ? "1" : "0")
        append(query.tasks, to: &arguments)
        arguments.append(excluded.count)
        for generation in excluded { arguments.append(generation) }
        arguments.append(query.units.count)
        for unit in query.units {
            arguments.append(unit.generation)
            arguments.append(unit.job.description)
        }
        arguments.append(query.ids.count)
        for id in query.ids { arguments.append(id.description) }
        arguments.append(query.runningOn.count)
        for node in query.runningOn { arguments.append(node.description) }
    }

    /// Reads units by generation and id.
    func units(_ wanted: [(generation: Int64, id: String)]) throws(CarillonError) -> [StoredUnit] {
        var units: [StoredUnit] = []
        for some in wanted.batches(of: 500) {
            var arguments = RedisArguments()
            for unit in some {
                arguments.append(unit.generation)
                arguments.append(unit.id)
            }
            units += try read(ReadingScripts.units, arguments).elements.compactMap {
                StoredUnit($0, shared, epoch: epoch)
            }
        }
        return units
    }

    /// Returns the generations of jobs that were not removed, by id.
    func generations(_ ids: [String]) throws(CarillonError) -> [String: Int64] {
        var found: [String: Int64] = [:]
        for some in ids.batches(of: 1000) {
            let replies = try read([RedisArguments(["HMGET", key("names")] + some)])[0].elements
            for (id, reply) in zip(some, replies) { if let number = reply.integer { found[id] = number } }
        }
        return found
    }

    /// See `JobStore.earliest`.
    func earliest(of tasks: Set<TaskName>?) throws(CarillonError) -> EarliestTimes {
        try news(for: nil, tasks: tasks).earliest
    }

    /// See `JobStore.news`.
    func news(for node: NodeID?, tasks: Set<TaskName>?) throws(CarillonError) -> StoreNews {
        var arguments = RedisArguments([node?.description ?? ""])
        append(tasks, to: &arguments)
        let parts = try read(NodeScripts.news, arguments).elements
        guard parts.count == 3 else { return StoreNews() }
        return StoreNews(
            earliest: times(parts[1], parts[2]),
            cancelRequested: parts[0].elements.compactMap { $0.bytes.flatMap(RunKey.id(member:)) })
    }
}
#endif
