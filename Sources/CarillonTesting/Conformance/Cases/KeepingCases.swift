import Carillon
import CarillonTriggers

extension StoreConformance {
    static let audit = group("Audit log") { group in
        group.add("an entry reads back as it was given", needs: [.auditLog]) { bench in
            let entries = [
                AuditEntry(
                    actor: "ann", origin: "10.0.0.1", time: bench.time(1), action: "modify",
                    object: .job(JobID("a")),
                    before: Array("{\"x\":1}".utf8), after: Array("{\"x\":2}".utf8), summary: "x", result: .done,
                    request: "r-1"),
                AuditEntry(
                    actor: "bob", time: bench.time(2), action: "remove",
                    object: AuditEntry.Object(kind: "node", id: "名前 'x' \"y\""), result: .refused("bob may only look")),
                AuditEntry(
                    actor: "eve", time: bench.time(3), action: "run", object: .job(JobID("a")), before: [],
                    result: .unknown("no answer came")),
            ]
            let numbers = try await bench.log.append(entries)
            try expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "numbers rise: \(numbers)")
            let found = try await bench.log.auditEntries(AuditFilter(), page: Page())
            try expectEqual(found.map(\.entry), entries.reversed(), "entries")
            try expectEqual(found.map(\.number), numbers.reversed(), "numbers")
            try expectEqual(try await bench.log.append([]), [], "numbers of no entries")
        }
        group.add("entries are found by actor, object, action and time", needs: [.auditLog]) { bench in
            let actors = ["ann", "bob", "ann", "bob", "ann", "Ann"]
            for (index, actor) in actors.enumerated() {
                _ = try await bench.log.append([
                    AuditEntry(
                        actor: actor, time: bench.time(Int64(index)), action: index < 3 ? "pause" : "resume",
                        object: AuditEntry.Object(kind: index == 4 ? "run" : "job", id: index % 2 == 0 ? "a" : "b"))
                ])
            }
            func found(_ adjust: (inout AuditFilter) -> Void) async throws -> [Int64] {
                var filter = AuditFilter()
                adjust(&filter)
                return try await bench.log.auditEntries(filter, page: Page())
                    .map { ($0.entry.time.microseconds - bench.start.microseconds) / 1_000_000 }
            }
            try expectEqual(try await found { $0.actor = "ann" }, [4, 2, 0], "of an actor")
            try expectEqual(try await found { $0.actor = "nobody" }, [], "of nobody")
            try expectEqual(
                try await found { $0 = AuditFilter(object: .init(kind: "job", id: "a")) }, [2, 0], "of an object")
            try expectEqual(try await found { $0.objectKind = "job" }, [5, 3, 2, 1, 0], "of a kind")
            try expectEqual(try await found { $0.action = "resume" }, [5, 4, 3], "of an action")
            try expectEqual(try await found { $0.time = bench.time(1)...bench.time(3) }, [3, 2, 1], "of a time")
            let both = try await found {
                $0 = AuditFilter(object: .init(kind: "job", id: "b"))
                $0.actor = "bob"
                $0.action = "resume"
            }
            try expectEqual(both, [3], "of all")
        }
        group.add("pages go on behind a number, whatever was added since", needs: [.auditLog]) { bench in
            func entry(_ index: Int) -> AuditEntry {
                AuditEntry(
                    actor: index % 2 == 0 ? "ann" : "bob", time: bench.time(0), action: "run",
                    object: AuditEntry.Object(kind: "job", id: "\(index)"))
            }
            _ = try await bench.log.append((0..<25).map(entry))
            for actor in [nil, "ann"] {
                var filter = AuditFilter()
                filter.actor = actor
                var found: [String] = []
                var page = Page<Int64>(limit: 4)
                repeat {
                    let rows = try await bench.log.auditEntries(filter, page: page)
                    found += rows.map(\.entry.object.id)
                    page.after = rows.count == 4 ? rows.last?.number : nil
                    _ = try await bench.log.append([entry(100)])
                } while page.after != nil && found.count < 200
                let expected = (0..<25).reversed().filter { actor == nil || $0 % 2 == 0 }.map { "\($0)" }
                try expectEqual(found.filter { $0 != "100" }, expected, "ids of \(actor ?? "all")")
                if actor == nil { try expect(!found.contains("100"), "what was added since is not on later pages") }
            }
        }
        group.add("what is too long is cut or left out, and that is said", needs: [.auditLog]) { bench in
            let long = Array(repeating: UInt8(ascii: " "), count: AuditEntry.valueLimit + 1)
            let entry = AuditEntry(
                actor: String(repeating: "é", count: 150), time: bench.time(0), action: "modify",
                object: .job(JobID("a")), before: Array(long.dropLast()), after: long,
                summary: String(repeating: "s", count: 5000))
            _ = try await bench.log.append([entry])
            let found = try require(try await bench.log.auditEntries(AuditFilter(), page: Page()).first, "the entry")
                .entry
            try expectEqual(found.actor, String(repeating: "é", count: 100), "actor")
            try expectEqual(found.before?.count, AuditEntry.valueLimit, "bytes before")
            try expectEqual(found.after, nil, "after")
            try expect(found.summary?.contains("'after' has 65537 bytes") == true, "the summary says so")
        }
        group.add("the log is pruned by its own limit alone", needs: [.auditLog]) { bench in
            let day = Int64(86_400)
            _ = try await bench.log.append(
                (0..<10).map { index in
                    AuditEntry(
                        actor: "ann", time: bench.time(index * day), action: "run",
                        object: AuditEntry.Object(kind: "job", id: "\(index)"))
                })
            _ = try await bench.store.prune(at: bench.time(1000 * day))
            func ids() async throws -> [String] {
                try await bench.log.auditEntries(AuditFilter(), page: Page()).map(\.entry.object.id)
            }
            try expectEqual(try await ids().count, 10, "entries after the history was pruned")
            let limit = AuditLimit(days: 5, entries: 1000)
            try expectEqual(
                try await bench.log.pruneAudit(at: bench.time(9 * day), keeping: limit), 4, "removed by age")
            try expectEqual(try await ids(), ["9", "8", "7", "6", "5", "4"], "entries of five days")
            let few = AuditLimit(days: 1000, entries: 2)
            try expectEqual(
                try await bench.log.pruneAudit(at: bench.time(9 * day), keeping: few), 4, "removed by number")
            try expectEqual(try await ids(), ["9", "8"], "the last two")
            let numbers = try await bench.log.append([
                AuditEntry(actor: "ann", time: bench.time(0), action: "run", object: .job(JobID("a")))
            ])
            let highest = try await bench.log.auditEntries(AuditFilter(), page: Page()).first?.number
            try expectEqual(numbers.first, highest, "the number of what is added then is the highest")
        }
        group.add("the log is there again", needs: [.auditLog, .reopening]) { bench in
            let entry = AuditEntry(actor: "ann", time: bench.time(0), action: "run", object: .job(JobID("a")))
            let first = try await bench.log.append([entry])
            let again = bench.with(try await bench.storage.reopen())
            try expectEqual(
                try await again.log.auditEntries(AuditFilter(), page: Page()).map(\.entry), [entry], "entries")
            let second = try await again.log.append([entry])
            try expect(first[0] < second[0], "numbers go on: \(first), \(second)")
        }
    }

    static let requests = group("Requests that are sent twice") { group in
        group.add(
            "the first who claims a key is granted it, and hears the answer when they claim again",
            needs: [.requestKeys]
        ) {
            bench in
            let key = try RequestKey(actor: "ann", key: "k1")
            let token = try await granted(bench, key, "f", at: 0)
            try expectEqual(
                try await claim(bench, key, "f", at: 5), .unanswered(since: bench.time(0)), "the same request meanwhile"
            )
            try expectEqual(try await claim(bench, key, "g", at: 5), .otherRequest, "another request meanwhile")
            try expect(try await bench.memory.keep(Array("yes".utf8), of: key, token: token), "the answer is kept")
            try expectEqual(
                try await claim(bench, key, "f", at: 6), .answered(Array("yes".utf8)), "the same request afterwards")
            try expectEqual(try await claim(bench, key, "g", at: 6), .otherRequest, "another request afterwards")
            try expect(
                !(try await bench.memory.keep(Array("no".utf8), of: key, token: token)), "a second answer is not kept")
            try expectEqual(
                try await claim(bench, key, "f", at: 7), .answered(Array("yes".utf8)), "the answer is the first one")
        }
        group.add("keys are told apart by who sends them, and byte by byte", needs: [.requestKeys]) { bench in
            for (actor, key) in [("ann", "k"), ("bob", "k"), ("ann", "K"), ("Ann", "k"), ("ann", "k ")] {
                _ = try await granted(bench, try RequestKey(actor: actor, key: key), "f", at: 0)
            }
        }
        group.add("a claim that has expired counts as none", needs: [.requestKeys]) { bench in
            let key = try RequestKey(actor: "ann", key: "k1")
            let old = try await granted(bench, key, "f", at: 0)
            try expect(try await bench.memory.keep([1], of: key, token: old), "the answer is kept")
            try expectEqual(try await claim(bench, key, "g", at: 99), .otherRequest, "right before it expires")
            let new = try await granted(bench, key, "g", at: 100)
            try expect(old != new, "the tokens differ")
            try expect(!(try await bench.memory.keep([2], of: key, token: old)), "the old token is worth nothing")
            try expect(!(try await bench.memory.release(key, token: old)), "it releases nothing")
            try expectEqual(
                try await claim(bench, key, "g", at: 101), .unanswered(since: bench.time(100)), "the new claim")
        }
        group.add("a key that is given back may be claimed by any request", needs: [.requestKeys]) { bench in
            let key = try RequestKey(actor: "ann", key: "k1")
            let token = try await granted(bench, key, "f", at: 0)
            try expect(!(try await bench.memory.release(key, token: token ^ 1)), "another token gives nothing back")
            try expect(try await bench.memory.release(key, token: token), "it is given back")
            try expect(!(try await bench.memory.release(key, token: token)), "and not twice")
            let next = try await granted(bench, key, "g", at: 1)
            _ = try await bench.memory.keep([], of: key, token: next)
            try expect(!(try await bench.memory.release(key, token: next)), "what is answered is not given back")
            try expectEqual(try await claim(bench, key, "g", at: 2), .answered([]), "the answer")
        }
        group.add("a claim that nobody answers may be taken over, by the same request alone", needs: [.requestKeys]) {
            bench in
            let key = try RequestKey(actor: "ann", key: "k1")
            let first = try await granted(bench, key, "f", at: 0)
            func takeOver(_ fingerprint: String, before seconds: Int64) async throws -> RequestClaim {
                try await bench.memory.claim(
                    key, fingerprint: fingerprint, at: bench.time(50), until: bench.time(200),
                    takingOverBefore: bench.time(seconds))
            }
            try expectEqual(try await takeOver("f", before: 0), .unanswered(since: bench.time(0)), "not old enough")
            try expectEqual(try await takeOver("g", before: 1), .otherRequest, "another request")
            guard case .granted(let second) = try await takeOver("f", before: 1) else {
                throw StoreConformanceFailure("an old claim is not taken over")
            }
            try expect(!(try await bench.memory.keep([1], of: key, token: first)), "the late answer is not kept")
            try expect(try await bench.memory.keep([2], of: key, token: second), "that of the new claim is")
            try expectEqual(try await takeOver("f", before: 60), .answered([2]), "what is answered is not taken over")
        }
        group.add("of many who claim a key at once one is granted it", needs: [.requestKeys]) { bench in
            try await claimAtOnce(bench, [bench])
        }
        group.add("of many on several handles one is granted a key", needs: [.requestKeys, .severalHandles]) { bench in
            let handles = [
                bench, bench.with(try await bench.storage.open()), bench.with(try await bench.storage.open()),
            ]
            try await claimAtOnce(bench, handles)
        }
        group.add("answers and fingerprints that are too long are refused", needs: [.requestKeys]) { bench in
            let key = try RequestKey(actor: "ann", key: "k1")
            let token = try await granted(bench, key, String(repeating: "f", count: 1000), at: 0)
            try await expectError(.unsupported, "a long answer") {
                try await bench.memory.keep(Array(repeating: 0, count: 65_537), of: key, token: token)
            }
            try expect(
                try await bench.memory.keep(Array(repeating: 0, count: 65_536), of: key, token: token),
                "64 KiB are kept")
            try await expectError(.unsupported, "a long fingerprint") {
                try await claim(
                    bench, try RequestKey(actor: "ann", key: "k2"), String(repeating: "f", count: 1001), at: 0)
            }
        }
        group.add("1,000 keys that have expired do not stay for ever", needs: [.requestKeys]) { bench in
            for index in 0..<1000 {
                _ = try await granted(bench, try RequestKey(actor: "ann", key: "k\(index)"), "f", at: Int64(index))
            }
            // Each of them is free again, whether or not it has been removed by now.
            for index in stride(from: 0, to: 1000, by: 100) {
                _ = try await granted(bench, try RequestKey(actor: "ann", key: "k\(index)"), "g", at: 5000)
            }
        }
        group.add("answers are there again", needs: [.requestKeys, .reopening]) { bench in
            let key = try RequestKey(actor: "ann", key: "k1")
            let token = try await granted(bench, key, "f", at: 0)
            _ = try await bench.memory.keep([7], of: key, token: token)
            let again = bench.with(try await bench.storage.reopen())
            try expectEqual(try await claim(again, key, "f", at: 1), .answered([7]), "the answer")
        }
    }

    /// Makes a claim that expires after 100 seconds.
    private static func claim(
        _ bench: ConformanceBench, _ key: RequestKey, _ fingerprint: String, at seconds: Int64
    ) async throws -> RequestClaim {
        try await bench.memory.claim(
            key, fingerprint: fingerprint, at: bench.time(seconds), until: bench.time(seconds + 100))
    }

    private static func granted(
        _ bench: ConformanceBench, _ key: RequestKey, _ fingerprint: String, at seconds: Int64
    ) async throws -> Int64 {
        let claim = try await claim(bench, key, fingerprint, at: seconds)
        guard case .granted(let token) = claim else {
            throw StoreConformanceFailure("the key '\(key.key)' is not granted: \(claim)")
        }
        return token
    }

    private static func claimAtOnce(_ bench: ConformanceBench, _ handles: [ConformanceBench]) async throws {
        for round in 0..<10 {
            let key = try RequestKey(actor: "ann", key: "k\(round)")
            let claims = try await withThrowingTaskGroup(of: RequestClaim.self) { group in
                for index in 0..<20 {
                    let handle = handles[index % handles.count]
                    group.addTask { try await claim(handle, key, "f", at: 0) }
                }
                var claims: [RequestClaim] = []
                for try await claim in group { claims.append(claim) }
                return claims
            }
            let granted = claims.count { if case .granted = $0 { true } else { false } }
            try expectEqual(granted, 1, "claims that were granted")
            try expectEqual(
                claims.count { $0 == .unanswered(since: bench.time(0)) }, 19, "claims that have to wait for the answer")
        }
    }
}
