#if Redis
internal import Carillon
internal import CarillonTriggers

extension RedisSession {
    /// How many entries a listing reads at once, unless its page has more.
    private static var leastEntries: Int { 100 }
    /// The number of jobs that are not active up to which a listing of their state looks at all of them.
    private static var fewJobs: Int { 20_000 }

    /// An entry of an index that a listing goes through.
    private struct Entry {
        let id: String
        /// The id's bytes as they are written.
        let bytes: [UInt8]
        let generation: Int64
        let score: String
    }

    /// See `JobStore.jobs`.
    func jobs(_ filter: JobFilter, page: Page<JobCursor>) throws(CarillonError) -> [JobListing] {
        switch page.after {
        case nil: try jobsByID(filter, after: nil, page.limit)
        case .id(let id): try jobsByID(filter, after: id, page.limit)
        case .beginningByDue: try jobsByDue(filter, after: nil, page.limit)
        case .due(let due, let id): try jobsByDue(filter, after: (due, id), page.limit)
        }
    }

    // MARK: By id

    private func jobsByID(
        _ filter: JobFilter, after: String?, _ limit: Int
    ) throws(CarillonError) -> [JobListing] {
        var listed: [JobListing] = []
        if let ids = try idsOfState(filter, after: after) {
            for some in ids.batches(of: max(limit, Self.leastEntries)) where listed.count < limit {
                listed += try rows(try entries(some), filter)
            }
            return Array(listed.prefix(limit))
        }
        let index =
            if let tag = filter.tag { "tag:\(tag)" } else if let origin = filter.origin { "origin:\(origin)" } else {
                "ids"
            }
        var last = after.map { Array($0.utf8) }
        while listed.count < limit {
            let size = max(limit, Self.leastEntries)
            var command = RedisArguments(["ZRANGEBYLEX", key(index)])
            command.append(last.map { [UInt8(ascii: "(")] + $0 } ?? [UInt8(ascii: "-")])
            for word in ["+", "LIMIT", "0", String(size)] { command.append(word) }
            let ids = try read([command])[0].elements.compactMap(\.bytes)
            listed += try rows(try entries(ids), filter)
            guard ids.count == size else { break }
            last = ids.last
        }
        return Array(listed.prefix(limit))
    }

    /// Returns the ids of all jobs that are in a state, if few can be, in order.
    private func idsOfState(_ filter: JobFilter, after: String?) throws(CarillonError) -> [[UInt8]]? {
        guard let state = filter.state, state != .active, filter.tag == nil, filter.origin == nil,
            try read("ZCARD", key("still")).integer ?? 0 <= Self.fewJobs
        else { return nil }
        let members = try read("ZRANGE", key("still"), "0", "-1").elements.compactMap(\.bytes)
        let ids = members.map { Array($0.prefix { $0 != 0 }) }.sorted { $0.lexicographicallyPrecedes($1) }
        guard let after else { return ids }
        let bytes = Array(after.utf8)
        return ids.filter { bytes.lexicographicallyPrecedes($0) }
    }

    private func entries(_ ids: [[UInt8]]) throws(CarillonError) -> [Entry] {
        guard !ids.isEmpty else { return [] }
        var command = RedisArguments(["HMGET", key("names")])
        for id in ids { command.append(id) }
        let generations = try read([command])[0].elements
        return zip(ids, generations).compactMap { id, reply in
            reply.integer.map {
                Entry(id: String(decoding: id, as: UTF8.self), bytes: id, generation: $0, score: "")
            }
        }
    }

    // MARK: By due time

