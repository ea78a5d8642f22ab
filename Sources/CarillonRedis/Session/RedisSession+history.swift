#if Redis
internal import Carillon
internal import CarillonTriggers

extension RedisSession {
    /// See `JobStore.reasons`.
    func reasons(
        _ job: JobID, from first: Instant, through last: Instant, limit: Int
    ) throws(CarillonError) -> [ReasonRange] {
        let found = try reasons(of: job).compactMap { try? $0.get() }.flatMap(\.self)
            .filter { $0.first <= last && $0.last >= first }
        return Array(found.sorted(by: Self.isListed).prefix(max(limit, 0)))
    }

    private static func isListed(_ left: ReasonRange, before right: ReasonRange) -> Bool {
        left.last != right.last ? left.last > right.last : left.recorded > right.recorded
    }

    struct UnreadableReason: Error {
        let first: Instant
        let last: Instant
    }

    /// Reads the reasons of a job, in no order.
    func reasons(of job: JobID) throws(CarillonError) -> [Result<[ReasonRange], UnreadableReason>] {
        Self.reasons(of: job, try read("HGETALL", key("why:\(job)")).elements)
    }

    private static func reasons(
        of job: JobID, _ fields: [RedisReply]
    ) -> [Result<[ReasonRange], UnreadableReason>] {
        stride(from: 0, to: fields.count - 1, by: 2).map { index in
            let (name, value) = (fields[index].bytes ?? [], fields[index + 1].bytes ?? [])
            return Result { () throws(UnreadableReason) in
                do throws(UnreadableValue) {
                    return try StoredReason.ranges(job, try StoredReason.Key(field: name), value)
                } catch {
                    throw UnreadableReason(first: Self.firstTime(value), last: Self.lastTime(name))
                }
            }
        }
    }

    private static func firstTime(_ value: [UInt8]) -> Instant {
        var reader = PackedReader(value)
        return (try? reader.instant("first time")) ?? .earliest
    }

    private static func lastTime(_ name: [UInt8]) -> Instant {
        let word = String(decoding: name, as: UTF8.self).split(separator: " ").last
        return word.flatMap { Int64($0) }.map(Instant.init(microseconds:)) ?? .latest
    }

    /// See `JobStore.unreadableHistory`.
    func unreadableHistory(
        of job: JobID, from first: Instant, through last: Instant
    ) throws(CarillonError) -> Int {
        try unreadableHistory(ofBytes: Array(job.description.utf8), from: first, through: last)
    }

