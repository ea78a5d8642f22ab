#if Redis
internal import Carillon
internal import CarillonTriggers

/// The audit log, and remembered requests.
extension RedisSession {
    // MARK: Audit log

    /// How many bytes of entries one script gets. All entries of a call are one step.
    private static var mostAuditBytes: Int { 400_000_000 }

    /// See `AuditLogging`.
    func append(_ entries: [AuditEntry]) throws(CarillonError) -> [Int64] {
        guard !entries.isEmpty else { return [] }
        var arguments = RedisArguments()
        for entry in entries.map(\.kept) {
            arguments.append(StoredAudit.bytes(entry))
            arguments.append(Score.text(entry.time))
            let indexes = StoredAudit.indexes(entry)
            arguments.append(indexes.count)
            for index in indexes { arguments.append(index) }
        }
        guard arguments.bytes.count < Self.mostAuditBytes else {
            throw CarillonError(.unsupported, "\(entries.count) entries of the audit log are too many for one call")
        }
        return try write(KeepingScripts.appendAudit, arguments).answer.elements.compactMap(\.integer)
    }

    /// See `AuditLogging`.
    func auditEntries(
        _ filter: AuditFilter, page: Page<Int64>
    ) throws(CarillonError) -> [NumberedAuditEntry] {
        let index = key(StoredAudit.index(filter))
        var found: [NumberedAuditEntry] = []
        var most = page.after.map { "(\($0)" } ?? "+inf"
        while found.count < page.limit {
            let size = max(page.limit, 100)
            let numbers = try read("ZREVRANGEBYSCORE", index, most, "-inf", "LIMIT", "0", String(size)).elements
                .compactMap(\.text)
            guard !numbers.isEmpty else { break }
            let values = try read([RedisArguments(["HMGET", key("audit")] + numbers)])[0].elements
            for (number, value) in zip(numbers, values) {
                guard let number = Int64(number), let entry = value.bytes.flatMap(StoredAudit.entry),
                    filter.passes(entry)
                else { continue }
                found.append(NumberedAuditEntry(number: number, entry: entry))
            }
            guard numbers.count == size, let last = numbers.last else { break }
            most = "(\(last)"
        }
        return Array(found.prefix(page.limit))
    }

    /// Removes some of the entries that exceed a limit.
    ///
    /// - Returns: How many were removed, and whether there may be more.
    func pruneAudit(at now: Instant, keeping limit: AuditLimit) throws(CarillonError) -> (count: Int, isDone: Bool) {
        let all = key("audit:all")
        let size = 1000
        let excess = (try read("ZCARD", all).integer ?? 0) - Int64(max(limit.entries, 0))
        var numbers: Set<String> = []
        if excess > 0 {
            let last = String(min(excess, Int64(size)) - 1)
            numbers.formUnion(try read("ZRANGE", all, "0", last).elements.compactMap(\.text))
        }
        if numbers.count < size {
            let times = try read(
                "ZRANGEBYSCORE", key("audit:times"), "-inf", "(" + Score.text(limit.oldest(at: now)), "LIMIT", "0",
                String(size)
            ).elements.compactMap(\.text)
            numbers.formUnion(times.prefix(size))
        }
        guard !numbers.isEmpty else { return (0, true) }
        let some = Array(numbers)
        let values = try read([RedisArguments(["HMGET", key("audit")] + some)])[0].elements
        var message = CommitMessage()
        for (number, value) in zip(some, values) {
            let member = Array(number.utf8)
            message.unset(member, in: "audit")
            let indexes = value.bytes.flatMap(StoredAudit.entry).map(StoredAudit.indexes) ?? ["audit:all"]
            for index in indexes { message.remove(member, fromSorted: index) }
            message.remove(member, fromSorted: "audit:times")
        }
        message.close("a", "", was: [], job: "")
        _ = try write(CommitScript.script, message.arguments(unmarking: []) { append([], to: &$0) })
        return (some.count, some.count < size)
    }

    // MARK: Requests

    /// See `RequestKeeping`.
    func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) throws(CarillonError) -> RequestClaim {
        try RememberedRequest.check(fingerprint: fingerprint)
        while true {
            let known = try request(key)
            if let answer = known.request?.answer(to: fingerprint, at: now, takingOverBefore: abandoned) {
                return answer
            }
            // Random, so that no claim waits for a counter.
            let token = Int64.random(in: 1 ... .max)
            let claim = RememberedRequest(fingerprint: fingerprint, token: token, claimed: now, expires: expires)
            // Another caller may have been first.
            if try swap(key, known.bytes, for: claim, dropping: now) { return .granted(token: token) }
        }
    }

    /// See `RequestKeeping`.
    func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) throws(CarillonError) -> Bool {
        try RememberedRequest.check(answer)
        return try changeUnanswered(key, token) { request in
            var request = request
            request.answer = answer
            return request
        }
    }

    /// See `RequestKeeping`.
    func release(_ key: RequestKey, token: Int64) throws(CarillonError) -> Bool {
        try changeUnanswered(key, token) { _ in nil }
    }

    private func changeUnanswered(
        _ key: RequestKey, _ token: Int64, _ change: (RememberedRequest) -> RememberedRequest?
    ) throws(CarillonError) -> Bool {
        while true {
            let known = try request(key)
            guard let request = known.request, request.token == token, request.answer == nil else { return false }
            if try swap(key, known.bytes, for: change(request), dropping: nil) { return true }
        }
    }

    private func request(_ key: RequestKey) throws(CarillonError) -> (request: RememberedRequest?, bytes: [UInt8]) {
        var command = RedisArguments(["HGET", self.key("requests")])
        command.append(Self.field(key))
        let bytes = try read([command])[0].bytes ?? []
        return (StoredRequest.request(bytes), bytes)
    }

    private static func field(_ key: RequestKey) -> [UInt8] { Array(key.actor.utf8) + [0] + Array(key.key.utf8) }

    private func swap(
        _ key: RequestKey, _ old: [UInt8], for new: RememberedRequest?, dropping now: Instant?
    ) throws(CarillonError) -> Bool {
        var arguments = RedisArguments()
        arguments.append(Self.field(key))
        arguments.append(old)
        arguments.append(new.map(StoredRequest.bytes) ?? [])
        arguments.append(new.map { Score.text($0.expires) } ?? "")
        arguments.append(now.map(Score.text) ?? "")
        return try write(KeepingScripts.swapRequest, arguments).answer.integer == 1
    }
}

/// How remembered requests are written.
enum StoredRequest {
    static func bytes(_ request: RememberedRequest) -> [UInt8] {
        var fields = PackedFields()
        fields.append(request.fingerprint)
        fields.append(request.token)
        fields.append(request.claimed.microseconds)
        fields.append(request.expires.microseconds)
        fields.append(request.answer)
        return fields.bytes
    }

    static func request(_ bytes: [UInt8]) -> RememberedRequest? {
        guard !bytes.isEmpty else { return nil }
        var reader = PackedReader(bytes)
        do throws(UnreadableValue) {
            return RememberedRequest(
                fingerprint: try reader.text("fingerprint"), token: try reader.integer("token"),
                claimed: try reader.instant("time of the claim"), expires: try reader.instant("end of the claim"),
                answer: try reader.optionalBytes("answer"))
        } catch {
            return nil
        }
    }
}
#endif
