#if Redis
internal import Carillon
internal import CarillonTriggers

extension RedisSession {
    /// See `JobStore.runs`.
    func runs(_ filter: RunFilter, page: Page<Run.ID>) throws(CarillonError) -> [Run] {
        try listing(filter, page: page).runs
    }

    /// Returns a page of runs, with the number of unreadable rows that would be on it.
    func listing(
        _ filter: RunFilter, page: Page<Run.ID>
    ) throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        var found: [Run.ID: Run] = [:]
        var unreadable = 0
        let isOpen = filter.state.map { if case .finished = $0 { false } else { true } }
        // Open ones first: a run that ends meanwhile is then seen, at worst twice.
        if isOpen != false {
            for run in try openRuns(filter, after: page.after, page.limit) { found[run.id] = run }
        }
        if isOpen != true, filter.node == nil {
            let ended = try endedRuns(filter, after: page.after, page.limit)
            unreadable = ended.unreadable
            for run in ended.runs { found[run.id] = run }
        }
        let sorted = found.values.sorted { $0.id.isListed(before: $1.id) }
        return (Array(sorted.prefix(page.limit)), unreadable)
    }

    // MARK: Open runs

    private func openRuns(_ filter: RunFilter, after: Run.ID?, _ limit: Int) throws(CarillonError) -> [Run] {
        if filter.job != nil || filter.node != nil {
            let ids = try openIDs(filter).filter { id in
                filter.mayPass(id) && (after.map { $0.isListed(before: id) } ?? true)
            }.sorted { $0.isListed(before: $1) }
            var runs: [Run] = []
            for some in ids.batches(of: max(limit, 100)) where runs.count < limit {
                runs += try loadOpen(some).filter(filter.passes)
            }
            return Array(runs.prefix(limit))
        }
        var reader = RunIndexReader(self, ["open"], scheduled: filter.scheduled, after: after.map(RunKey.member))
        var runs: [Run] = []
        while runs.count < limit, !reader.isAtEnd {
            let ids = try reader.next(max(limit, 100)).compactMap(RunKey.id(member:)).filter(filter.mayPass)
            runs += try loadOpen(ids).filter(filter.passes)
        }
        return Array(runs.prefix(limit))
    }

    /// Returns the ids of the open runs of a job, or on a node.
    private func openIDs(_ filter: RunFilter) throws(CarillonError) -> [Run.ID] {
        if let node = filter.node {
            return try read("SMEMBERS", key("running:\(node)")).elements.compactMap {
                $0.bytes.flatMap(RunKey.id(member:))
            }
        }
        guard let job = filter.job else { return [] }
        let generations = try self.generations(of: job)
        let fields = try read(generations.map { RedisArguments(["HKEYS", key("unit:\($0)")]) })
        return fields.flatMap { reply in
            reply.elements.compactMap { field in
                field.bytes.flatMap { $0.first == StoredJob.runField ? RunKey.id($0.dropFirst(), of: job) : nil }
            }
        }
    }

    /// The generations of the units of a job: that of the job, and those of removed ones whose runs have not ended.
    func generations(of job: JobID) throws(CarillonError) -> [Int64] {
        let id = Array(job.description.utf8)
        var removed = RedisArguments(["ZRANGEBYLEX", key("removed")])
        removed.append([UInt8(ascii: "[")] + id + [0])
        removed.append([UInt8(ascii: "(")] + id + [1])
        let replies = try read([RedisArguments(["HGET", key("names"), job.description]), removed])
        var generations = [replies[0].integer].compactMap(\.self)
        for member in replies[1].elements {
            guard let bytes = member.bytes, let zero = bytes.lastIndex(of: 0),
                let number = Int64(String(decoding: bytes[(zero + 1)...], as: UTF8.self))
            else { continue }
            generations.append(number)
        }
        return generations
    }

    /// Reads open runs with their notes but for the logs. Those that have ended, or cannot be read, are left out.
    private func loadOpen(_ ids: [Run.ID]) throws(CarillonError) -> [Run] {
        var commands: [RedisArguments] = []
        for id in ids {
            let key = RunKey(id).bytes
            var run = RedisArguments(["HGET", self.key("unit:\(id.occurrence.generation)")])
            run.append([StoredJob.runField] + key)
            var notes = RedisArguments(["HGET", self.key("note:\(id.occurrence.generation)")])
            notes.append(key)
            commands += [run, notes]
        }
        let replies = try read(commands)
        return ids.enumerated().compactMap { index, id in
            guard let value = replies[2 * index].bytes, var run = try? StoredRun.open(id, value) else { return nil }
            if let found = StoredNotes.notes(id, replies[2 * index + 1].bytes, log: nil) {
                run.show(found.notes, at: found.noted, withLog: false)
            }
            return run
        }
    }

    // MARK: Ended runs

    private func endedRuns(
        _ filter: RunFilter, after: Run.ID?, _ limit: Int
    ) throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        var runs: [Run] = []
        var unreadable = 0
        func take(_ ids: [Run.ID]) throws(CarillonError) {
            for value in try loadEnded(ids) {
                switch value {
                case .success(let ended): if filter.passes(ended.run), runs.count < limit { runs.append(ended.run) }
                case .failure: if runs.count < limit { unreadable += 1 }
                }
            }
        }
        if let job = filter.job {
            let ids = try endedIDs(of: job).filter { id in
                filter.mayPass(id) && (after.map { $0.isListed(before: id) } ?? true)
            }
            for some in ids.batches(of: max(limit, 100)) where runs.count < limit { try take(some) }
            return (runs, unreadable)
        }
        var indexes = [EndedIndexes.all]
        if case .finished(let outcome?)? = filter.state, outcome != .succeeded {
            indexes = Lateness.allCases.map { EndedIndexes.ofKind(EndedIndexes.Kind(outcome, $0)) }
        }
        var reader = RunIndexReader(self, indexes, scheduled: filter.scheduled, after: after.map(RunKey.member))
        while runs.count < limit, !reader.isAtEnd {
            try take(try reader.next(max(limit, 100)).compactMap(RunKey.id(member:)).filter(filter.mayPass))
        }
        return (runs, unreadable)
    }

    /// Returns the ids of the ended runs of a job, in the order of listings.
    func endedIDs(of job: JobID) throws(CarillonError) -> [Run.ID] {
        try read("HKEYS", key("past:\(job)")).elements
            .compactMap { $0.bytes.flatMap { RunKey.id($0[...], of: job) } }
            .sorted { $0.isListed(before: $1) }
    }

    /// Reads ended runs. Those that are gone are left out.
    func loadEnded(_ ids: [Run.ID]) throws(CarillonError) -> [Result<StoredRun.Ended, UnreadableValue>] {
        let commands = ids.map { id in
            var command = RedisArguments(["HGET", key("past:\(id.occurrence.job)")])
            command.append(RunKey(id).bytes)
            return command
        }
        return zip(ids, try read(commands)).compactMap { id, reply in
            reply.bytes.map { bytes in Result { () throws(UnreadableValue) in try StoredRun.ended(id, bytes) } }
        }
    }

    /// See `JobStore.run`.
    func run(_ id: Run.ID) throws(CarillonError) -> Run? {
        let key = RunKey(id).bytes
        var open = RedisArguments(["HGET", self.key("unit:\(id.occurrence.generation)")])
        open.append([StoredJob.runField] + key)
        var notes = RedisArguments(["HMGET", self.key("note:\(id.occurrence.generation)")])
        notes.append(key)
        notes.append(key + [UInt8(ascii: "l")])
        var past = RedisArguments(["HGET", self.key("past:\(id.occurrence.job)")])
        past.append(key)
        let replies = try read([open, notes, past])
        if let value = replies[0].bytes, var run = try? StoredRun.open(id, value) {
            let parts = replies[1].elements
            if let found = StoredNotes.notes(id, parts.first?.bytes, log: parts.last?.bytes) {
                run.show(found.notes, at: found.noted, withLog: true)
            }
            return run
        }
        return replies[2].bytes.flatMap { try? StoredRun.ended(id, $0).run }
    }
}

extension RunFilter {
    /// Whether a run may match, as far as its id tells.
    fileprivate func mayPass(_ id: Run.ID) -> Bool {
        if let job, job != id.occurrence.job { return false }
        if let kind, kind != id.occurrence.kind { return false }
        return scheduled?.contains(id.occurrence.scheduled) ?? true
    }

    fileprivate func passes(_ run: Run) -> Bool {
        guard mayPass(run.id) else { return false }
        if let node, run.state != .running(node: node) { return false }
        switch (state, run.state) {
        case (nil, _), (.waiting, .waiting), (.ready, .ready), (.running, .running): return true
        case (.finished(let wanted), .finished(let outcome)): return wanted == nil || wanted == outcome
        default: return false
        }
    }
}
#endif