    private func jobsByDue(
        _ filter: JobFilter, after: (due: Instant?, id: String)?, _ limit: Int
    ) throws(CarillonError) -> [JobListing] {
        var indexes: [String] = []
        if filter.state == nil || filter.state == .active {
            let tasks =
                if let named = filter.tasks { named.map(\.description) } else {
                    try read("SMEMBERS", key("tasks")).elements.compactMap(\.text)
                }
            let left = Set(filter.exceptTasks.map(\.description))
            indexes += tasks.filter { !left.contains($0) }.map { "due:\($0)" }
        }
        if filter.state != .active { indexes.append("still") }
        var place = after.map { (score: $0.due.map(Score.text) ?? Score.never, id: Array($0.id.utf8)) }
        if let first = filter.due?.lowerBound, after.map({ ($0.due ?? .latest) < first }) ?? true {
            place = (Score.text(first), [])
        }
        var listed: [JobListing] = []
        while listed.count < limit, !indexes.isEmpty {
            let size = max(limit, Self.leastEntries)
            var arguments = RedisArguments([place?.score ?? ""])
            arguments.append(place?.id ?? [])
            arguments.append(size)
            for index in indexes { arguments.append(index) }
            var entries: [(entry: Entry, score: Double)] = []
            for reply in try read(ReadingScripts.byDue, arguments).elements { entries += Self.entries(reply) }
            entries.sort { left, right in
                left.score != right.score
                    ? left.score < right.score : left.entry.bytes.lexicographicallyPrecedes(right.entry.bytes)
            }
            let first = entries.prefix(size)
            listed += try rows(first.map(\.entry), filter)
            guard first.count == size, let last = first.last else { break }
            if let end = filter.due?.upperBound, last.score > Double(end.microseconds) { break }
            place = (last.entry.score, last.entry.bytes)
        }
        return Array(listed.prefix(limit))
    }

    private static func entries(_ reply: RedisReply) -> [(entry: Entry, score: Double)] {
        let parts = reply.elements
        return stride(from: 0, to: parts.count - 1, by: 2).compactMap { index in
            guard let member = parts[index].bytes, let zero = member.lastIndex(of: 0),
                let generation = Int64(String(decoding: member[(zero + 1)...], as: UTF8.self)),
                let text = parts[index + 1].text, let score = Double(text)
            else { return nil }
            let id = Array(member[..<zero])
            let entry = Entry(
                id: String(decoding: id, as: UTF8.self), bytes: id, generation: generation,
                // As a score is written, and not as Redis shows it.
                score: score.isFinite ? Int64(exactly: score).map { String($0) } ?? text : Score.never)
            return (entry, score)
        }
    }

    // MARK: Rows

    private func rows(_ entries: [Entry], _ filter: JobFilter) throws(CarillonError) -> [JobListing] {
        let text = Array((filter.text ?? "").utf8)
        let wanted = text.isEmpty ? entries : entries.filter { Self.contains($0.bytes, text) }
        let found = try units(wanted.map { ($0.generation, $0.id) })
        let units = Dictionary(found.map { ($0.generation, $0) }) { first, _ in first }
        let dueTimes = try dueTimes(wanted.filter { $0.score.isEmpty && units[$0.generation]?.snapshot == nil })
        return wanted.compactMap { entry in
            guard let unit = units[entry.generation], !unit.isRemoved else { return nil }
            switch unit.content {
            case .success(let snapshot): return filter.passes(snapshot.job) ? .job(snapshot.job) : nil
            case .failure(let error):
                guard filter.state == nil else { return nil }
                let due = dueTimes[entry.generation] ?? Score.instant(.bytes(Array(entry.score.utf8)))
                if let range = filter.due, !(due.map(range.contains) ?? false) { return nil }
                return .unreadable(id: entry.id, due: due, reason: error.description)
            }
        }
    }

    /// Returns the due times of jobs that cannot be read, which only the indexes know.
    private func dueTimes(_ entries: [Entry]) throws(CarillonError) -> [Int64: Instant] {
        guard !entries.isEmpty else { return [:] }
        let indexes = try read("SMEMBERS", key("tasks")).elements.compactMap(\.text).map { "due:\($0)" } + ["still"]
        var times: [Int64: Instant] = [:]
        for entry in entries {
            let member = IndexEntries.member(entry.id, entry.generation)
            let commands = indexes.map { index in
                var command = RedisArguments(["ZSCORE", key(index)])
                command.append(member)
                return command
            }
            for reply in try read(commands) { if let time = Score.instant(reply) { times[entry.generation] = time } }
        }
        return times
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= bytes.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
    }
}

extension JobFilter {
    /// Whether a job matches all criteria but the text in its id.
    fileprivate func passes(_ job: Job) -> Bool {
        let state: State =
            switch job.state {
            case .active: .active
            case .paused: .paused
            case .ended: .ended
            }
        let definition = job.definition
        if let wanted = self.state, wanted != state { return false }
        if let tasks, !tasks.contains(definition.task) { return false }
        if exceptTasks.contains(definition.task) { return false }
        if let tag, !definition.tags.contains(tag) { return false }
        if let origin, definition.origin != origin { return false }
        guard let due else { return true }
        return job.next.map { due.contains($0.due) } ?? false
    }
}
#endif