    /// As `unreadableHistory`, with the id as it is written.
    func unreadableHistory(
        ofBytes id: [UInt8], from first: Instant, through last: Instant
    ) throws(CarillonError) -> Int {
        guard let text = String(validating: id, as: UTF8.self), let job = try? JobID(exactly: text) else { return 1 }
        var count = 0
        let fields = try read("HGETALL", key("past:\(job)")).elements
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].bytes, let id = RunKey.id(name[...], of: job) else {
                count += 1
                continue
            }
            let time = id.occurrence.scheduled
            guard time >= first, time <= last else { continue }
            if (try? StoredRun.ended(id, fields[index + 1].bytes ?? [])) == nil { count += 1 }
        }
        for case .failure(let reason) in try reasons(of: job) where reason.first <= last && reason.last >= first {
            count += 1
        }
        return count
    }

    // MARK: Pruning

    /// How many jobs one step of pruning looks at.
    static var prunedAtOnce: Int { 100 }

    /// Returns the ids of some jobs that have a history, after one of them.
    func histories(after id: [UInt8]?) throws(CarillonError) -> [[UInt8]] {
        var command = RedisArguments(["ZRANGEBYLEX", key("histories")])
        command.append(id.map { [UInt8(ascii: "(")] + $0 } ?? [UInt8(ascii: "-")])
        for word in ["+", "LIMIT", "0", String(Self.prunedAtOnce)] { command.append(word) }
        return try read([command])[0].elements.compactMap(\.bytes)
    }

    /// What is to be removed of the history of some jobs.
    struct Pruned: Sendable {
        var runs: [Run.ID] = []
        var reasons: [(job: JobID, key: StoredReason.Key, ranges: Int, kept: [ReasonRange])] = []
        /// Ids of jobs that have no history any more.
        var empty: [[UInt8]] = []

        /// The same in parts, each of which is one step.
        var parts: [Pruned] {
            guard runs.count > 1000 else { return runs.isEmpty && reasons.isEmpty && empty.isEmpty ? [] : [self] }
            var rest = self
            rest.runs = []
            return runs.batches(of: 1000).map { Pruned(runs: $0) } + rest.parts
        }
    }

    /// Finds what the policies of some jobs do not keep.
    func pruned(_ ids: [[UInt8]], at now: Instant) throws(CarillonError) -> Pruned {
        var pruned = Pruned()
        let policies = try histories(of: ids)
        var arguments = RedisArguments()
        for id in ids { arguments.append(id) }
        for (id, reply) in zip(ids, try read(ReadingScripts.histories, arguments).elements) {
            let parts = reply.elements
            guard parts.count == 2, let text = String(validating: id, as: UTF8.self),
                let job = try? JobID(exactly: text)
            else { continue }
            if parts[0].elements.isEmpty, parts[1].elements.isEmpty { pruned.empty.append(id) }
            // A policy that cannot be read keeps everything.
            guard !policies.unreadable.contains(job.description) else { continue }
            let history = policies.known[job.description] ?? History()
            let oldest = now.advanced(byMicroseconds: -Int64(min(max(history.days, 0), 1_000_000)) * 86_400_000_000)
            pruned.runs += Self.pruned(job, parts[0].elements, keeping: history.runs, since: oldest)
            for case .success(let ranges) in Self.reasons(of: job, parts[1].elements) {
                let kept = ranges.filter { $0.recorded >= oldest }
                guard kept.count < ranges.count, let first = ranges.first else { continue }
                pruned.reasons.append((job, StoredReason.Key(first), ranges.count - kept.count, kept))
            }
        }
        return pruned
    }

    private static func pruned(
        _ job: JobID, _ fields: [RedisReply], keeping limit: Int, since oldest: Instant
    ) -> [Run.ID] {
        var ended: [(id: Run.ID, time: Instant)] = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].bytes, let id = RunKey.id(name[...], of: job) else { continue }
            var reader = PackedReader(fields[index + 1].bytes ?? [])
            guard (try? reader.count("log")) != nil, let time = try? reader.optionalInstant("finished") else {
                continue
            }
            ended.append((id, time))
        }
        ended.sort { left, right in
            left.time != right.time ? left.time > right.time : left.id.isListed(before: right.id)
        }
        return ended.enumerated().filter { $0 >= limit || $1.time < oldest }.map(\.element.id)
    }

    /// Returns the policies of the jobs that have some ids, and the ids of those that cannot be read.
    private func histories(
        of ids: [[UInt8]]
    ) throws(CarillonError) -> (known: [String: History], unreadable: Set<String>) {
        let generations = try generations(ids.map { String(decoding: $0, as: UTF8.self) })
        let jobs = Array(generations)
        let replies = try read(jobs.map { RedisArguments(["HMGET", key("unit:\($0.value)"), "j", "d"]) })
        var known: [String: History] = [:]
        var unreadable: Set<String> = []
        for ((id, generation), reply) in zip(jobs, replies) {
            let unit = StoredUnit(
                .array([
                    .integer(generation), .bytes(Array(id.utf8)),
                    .array([
                        .bytes(StoredJob.stateField), reply.elements.first ?? .null, .bytes(StoredJob.definitionField),
                        reply.elements.last ?? .null,
                    ]),
                ]), shared, epoch: epoch)
            if let snapshot = unit?.snapshot {
                known[id] = snapshot.job.definition.policies.history
            } else {
                unreadable.insert(id)
            }
        }
        return (known, unreadable)
    }

    /// Removes what was found.
    ///
    /// - Returns: How many runs and reasons there were.
    func remove(_ pruned: Pruned) throws(CarillonError) -> Int {
        var count = 0
        var message = CommitMessage()
        for case .success(let ended) in try loadEnded(pruned.runs) {
            message.forget(ended.run, task: ended.task)
            count += 1
        }
        for (job, key, ranges, kept) in pruned.reasons {
            write([(job, key, kept)], to: &message)
            count += ranges
        }
        if count > 0 {
            message.close("a", "", was: [], job: "")
            _ = try write(CommitScript.script, message.arguments(unmarking: []) { append([], to: &$0) })
        }
        if !pruned.empty.isEmpty {
            var arguments = RedisArguments()
            for id in pruned.empty { arguments.append(id) }
            _ = try write(KeepingScripts.dropHistories, arguments)
        }
        return count
    }

    /// Removes groups whose last failure was too long ago.
    func removeOldFailures(at now: Instant) throws(CarillonError) {
        let oldest = now.advanced(byMicroseconds: -FailureGroup.daysKept * 86_400_000_000)
        _ = try write(KeepingScripts.dropFailures, RedisArguments(["(" + Score.text(oldest)]))
    }
}

extension CommitMessage {
    /// Removes an ended run from the history and from all indexes.
    fileprivate mutating func forget(_ run: Run, task: TaskName?) {
        let key = RunKey(run.id)
        let job = run.id.occurrence.job.description
        unset(key.bytes, in: "past:\(job)")
        let member = key.bytes + Array(job.utf8)
        for index in EndedIndexes.all(of: run, task: task) { remove(member, fromSorted: index) }
    }
}
#endif
